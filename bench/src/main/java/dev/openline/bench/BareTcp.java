package dev.openline.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;

/**
 * The limit: the JDK's selector, one read, one write, and no WebSocket between them. What starts with {@code GET } is answered as an
 * upgrade by heart, so that the same load can drive it; all else goes back as it came, still masked.
 */
final class BareTcp {
    private static final ByteBuffer REQUEST = ByteBuffer.wrap("GET ".getBytes(StandardCharsets.US_ASCII));
    private static final byte[] ANSWER = ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n"
                    + "Connection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);

    private final Selector selector;
    private final ServerSocketChannel listening;
    private final ByteBuffer bytes = ByteBuffer.allocateDirect(256 << 10);

    private BareTcp(Selector selector, ServerSocketChannel listening) {
        this.selector = selector;
        this.listening = listening;
    }

    static int start(SubjectOptions options) throws IOException {
        if (options.threads() != 1) throw new IllegalArgumentException("bare-tcp has one thread");
        ServerSocketChannel listening = ServerSocketChannel.open();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
        listening.configureBlocking(false);
        BareTcp server = new BareTcp(Selector.open(), listening);
        listening.register(server.selector, SelectionKey.OP_ACCEPT);
        new Thread(server::run, "bare-tcp").start();
        return listening.socket().getLocalPort();
    }

    private void run() {
        try {
            while (selector.isOpen()) selector.select(this::ready);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void ready(SelectionKey key) {
        try {
            if (key.isAcceptable()) accept();
            else if (key.isReadable()) echo(key);
            else flush(key);
        } catch (IOException e) {
            close(key);
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = listening.accept();
        if (channel == null) return;
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.register(selector, SelectionKey.OP_READ);
    }

    private void echo(SelectionKey key) throws IOException {
        SocketChannel channel = (SocketChannel) key.channel();
        if (channel.read(bytes.clear()) < 0) {
            close(key);
            return;
        }
        bytes.flip();
        if (bytes.remaining() >= 4 && bytes.slice(bytes.position(), 4).equals(REQUEST))
            bytes.clear().put(ANSWER).flip();
        channel.write(bytes);
        if (!bytes.hasRemaining()) return;
        // A peer that doesn't read is not read from until it has taken this.
        key.attach(ByteBuffer.allocateDirect(bytes.remaining()).put(bytes).flip());
        key.interestOps(SelectionKey.OP_WRITE);
    }

    private static void flush(SelectionKey key) throws IOException {
        ByteBuffer rest = (ByteBuffer) key.attachment();
        ((SocketChannel) key.channel()).write(rest);
        if (!rest.hasRemaining()) key.interestOps(SelectionKey.OP_READ);
    }

    private static void close(SelectionKey key) {
        try {
            key.channel().close();
        } catch (IOException e) {
            // Nothing can be done about a socket that can't be closed.
        }
    }
}
