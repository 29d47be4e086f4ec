package dev.openline.server;

import dev.openline.net.HttpRequest;
import dev.openline.net.SendResult;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.MessageFrame;
import dev.openline.protocol.Result.ConnectResult;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A WebSocket that carries a session: one frame of the protocol in each message, text for JSON and binary for Protobuf. */
final class WebSocketCarrier implements WebSocketHandler, Carrier {
    private final Connections connections;
    private final String client;
    private final Encoding encoding;
    private final MessageKind kind;
    private final Spelling spelling;
    private @Nullable WebSocket line;
    private @Nullable SessionLine session;

    WebSocketCarrier(Connections connections, String client, Encoding encoding) {
        this.connections = connections;
        this.client = client;
        this.encoding = encoding;
        this.kind = encoding.isText() ? MessageKind.TEXT : MessageKind.BINARY;
        this.spelling = encoding.isText() ? Spelling.JSON_MESSAGE : Spelling.PROTOBUF_MESSAGE;
    }

    @Override
    public void onOpen(WebSocket opened) {
        line = opened;
        session = new SessionLine(client, this, connections);
    }

    @Override
    public void onMessage(WebSocket from, MessageKind received, ByteBuffer payload) {
        if (received == kind) session().onFrame(payload);
        else session().malformed(received + " message on a " + encoding + " connection", Disconnect.BAD_REQUEST);
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
        return "websocket";
    }

    @Override
    public Encoding encoding() {
        return encoding;
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
