package dev.openline.server;

import dev.openline.hub.Cursor;
import dev.openline.hub.Reader;
import dev.openline.hub.Step;
import dev.openline.hub.Subscribed;
import dev.openline.net.QuietLog;
import dev.openline.net.SendResult;
import dev.openline.protocol.ApiResult;
import dev.openline.protocol.Command;
import dev.openline.protocol.CommandReader;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.JsonCodec;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.MessageFrame;
import dev.openline.protocol.Ping;
import dev.openline.protocol.Push;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result.ConnectResult;
import dev.openline.protocol.ServerMessage;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * Joins one carrier to its session: decodes what comes, encodes what goes, and is the pipe that the session's cursors read into. Lives on
 * the carrier's event loop.
 *
 * <p>Replies to the commands of one frame leave together in one frame, unless they are large, and before any publication that follows them.
 */
final class SessionLine implements Peer, LinePipe {
    private static final QuietLog peers = QuietLog.of(LoggerFactory.getLogger(SessionLine.class));

    /** From so many on replies leave before the client's frame has been read to its end: what one frame asks for may be more than there is memory. */
    private static final int MOST_TOGETHER_BYTES = 64 << 10;

    /** Room for replies that a line keeps for the next ones. */
    private static final int KEPT_BYTES = 4 << 10;

    private final Carrier carrier;
    private final Connections connections;
    private final Encoding encoding;
    private MessageFrame replies;
    private final LoopHub hub;
    private final Session session;
    private final SessionAlarm alarm;

    /** Inside a frame of the client's, whose end sends the replies. */
    private boolean reading;

    /** The client sent what is no frame: nothing more of it is read, though what came before may still be under way. */
    private boolean broken;

    /** To be made on the carrier's event loop. */
    SessionLine(String client, Carrier carrier, Connections connections) {
        this.carrier = carrier;
        this.connections = connections;
        this.encoding = carrier.encoding();
        this.replies = carrier.spelling().frame();
        this.hub = connections.hubHere();
        this.session = new Session(client, this, hub, connections.receptionFor(carrier), connections.nowMillis());
        this.alarm = new SessionAlarm(session, connections);
        connections.opened(client, this);
    }

    // --- from the carrier
    // --------------------------------------------------------------------------------------------------------

    /** A frame of the client's. */
    void onFrame(ByteBuffer frame) {
        if (broken) return;
        reading = true;
        try {
            CommandReader commands = encoding.commands(frame);
            for (Command command = commands.next(); command != null && !session.isClosed(); command = commands.next())
                session.onCommand(command);
        } catch (MalformedFrame fault) {
            malformed(fault.getMessage(), fault.disconnect());
        } finally {
            reading = false;
        }
        sendReplies();
    }

    /** All that a unidirectional client says: a connect request, bare. */
    void onConnectRequest(ByteBuffer request) {
        try {
            session.onCommand(JsonCodec.connectRequest(request));
        } catch (MalformedFrame fault) {
            malformed(fault.getMessage(), fault.disconnect());
        }
    }

    /** The client sent what is no frame of its encoding. */
    void malformed(@Nullable String rule, Disconnect answer) {
        if (broken || session.isClosed()) return;
        broken = true;
        peers.info("closed the session of {} with {}: {}", carrier.remoteAddress(), answer.code(), rule);
        session.onMalformed(answer);
    }

    void onWritable() {
        hub.onWritable(this);
    }

    /** 3001 tells the client to redial, which 1001 does not. */
    void onGoingAway() {
        session.close(Disconnect.SHUTDOWN);
    }

    void onClosed() {
        try {
            session.onClosed();
            alarm.cancel();
        } finally {
            connections.closed(session.client(), this);
        }
    }

    // --- from the session
    // --------------------------------------------------------------------------------------------------------

    @Override
    public void reply(Reply reply) {
        // Only a connect can fail where there are no other commands, and there are no replies in which to say so.
        if (carrier.spelling().isUnidirectional() && reply instanceof Reply.Failed failed)
            session.close(connections.refusal(failed.error()));
        else say(reply);
    }

    @Override
    public void push(Push push) {
        say(push);
    }

    @Override
    public void ping() {
        if (carrier.pulse() == Pulse.OF_CARRIER) carrier.ping();
        else say(new Ping());
        sendReplies();
    }

    /** The carrier's own ping was answered. */
    void onPong() {
        session.onCommand(new Command.Pong());
    }

    private void say(ServerMessage message) {
        replies.add(message);
        if (!reading || replies.size() >= MOST_TOGETHER_BYTES) sendReplies();
    }

    private void sendReplies() {
        if (replies.size() == 0) return;
        SendResult sent = carrier.send(replies);
        if (replies.size() > KEPT_BYTES) replies = carrier.spelling().frame();
        else replies.clear();
        // A reply that is lost would leave its command waiting, so a client that asks faster than it reads is sent
        // away.
        if (sent == SendResult.QUEUE_FULL) session.close(Disconnect.SLOW);
    }

    @Override
    public void close(Disconnect why) {
        sendReplies();
        carrier.close(why);
    }

    @Override
    public Cursor<EncodedPush> attach(String channel, Subscribed.Accepted at, Reader reader) {
        sendReplies();
        return hub.attach(channel, this, at, reader);
    }

    @Override
    public void detach(Cursor<EncodedPush> cursor) {
        hub.detach(cursor);
    }

    @Override
    public void talks() {
        sendReplies();
        hub.onWritable(this);
    }

    @Override
    public void deadlineMoved() {
        alarm.set();
    }

    @Override
    public long sentBytes() {
        return carrier.sentBytes();
    }

    @Override
    public void pauseReading() {
        carrier.pauseReading();
    }

    @Override
    public void resumeReading() {
        carrier.resumeReading();
    }

    // --- from the cursors
    // --------------------------------------------------------------------------------------------------------

    /** While the connect is under way, cursors of the server's subscriptions wait: nothing may come before its reply. */
    @Override
    public boolean writable() {
        return carrier.isWritable() && session.isConnected();
    }

    @Override
    public void push(Cursor<EncodedPush> cursor, EncodedPush push, Step step) {
        if (cursor.reader().patches() == Reader.Patches.NOT_TAKEN) send(push, EncodedPush.Form.PLAIN);
        else send(push, step == Step.NEXT ? EncodedPush.Form.PATCH : EncodedPush.Form.WHOLE);
    }

    @Override
    public void announce(Cursor<EncodedPush> cursor, EncodedPush push) {
        send(push, EncodedPush.Form.PLAIN);
    }

    private void send(EncodedPush push, EncodedPush.Form form) {
        sendReplies();
        if (encoding.isText() && !push.isJson()) {
            session.close(Disconnect.INAPPROPRIATE_PROTOCOL);
            return;
        }
        // The cursor has moved past this publication: what can't be taken after all would be a hole that nobody hears
        // of.
        if (carrier.send(push, form) == SendResult.QUEUE_FULL) session.close(Disconnect.SLOW);
    }

    @Override
    public void onLost(String channel) {
        session.onLost(channel);
    }

    @Override
    public void onSlow(String channel) {
        session.close(Disconnect.SLOW);
    }

    /** How the API lists the connection. On its event loop, once the session is connected. */
    ApiResult.Connection described() {
        Client who = session.who();
        return new ApiResult.Connection(
                who.id(),
                who.user(),
                who.transport(),
                session.library().name(),
                session.library().version(),
                session.subscriptions().size(),
                session.connectedAtSeconds());
    }

    // --- from anywhere
    // -----------------------------------------------------------------------------------------------------------

    /** Whether commands for it come to this address. Any thread. */
    boolean hasSession(String id) {
        ConnectResult.Emulation emulation = carrier.emulation();
        return emulation != null && emulation.session().equals(id);
    }

    /** Cuts the connection without a word, as a tunnel would. Any thread. */
    void cut() {
        carrier.abort();
    }

    /** Does something with the session on its event loop. Any thread. */
    void onLoop(java.util.function.Consumer<Session> task) {
        carrier.executor().execute(() -> task.accept(session));
    }
}
