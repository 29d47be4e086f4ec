package dev.openline.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * A load of clients that come, upgrade, say goodbye and go, so many at a time. The server ends the TCP connection first, as RFC 6455
 * §7.1.1 wants it, so the ports that rest afterwards (TIME_WAIT) are not this end's.
 */
final class ConnectLoad implements AutoCloseable {
    /** A masked Close 1000. */
    private static final byte[] GOODBYE = {(byte) 0x88, (byte) 0x82, 0, 0, 0, 0, 0x03, (byte) 0xe8};

    /** How long a client waits for the server to go first. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final Selector selector;
    private final InetSocketAddress server;
    private final ByteBuffer request;
    private final ByteBuffer in = ByteBuffer.allocateDirect(8 << 10);
    private long done;
    private int underWay;
    private boolean dialling = true;

    ConnectLoad(Server server) throws IOException {
        this.selector = Selector.open();
        this.server = new InetSocketAddress("127.0.0.1", server.port());
        byte[] bytes = LoadLine.upgradeRequest(server, server.echoPath());
        this.request = ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
    }

    /** One client; what it attaches to its key. */
    private final class Client {
        private final SocketChannel channel;
        private final SelectionKey key;
        private boolean upgraded;
        private int answer;

        private Client() throws IOException {
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            key = channel.register(selector, SelectionKey.OP_CONNECT, this);
            if (channel.connect(server)) connected();
        }

        private void connected() throws IOException {
            key.interestOps(SelectionKey.OP_READ);
            write(request.duplicate());
        }

        private void write(ByteBuffer bytes) throws IOException {
            channel.write(bytes);
            if (bytes.hasRemaining()) throw new IOException("a fresh socket takes no " + bytes.limit() + " bytes");
        }

        private void ready() throws IOException {
            if (key.isConnectable()) {
                channel.finishConnect();
                connected();
                return;
            }
            int read = channel.read(in.clear());
            if (read < 0) {
                if (!upgraded) throw new IOException("the server closed the connection during the upgrade");
                channel.close();
                underWay--;
                done++;
                if (dialling) dial();
            } else if (!upgraded) {
                upgrade(read);
            }
        }

        /** Looks for the empty line that ends the answer, which may come in pieces; its status is looked at if it comes whole. */
        private void upgrade(int read) throws IOException {
            if (answer == 0 && read > 12 && in.get(9) != '1') throw new IOException("no upgrade");
            for (int i = 0; i < read; i++) {
                byte b = in.get(i);
                boolean expected = b == ((answer & 1) == 0 ? '\r' : '\n');
                answer = expected ? answer + 1 : b == '\r' ? 1 : 0;
                if (answer < 4) continue;
                upgraded = true;
                write(ByteBuffer.wrap(GOODBYE));
                return;
            }
        }
    }

    private void dial() throws IOException {
        underWay++;
        new Client();
    }

    /** Keeps so many clients under way. */
    Window.Throughput run(int clients, double warmUpSeconds, Window window) throws IOException {
        for (int i = 0; i < clients; i++) dial();
        turn((long) (warmUpSeconds * TimeUnit.SECONDS.toNanos(1)));
        Window.Throughput throughput = window.measure(() -> done, () -> turn(window.nanos()));
        dialling = false;
        long giveUp = System.nanoTime() + PATIENCE_NANOS;
        while (underWay > 0 && System.nanoTime() - giveUp < 0) turn(1_000_000);
        if (underWay > 0) throw new IllegalStateException("the server doesn't hang up on " + underWay + " clients");
        return throughput;
    }

    /** Clients that have come and gone. */
    long done() {
        return done;
    }

    private void turn(long nanos) throws IOException {
        long end = System.nanoTime() + nanos;
        try {
            while (System.nanoTime() - end < 0 && underWay > 0) selector.select(ConnectLoad::ready, 10);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void ready(SelectionKey key) {
        try {
            ((Client) key.attachment()).ready();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        for (SelectionKey key : selector.keys()) key.channel().close();
        selector.close();
    }
}
