package dev.openline.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
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

    private final @Nullable SocketChannel socket;
    private final @Nullable ByteChannel channel;
    private @Nullable SelectionKey key;
    private ByteBuffer unwritten = ByteBuffer.allocate(0);

    /** Bytes of an exchange's messages that are still to be written, and how much of one was written and read. */
    private long owed;

    private int writtenOfOne;
    private int readOfOne;
    private boolean isBlocked;

    private final byte[] head = new byte[18];
    private int headRead;
    private int headNeeded = 2;
    private long payloadLeft;
    private boolean inPayload;

    private LoadLine(@Nullable SocketChannel socket, @Nullable ByteChannel channel) {
        this.socket = socket;
        this.channel = channel;
    }

    /** A line that only parses. */
    static LoadLine unconnected() {
        return new LoadLine(null, null);
    }

    /**
     * Connects and asks for the upgrade; {@link #upgraded} has to follow.
     *
     * @param from the last part of this end's address, 127.0.0.{@code from}; more than one makes room for more ports
     */
    static LoadLine dial(Server server, String path, int from) throws IOException {
        SocketChannel socket = SocketChannel.open();
        try {
            if (from > 2) socket.bind(new InetSocketAddress("127.0.0." + from, 0));
            socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            ByteChannel channel = server.variant() == Variant.TLS ? TlsChannel.over(socket) : socket;
            channel.write(ByteBuffer.wrap(upgradeRequest(server, path)));
            return new LoadLine(socket, channel);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Waits for the upgrade; from then on the line never blocks. */
    LoadLine upgraded(Variant variant) throws IOException {
        String answer = head(channel);
        if (!answer.startsWith("HTTP/1.1 101"))
            throw new IOException("no upgrade: " + answer.substring(0, answer.indexOf("\r\n")));
        if (variant == Variant.DEFLATE && !answer.contains("permessage-deflate"))
            throw new IOException("the server declines to compress");
        socket.configureBlocking(false);
        return this;
    }

    static byte[] upgradeRequest(Server server, String path) {
        return ("GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + server.port()
                        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
                        + server.variant().offer() + "\r\n")
                .getBytes(StandardCharsets.US_ASCII);
    }

    private static String head(ByteChannel channel) throws IOException {
        ByteBuffer answer = ByteBuffer.allocate(64 << 10);
        while (true) {
            if (channel.read(answer) < 0) throw new IOException("the server closed the connection during the upgrade");
            String text = new String(answer.array(), 0, answer.position(), StandardCharsets.ISO_8859_1);
            int end = text.indexOf("\r\n\r\n");
            if (end < 0) continue;
            if (end + 4 < text.length()) throw new IOException("the server sends before it is asked anything");
            return text;
        }
    }

    void register(Selector selector) throws IOException {
        key = socket.register(selector, SelectionKey.OP_READ, this);
    }

    /** Whether it reads what comes; what it doesn't read stays in the kernel, and then at the server. */
    void reads(boolean on) {
        key.interestOps(on ? SelectionKey.OP_READ : 0);
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

    private boolean hasUnsent() {
        return channel instanceof TlsChannel tls && tls.hasUnsent();
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
        read(shared);
        parse(shared, sink);
    }

    /** Reads once; what came is the buffer's content. */
    void read(ByteBuffer shared) throws IOException {
        int read = channel.read(shared.clear());
        if (read < 0) throw new IOException("the server closed a line");
        shared.flip();
    }

    /** Sends the exchange's message so many more times, as far as the socket takes it now. */
    void owe(Exchange exchange, int messages) throws IOException {
        owed += (long) messages * exchange.requestBytes();
        if (!isBlocked) pay(exchange);
    }

    /** Goes on with what is owed. */
    void pay(Exchange exchange) throws IOException {
        while (owed > 0 || hasUnsent()) {
            ByteBuffer part = exchange.request(writtenOfOne, owed);
            int wrote = channel.write(part);
            owed -= wrote;
            writtenOfOne = (writtenOfOne + wrote) % exchange.requestBytes();
            if (part.hasRemaining() || hasUnsent()) {
                if (!isBlocked) key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
                isBlocked = true;
                return;
            }
        }
        if (isBlocked) key.interestOps(SelectionKey.OP_READ);
        isBlocked = false;
    }

    /** Reads once and answers how many replies are whole with it. */
    int receive(Exchange exchange, ByteBuffer shared) throws IOException {
        read(shared);
        exchange.check(shared, readOfOne);
        int end = readOfOne + shared.remaining();
        readOfOne = end % exchange.replyBytes();
        return end / exchange.replyBytes();
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
