package dev.openline.net;

import dev.openline.wire.CloseStatus;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The other end of a line, byte by byte: says whatever a test wants, right or wrong. Every read gives up after ten seconds. */
final class RawPeer implements AutoCloseable {
    private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";

    /** A frame as it came. */
    record Frame(int firstByte, byte[] payload) {
        int opcode() {
            return firstByte & 0x0f;
        }

        /** Whether it opens a compressed message (RFC 7692 §6). */
        boolean isCompressed() {
            return (firstByte & 0x40) != 0;
        }

        String text() {
            return new String(payload, StandardCharsets.UTF_8);
        }

        int closeCode() {
            return (payload[0] & 0xff) << 8 | payload[1] & 0xff;
        }
    }

    private final Socket socket;
    private final DataInputStream in;
    private int maskKey;

    private RawPeer(Socket socket) {
        try {
            this.socket = socket;
            socket.setSoTimeout(10_000);
            socket.setTcpNoDelay(true);
            this.in = new DataInputStream(socket.getInputStream());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static RawPeer connect(int port) throws IOException {
        return new RawPeer(new Socket("127.0.0.1", port));
    }

    /** Connects and upgrades on {@code /}. */
    static RawPeer open(int port) throws IOException {
        return open(port, "");
    }

    /** The same with more header lines, each ended by CRLF. */
    static RawPeer open(int port, String more) throws IOException {
        RawPeer peer = connect(port);
        peer.say(upgrade("/", more));
        String head = peer.head();
        if (!head.startsWith("HTTP/1.1 101 ")) throw new AssertionError("no upgrade: " + head);
        return peer;
    }

    static RawPeer of(Socket accepted) {
        return new RawPeer(accepted);
    }

    /** A good upgrade request with more header lines, each ended by CRLF. */
    static String upgrade(String path, String more) {
        return "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: " + KEY + "\r\nSec-WebSocket-Version: 13\r\n" + more + "\r\n";
    }

    RawPeer say(String text) throws IOException {
        return say(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawPeer say(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    /** A whole masked frame, as a client sends it. */
    static byte[] masked(int firstByte, byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(firstByte);
        if (payload.length < 126) {
            out.write(0x80 | payload.length);
        } else if (payload.length < 65_536) {
            out.write(0x80 | 126);
            out.write(payload.length >> 8);
            out.write(payload.length);
        } else {
            out.write(0x80 | 127);
            for (int shift = 56; shift >= 0; shift -= 8) out.write((int) ((long) payload.length >> shift));
        }
        byte[] key = {0x11, 0x22, 0x33, 0x44};
        out.writeBytes(key);
        for (int i = 0; i < payload.length; i++) out.write(payload[i] ^ key[i & 3]);
        return out.toByteArray();
    }

    static byte[] text(String text) {
        return masked(0x81, text.getBytes(StandardCharsets.UTF_8));
    }

    static byte[] close(int code) {
        return masked(0x88, new byte[] {(byte) (code >> 8), (byte) code});
    }

    /** The head of an HTTP message, up to its empty line. */
    String head() throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) head.append((char) in.readUnsignedByte());
        return head.toString();
    }

    /** Reads a client's opening request and says yes to it; answers the request. */
    String accept() throws IOException {
        String request = head();
        say("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: "
                + acceptFor(request) + "\r\n\r\n");
        return request;
    }

    /** The {@code Sec-WebSocket-Accept} that the request's key asks for (RFC 6455 §4.2.2). */
    static String acceptFor(String request) {
        Matcher key = Pattern.compile("(?i)sec-websocket-key: (\\S+)").matcher(request);
        if (!key.find()) throw new AssertionError("no key in " + request);
        try {
            byte[] digest = MessageDigest.getInstance("SHA-1")
                    .digest((key.group(1) + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
                            .getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new AssertionError(impossible);
        }
    }

    String body(int length) throws IOException {
        return new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** The next chunk of a body (RFC 9112 §7.1); one without bytes is the last. */
    byte[] chunk() throws IOException {
        StringBuilder size = new StringBuilder();
        while (size.indexOf("\r\n") < 0) size.append((char) in.readUnsignedByte());
        byte[] chunk = in.readNBytes(Integer.parseInt(size.substring(0, size.length() - 2), 16));
        if (in.readUnsignedShort() != 0x0d0a) throw new AssertionError("a chunk that does not end");
        return chunk;
    }

    /** The next unmasked frame, as a server sends it. */
    Frame frame() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if (length > 127) throw new AssertionError("a server's frame is masked");
        long size = length;
        if (length == 126) size = in.readUnsignedShort();
        if (length == 127) size = in.readLong();
        return new Frame(first, in.readNBytes((int) size));
    }

    /** The next masked frame, as a client sends it, unmasked; its key is kept. */
    Frame maskedFrame() throws IOException {
        int first = in.readUnsignedByte();
        int length = in.readUnsignedByte();
        if (length < 128) throw new AssertionError("a client's frame is not masked");
        long size = length & 0x7f;
        if (size == 126) size = in.readUnsignedShort();
        else if (size == 127) size = in.readLong();
        maskKey = in.readInt();
        byte[] payload = in.readNBytes((int) size);
        for (int i = 0; i < payload.length; i++) payload[i] ^= (byte) (maskKey >>> (24 - 8 * (i & 3)));
        return new Frame(first & 0x0f, payload);
    }

    /** The masking key of the last masked frame. */
    int maskKey() {
        return maskKey;
    }

    /** Whether the other side has ended the connection, cleanly or not, with nothing more to read. */
    boolean isEnded() throws IOException {
        try {
            return in.read() < 0;
        } catch (EOFException | SocketException ended) {
            return true;
        }
    }

    void expectClose(CloseStatus status) throws IOException {
        Frame frame = frame();
        if (frame.opcode() != 8 || frame.closeCode() != status.code()) {
            throw new AssertionError("not a close with " + status.code() + " but " + frame.opcode() + ", "
                    + (frame.payload().length > 1 ? frame.closeCode() : "no code"));
        }
    }

    Socket socket() {
        return socket;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
