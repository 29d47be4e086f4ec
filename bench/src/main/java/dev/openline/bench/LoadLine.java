package dev.openline.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** One line of the load: a socket, what is still to be written, and where in a frame of the server's the last read ended. */
final class LoadLine {
    /** Hears of every whole message, with the time that its first eight bytes hold. */
    interface Sink {
        void message(LoadLine line, long time);
    }

    private static final int ONE_WRITE_BYTES = 128 << 10;

    private final @Nullable SocketChannel channel;
    private @Nullable SelectionKey key;
    private ByteBuffer unwritten = ByteBuffer.allocate(0);

    private final byte[] head = new byte[18];
    private int headRead;
    private int headNeeded = 2;
    private long payloadLeft;
    private boolean inPayload;

    private LoadLine(@Nullable SocketChannel channel) {
        this.channel = channel;
    }

    /** A line that only parses. */
    static LoadLine unconnected() {
        return new LoadLine(null);
    }

    /** Connects and upgrades, blocking; then never blocks again. */
    static LoadLine open(int port, String path) throws IOException {
        SocketChannel channel = SocketChannel.open(new InetSocketAddress("127.0.0.1", port));
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + port
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        StringBuilder answer = new StringBuilder();
        ByteBuffer one = ByteBuffer.allocate(1);
        while (answer.indexOf("\r\n\r\n") < 0) {
            if (channel.read(one.clear()) < 0)
                throw new IOException("the server closed the connection during the upgrade");
            answer.append((char) one.get(0));
        }
        if (!answer.toString().startsWith("HTTP/1.1 101"))
            throw new IOException("no upgrade: " + answer.substring(0, answer.indexOf("\r\n")));
        channel.configureBlocking(false);
        return new LoadLine(channel);
    }

    void register(Selector selector) throws IOException {
        key = channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Writes what it can now and keeps the rest; the buffer may be used again after the call. */
    void write(ByteBuffer frames) throws IOException {
        if (!unwritten.hasRemaining()) {
            channel.write(frames);
            if (!frames.hasRemaining()) return;
            key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
        }
        keep(frames);
    }

    /** Appends to what is unwritten, doubling its room, so that a line that lags far behind doesn't slow down the load. */
    private void keep(ByteBuffer frames) {
        int more = frames.remaining();
        int kept = unwritten.remaining();
        if (unwritten.capacity() - unwritten.limit() < more) {
            ByteBuffer roomy = ByteBuffer.allocate(Math.max(2 * (kept + more), ONE_WRITE_BYTES));
            unwritten = roomy.put(unwritten).flip();
        }
        int end = unwritten.limit();
        unwritten.limit(end + more).put(end, frames, frames.position(), more);
    }

    /** Bytes that wait for the socket to take them. */
    int unwrittenBytes() {
        return unwritten.remaining();
    }

    void writable() throws IOException {
        int end = unwritten.limit();
        // In pieces, because the JDK copies all it is given before it writes what fits.
        boolean taken = true;
        while (taken && unwritten.position() < end) {
            unwritten.limit(Math.min(end, unwritten.position() + ONE_WRITE_BYTES));
            channel.write(unwritten);
            taken = !unwritten.hasRemaining();
        }
        unwritten.limit(end);
        if (!unwritten.hasRemaining()) key.interestOps(SelectionKey.OP_READ);
    }

    /** Reads once into a buffer that all lines share, and tells of the messages that are whole with it. */
    void readable(ByteBuffer shared, Sink sink) throws IOException {
        int read = channel.read(shared.clear());
        if (read < 0) throw new IOException("the server closed a line");
        parse(shared.flip(), sink);
    }

    /** Server frames, which are not masked; the head is taken to end with eight bytes of payload. */
    void parse(ByteBuffer in, Sink sink) {
        while (in.hasRemaining()) {
            if (inPayload) {
                int skipped = (int) Math.min(payloadLeft, in.remaining());
                in.position(in.position() + skipped);
                payloadLeft -= skipped;
            } else {
                head[headRead++] = in.get();
                if (headRead == 2) headNeeded = needed(head[1]);
                if (headRead < headNeeded) continue;
                payloadLeft = length() - Long.BYTES;
                inPayload = true;
            }
            if (inPayload && payloadLeft == 0) {
                long time = ByteBuffer.wrap(head).getLong(headNeeded - Long.BYTES);
                headRead = 0;
                headNeeded = 2;
                inPayload = false;
                sink.message(this, time);
            }
        }
    }

    private static int needed(byte second) {
        if (second < 0) throw new IllegalStateException("a server's frame is masked");
        return Long.BYTES + (second < 126 ? 2 : second == 126 ? 4 : 10);
    }

    private long length() {
        ByteBuffer bytes = ByteBuffer.wrap(head);
        if (head[1] < 126) return head[1];
        return head[1] == 126 ? bytes.getShort(2) & 0xffff : bytes.getLong(2);
    }

    void close() throws IOException {
        channel.close();
    }
}
