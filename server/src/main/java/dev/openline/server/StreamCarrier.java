package dev.openline.server;

import dev.openline.net.HttpRequest;
import dev.openline.net.HttpStream;
import dev.openline.net.HttpStreamHandler;
import dev.openline.net.SendResult;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.MessageFrame;
import dev.openline.protocol.Push;
import dev.openline.protocol.Result.ConnectResult;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP response that carries what a session says, for clients that get no WebSocket through. What the client says comes by requests of
 * their own, to the address in the reply to its {@code connect}; or it only listens, and has said it all with its request.
 */
final class StreamCarrier implements HttpStreamHandler, Carrier {
    private static final byte[] HELLO = {'\r', '\n'};

    private final Connections connections;
    private final String client;
    private final Spelling spelling;
    /** Null for a client that only listens. */
    private final ConnectResult.@Nullable Emulation emulation;

    /** What came with the request: the {@code connect}. */
    private final byte[] first;

    private @Nullable HttpStream stream;
    private @Nullable SessionLine session;

    /** The session can't take more commands for now. */
    private boolean paused;

    // More than 4 parameters because it is handed what the request said; it is made in one place.
    StreamCarrier(
            Connections connections,
            String client,
            Spelling spelling,
            ConnectResult.@Nullable Emulation emulation,
            byte[] first) {
        this.connections = connections;
        this.client = client;
        this.spelling = spelling;
        this.emulation = emulation;
        this.first = first;
    }

    @Override
    public void onOpen(HttpStream opened) {
        stream = opened;
        SessionLine begun = new SessionLine(client, this, connections);
        session = begun;
        if (emulation != null) connections.emulated(emulation.session(), this);
        // So that what lies between sees the response begin.
        if (isEvents()) opened.write(ByteBuffer.wrap(HELLO));
        if (spelling.isUnidirectional()) begun.onConnectRequest(ByteBuffer.wrap(first));
        else begun.onFrame(ByteBuffer.wrap(first));
    }

    /** A frame that came by a request of its own; from any thread, in the order of the calls. */
    void onFrame(byte[] frame) {
        executor().execute(() -> {
            if (session == null) return;
            // There is no way to leave it in the socket, as a WebSocket would.
            if (paused) session.onLoop(full -> full.close(Disconnect.TOO_MANY_REQUESTS));
            else session.onFrame(ByteBuffer.wrap(frame));
        });
    }

    @Override
    public void onWritable(HttpStream from) {
        if (session != null) session.onWritable();
    }

    @Override
    public void onGoingAway(HttpStream from) {
        if (session != null) session.onGoingAway();
        else from.end();
    }

    @Override
    public void onClosed(HttpStream from) {
        if (emulation != null) connections.emulatedNoMore(emulation.session());
        if (session != null) session.onClosed();
    }

    @Override
    public String transport() {
        return (spelling.isUnidirectional() ? "uni_" : "") + (isEvents() ? "sse" : "http_stream");
    }

    private boolean isEvents() {
        return spelling == Spelling.JSON_EVENTS || spelling == Spelling.BARE_EVENTS;
    }

    @Override
    public Spelling spelling() {
        return spelling;
    }

    @Override
    public Pulse pulse() {
        return spelling.isUnidirectional() ? Pulse.NONE : Pulse.PONG;
    }

    @Override
    public HttpRequest request() {
        return stream().request();
    }

    @Override
    public ConnectResult.@Nullable Emulation emulation() {
        return emulation;
    }

    @Override
    public SendResult send(MessageFrame frame) {
        return stream().write(spelling.wrap(frame.buffer()));
    }

    @Override
    public SendResult send(EncodedPush push, EncodedPush.Form form) {
        return stream().write(push.bytes(spelling, form));
    }

    @Override
    public boolean isWritable() {
        return stream().isWritable();
    }

    @Override
    public long sentBytes() {
        return stream().sentBytes();
    }

    /** There is no close frame: the reason is said as a push. */
    @Override
    public void close(Disconnect why) {
        stream().write(spelling.spell(new Push.DisconnectPush(why), ""));
        stream().end();
    }

    @Override
    public void abort() {
        stream().abort();
    }

    @Override
    public void pauseReading() {
        paused = true;
    }

    @Override
    public void resumeReading() {
        paused = false;
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return stream().remoteAddress();
    }

    @Override
    public Executor executor() {
        return stream().executor();
    }

    private HttpStream stream() {
        if (stream == null) throw new IllegalStateException("the stream is not open yet");
        return stream;
    }
}
