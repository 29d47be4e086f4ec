package dev.openline.server;

import dev.openline.net.HttpRequest;
import dev.openline.net.SendResult;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.MessageFrame;
import dev.openline.protocol.Result.ConnectResult;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket that carries a session: one frame of the protocol in each message, text for JSON and binary for Protobuf. On a unidirectional one the client says
 * one thing, its connect request, in the address or as its first message.
 */
final class WebSocketCarrier implements WebSocketHandler, Carrier {
    private final Connections connections;
    private final String client;
    private final MessageKind kind;
    private final Spelling spelling;
    private boolean hasSaidIt;
    private @Nullable WebSocket line;
    private @Nullable SessionLine session;

    WebSocketCarrier(Connections connections, String client, Spelling spelling) {
        this.connections = connections;
        this.client = client;
        this.spelling = spelling;
        this.kind = spelling.isText() ? MessageKind.TEXT : MessageKind.BINARY;
    }

    @Override
    public void onOpen(WebSocket opened) {
        line = opened;
        session = new SessionLine(client, this, connections);
        String connect = spelling.isUnidirectional() ? opened.request().query("cf_connect") : null;
        if (connect != null) sayIt(ByteBuffer.wrap(connect.getBytes(StandardCharsets.UTF_8)));
    }

    private void sayIt(ByteBuffer request) {
        hasSaidIt = true;
        session().onConnectRequest(request);
    }

    @Override
    public void onMessage(WebSocket from, MessageKind received, ByteBuffer payload) {
        if (received != kind)
            session().malformed(received + " message on a " + encoding() + " connection", Disconnect.BAD_REQUEST);
        else if (!spelling.isUnidirectional()) session().onFrame(payload);
        else if (!hasSaidIt) sayIt(payload);
        else session().malformed("a unidirectional client says nothing after its connect", Disconnect.BAD_REQUEST);
    }

    @Override
    public void onPong(WebSocket from, ByteBuffer payload) {
        session().onPong();
    }

    @Override
    public void onWritable(WebSocket from) {
        session().onWritable();
    }

    @Override
    public void onGoingAway(WebSocket from) {
        session().onGoingAway();
    }

    @Override
    public void onClosed(WebSocket from, CloseStatus status) {
        session().onClosed();
    }

    @Override
    public String transport() {
        return spelling.isUnidirectional() ? "uni_websocket" : "websocket";
    }

    @Override
    public Spelling spelling() {
        return spelling;
    }

    @Override
    public Pulse pulse() {
        return spelling.isUnidirectional() ? Pulse.OF_CARRIER : Pulse.PONG;
    }

    @Override
    public void ping() {
        line().ping(ByteBuffer.allocate(0));
    }

    @Override
    public HttpRequest request() {
        return line().request();
    }

    @Override
    public ConnectResult.@Nullable Emulation emulation() {
        return null;
    }

    @Override
    public SendResult send(MessageFrame frame) {
        return line().send(kind, frame.buffer());
    }

    @Override
    public SendResult send(EncodedPush push, EncodedPush.Form form) {
        return line().send(push.frame(spelling, form));
    }

    @Override
    public boolean isWritable() {
        return line().isWritable();
    }

    @Override
    public long sentBytes() {
        return line().sentBytes();
    }

    @Override
    public void close(Disconnect why) {
        line().close(CloseStatus.truncated(why.code(), why.reason()));
    }

    @Override
    public void abort() {
        line().abort();
    }

    @Override
    public void pauseReading() {
        line().pauseReading();
    }

    @Override
    public void resumeReading() {
        line().resumeReading();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return line().remoteAddress();
    }

    @Override
    public Executor executor() {
        return line().executor();
    }

    private WebSocket line() {
        if (line == null) throw new IllegalStateException("the line is not open yet");
        return line;
    }

    private SessionLine session() {
        if (session == null) throw new IllegalStateException("the line is not open yet");
        return session;
    }
}
