package dev.openline.server;

import dev.openline.hub.Cursor;
import dev.openline.hub.Reader;
import dev.openline.hub.Step;
import dev.openline.hub.Subscribed;
import dev.openline.net.SendResult;
import dev.openline.net.SharedFrame;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.protocol.Command;
import dev.openline.protocol.CommandReader;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.JsonCodec;
import dev.openline.protocol.JsonFrame;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Ping;
import dev.openline.protocol.Push;
import dev.openline.protocol.Reply;
import dev.openline.protocol.ServerMessage;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Joins one line to its session: decodes what comes, encodes what goes, and is the pipe that the session's cursors read into. Lives on
 * the line's event loop.
 *
 * <p>Replies to the commands of one frame leave together in one frame, before any publication that follows them.
 */
final class SessionLine implements WebSocketHandler, Peer, LinePipe {
    private static final Logger log = LoggerFactory.getLogger(SessionLine.class);

    private final Connections connections;
    private final String client;
    private final JsonFrame replies = new JsonFrame();
    private @Nullable WebSocket line;
    private @Nullable LoopHub hub;
    private @Nullable Session session;
    private @Nullable SessionAlarm alarm;

    /** Inside a frame of the client's, whose end sends the replies. */
    private boolean reading;

    SessionLine(Connections connections, String client) {
        this.connections = connections;
        this.client = client;
    }

    // --- from the line
    // -----------------------------------------------------------------------------------------------------------

    @Override
    public void onOpen(WebSocket opened) {
        line = opened;
        LoopHub here = connections.hubHere();
        hub = here;
        Session begun = new Session(
                client, connections.limits(), this, here, connections.receptionFor(opened), connections.nowMillis());
        session = begun;
        alarm = new SessionAlarm(begun, connections);
        connections.opened(client, this);
    }

    @Override
    public void onMessage(WebSocket from, MessageKind kind, ByteBuffer payload) {
        reading = true;
        try {
            if (kind == MessageKind.TEXT) read(payload);
            else malformed("binary frame on a JSON connection", Disconnect.BAD_REQUEST);
        } finally {
            reading = false;
        }
        sendReplies();
    }

    private void read(ByteBuffer payload) {
        try {
            CommandReader commands = JsonCodec.commands(payload);
            for (Command command = commands.next(); command != null; command = commands.next()) {
                session().onCommand(command);
            }
        } catch (MalformedFrame fault) {
            malformed(fault.getMessage(), fault.disconnect());
        }
    }

    private void malformed(@Nullable String rule, Disconnect answer) {
        if (session().isClosed()) return;
        log.info("closed the session of {} with {}: {}", line().remoteAddress(), answer.code(), rule);
        session().onMalformed(answer);
    }

    @Override
    public void onWritable(WebSocket from) {
        if (hub != null) hub.onWritable(this);
    }

    /** 3001 tells the client to redial, which 1001 does not. */
    @Override
    public void onGoingAway(WebSocket from) {
        session().close(Disconnect.SHUTDOWN);
    }

    @Override
    public void onClosed(WebSocket from, CloseStatus status) {
        try {
            session().onClosed();
            if (alarm != null) alarm.cancel();
        } finally {
            connections.closed(client, this);
        }
    }

    // --- from the session
    // --------------------------------------------------------------------------------------------------------

    @Override
    public void reply(Reply reply) {
        say(reply);
    }

    @Override
    public void push(Push push) {
        say(push);
    }

    @Override
    public void ping() {
        say(new Ping());
        sendReplies();
    }

    private void say(ServerMessage message) {
        replies.add(message);
        if (!reading) sendReplies();
    }

    private void sendReplies() {
        if (replies.size() == 0) return;
        SendResult sent = line().send(MessageKind.TEXT, replies.buffer());
        replies.clear();
        // A reply that is lost would leave its command waiting, so a client that asks faster than it reads is sent
        // away.
        if (sent == SendResult.QUEUE_FULL) session().close(Disconnect.SLOW);
    }

    @Override
    public void close(Disconnect why) {
        sendReplies();
        line().close(new CloseStatus(why.code(), why.reason()));
    }

    @Override
    public Cursor<SharedFrame> attach(String channel, Subscribed.Accepted at, Reader reader) {
        sendReplies();
        return hub().attach(channel, this, at, reader);
    }

    @Override
    public void detach(Cursor<SharedFrame> cursor) {
        hub().detach(cursor);
    }

    @Override
    public void deadlineMoved() {
        if (alarm != null) alarm.set();
    }

    @Override
    public long sentBytes() {
        return line().sentBytes();
    }

    @Override
    public void pauseReading() {
        line().pauseReading();
    }

    @Override
    public void resumeReading() {
        line().resumeReading();
    }

    // --- from the cursors
    // --------------------------------------------------------------------------------------------------------

    @Override
    public boolean writable() {
        return line().isWritable();
    }

    @Override
    public void push(Cursor<SharedFrame> cursor, SharedFrame frame, Step step) {
        announce(cursor, frame);
    }

    @Override
    public void announce(Cursor<SharedFrame> cursor, SharedFrame frame) {
        sendReplies();
        // The cursor has moved past this publication: what can't be taken after all would be a hole that nobody hears
        // of.
        if (line().send(frame) == SendResult.QUEUE_FULL) session().close(Disconnect.SLOW);
    }

    @Override
    public void onLost(String channel) {
        session().onLost(channel);
    }

    /** Cuts the connection without a word, as a tunnel would. Any thread. */
    void cut() {
        WebSocket open = line;
        if (open != null) open.abort();
    }

    /** Ends the session with this code. Any thread. */
    void disconnect(Disconnect why) {
        line().executor().execute(() -> session().close(why));
    }

    private WebSocket line() {
        if (line == null) throw new IllegalStateException("the line is not open yet");
        return line;
    }

    private LoopHub hub() {
        if (hub == null) throw new IllegalStateException("the line is not open yet");
        return hub;
    }

    private Session session() {
        if (session == null) throw new IllegalStateException("the line is not open yet");
        return session;
    }
}
