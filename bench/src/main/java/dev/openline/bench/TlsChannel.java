package dev.openline.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;

/**
 * A client's TLS over a socket, by the JDK's engine: the handshake blocking, then like a channel that doesn't block. What a write has
 * taken may still wait for the socket, see {@link #hasUnsent}.
 */
final class TlsChannel implements ByteChannel {
    private static final SSLContext CONTEXT = Identity.trustingAnybody();

    private final SocketChannel socket;
    private final SSLEngine engine;
    private final int plainBytes;
    private final ByteBuffer in;
    private final ByteBuffer out;

    private TlsChannel(SocketChannel socket) {
        this.socket = socket;
        this.engine = CONTEXT.createSSLEngine("localhost", 443);
        engine.setUseClientMode(true);
        int recordBytes = engine.getSession().getPacketBufferSize();
        this.plainBytes = engine.getSession().getApplicationBufferSize();
        // Always ready to be read from; empty at first.
        this.in = ByteBuffer.allocateDirect(recordBytes).flip();
        this.out = ByteBuffer.allocateDirect(recordBytes).flip();
    }

    /** Shakes hands over a socket that blocks. */
    static TlsChannel over(SocketChannel socket) throws IOException {
        TlsChannel channel = new TlsChannel(socket);
        channel.handshake();
        return channel;
    }

    private void handshake() throws IOException {
        engine.beginHandshake();
        ByteBuffer none = ByteBuffer.allocate(plainBytes);
        for (HandshakeStatus next = engine.getHandshakeStatus(); ; next = engine.getHandshakeStatus()) {
            switch (next) {
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask())
                        task.run();
                }
                case NEED_WRAP -> {
                    engine.wrap(ByteBuffer.allocate(0), out.clear());
                    out.flip();
                    while (out.hasRemaining()) socket.write(out);
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (unwrap(none.clear()) == SSLEngineResult.Status.BUFFER_UNDERFLOW && fill() <= 0)
                        throw new IOException("the server ended the TLS handshake");
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    private SSLEngineResult.Status unwrap(ByteBuffer plain) throws IOException {
        return engine.unwrap(in, plain).getStatus();
    }

    private int fill() throws IOException {
        in.compact();
        try {
            return socket.read(in);
        } finally {
            in.flip();
        }
    }

    /**
     * Reads what is there, as long as more records fit, or once from a socket that blocks; leaves no whole record behind.
     *
     * @param plain with room for what two records hold, 64 KiB
     */
    @Override
    public int read(ByteBuffer plain) throws IOException {
        if (plain.remaining() < 2 * plainBytes) throw new IllegalArgumentException("no room for two records");
        int before = plain.position();
        boolean again = true;
        while (again && plain.remaining() >= 2 * plainBytes) {
            int read = fill();
            SSLEngineResult.Status status = read < 0 ? SSLEngineResult.Status.CLOSED : SSLEngineResult.Status.OK;
            while (in.hasRemaining() && status == SSLEngineResult.Status.OK) status = unwrap(plain);
            if (status == SSLEngineResult.Status.CLOSED && plain.position() == before) return -1;
            again = read > 0 && status != SSLEngineResult.Status.CLOSED && !socket.isBlocking();
        }
        return plain.position() - before;
    }

    @Override
    public int write(ByteBuffer plain) throws IOException {
        int before = plain.position();
        while (flush() && plain.hasRemaining()) {
            engine.wrap(plain, out.clear());
            out.flip();
        }
        return plain.position() - before;
    }

    /** Whether nothing is left that a write has taken. */
    private boolean flush() throws IOException {
        if (out.hasRemaining()) socket.write(out);
        return !out.hasRemaining();
    }

    boolean hasUnsent() {
        return out.hasRemaining();
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
