package dev.openline.verify;

import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client's end of a line, made of nothing but a socket. Every read gives up after a while. */
final class RawLine implements AutoCloseable {
    private static final byte[] EMPTY_PONG = {(byte) 0x8a, (byte) 0x80, 0, 0, 0, 0};

    private final Socket socket = new Socket();
    private DataInputStream in;

    private RawLine() {}

    /** Only TCP: nothing is said. */
    static RawLine connect(int port) throws IOException {
        RawLine line = new RawLine();
        line.socket.connect(new InetSocketAddress("127.0.0.1", port), (int) Waiting.PATIENCE.toMillis());
        line.socket.setSoTimeout((int) Waiting.PATIENCE.toMillis());
        line.socket.setTcpNoDelay(true);
        line.in = new DataInputStream(line.socket.getInputStream());
        return line;
    }

    static RawLine open(int port) throws IOException {
        RawLine line = connect(port);
        line.askForUpgrade();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) head.append((char) line.in.readUnsignedByte());
        if (!head.toString().startsWith("HTTP/1.1 101 ")) throw new IOException("no upgrade: " + head);
        return line;
    }

    void askForUpgrade() throws IOException {
        say("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n");
    }

    void say(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Says a short text and waits for it to come back; pings are passed over. */
    void expectEcho(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        byte[] frame = new byte[6 + bytes.length];
        frame[0] = (byte) 0x81;
        frame[1] = (byte) (0x80 | bytes.length);
        System.arraycopy(bytes, 0, frame, 6, bytes.length); // masked with zeros
        socket.getOutputStream().write(frame);
        String heard;
        do heard = nextFrame();
        while (heard.startsWith("9 "));
        if (!heard.equals("1 " + text)) throw new AssertionError("not the echo of " + text + " but " + heard);
    }

    /** The opcode of the next frame, which is short, and its payload. */
    String nextFrame() throws IOException {
        int opcode = in.readUnsignedByte() & 0x0f;
        int length = in.readUnsignedByte();
        return opcode + " " + new String(in.readNBytes(length), StandardCharsets.UTF_8);
    }

    /** Waits for this many pings of the server's, and answers each, so that there is a next one. */
    void hearPings(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            String heard = nextFrame();
            if (!heard.equals("9 ")) throw new AssertionError("not a ping but " + heard);
            socket.getOutputStream().write(EMPTY_PONG);
        }
    }

    /** Ends the connection with a reset instead of its end. */
    void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
