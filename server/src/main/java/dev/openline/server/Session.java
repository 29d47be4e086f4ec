package dev.openline.server;

import dev.openline.hub.ChannelOptions;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Heartbeat;
import dev.openline.protocol.Push;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result;
import dev.openline.protocol.Unsubscribed;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connected client of channels: hears its commands in order and answers them.
 *
 * <p>Two laws. Nothing takes effect before {@code connect} has succeeded, whatever is glued into one frame. And commands take effect in
 * the order they came: while a {@code connect} or {@code subscribe} is under way, later ones wait.
 *
 * <p>Belongs to the event loop of its line; holds no socket, thread or clock: time is an argument, in milliseconds, and what should
 * happen is asked of {@link Peer}, {@link Desk} and {@link Reception}.
 */
final class Session implements Command.Cases<Void> {
    enum State {
        /** The line is open, nobody said who they are. */
        NEW,
        CONNECTING,
        CONNECTED,
        /** The {@code connect} was answered with an error: any further command is one too many. */
        REFUSED,
        CLOSED
    }

    private final String client;
    private final SessionLimits limits;
    private final Peer peer;
    private final Desk desk;
    private final Reception reception;
    private final SessionClock clock;
    private final Map<String, Subscription> subscriptions = new HashMap<>();
    private final ArrayDeque<Command> waiting = new ArrayDeque<>();
    private final Subscribing subscribing;
    private final Asking asking;

    private State state = State.NEW;

    /** A command is under way that later ones must wait for. */
    private boolean busy;

    private boolean draining;

    /** Too many commands wait; the client's further ones stay in its socket. */
    private boolean paused;

    /** What the client will be told after its last good command. */
    private @Nullable Disconnect malformed;

    private ClientInfo self;
    private Permissions permissions;

    // More than 4 parameters because a session is handed everything it touches, so that tests can hand it something
    // else.
    Session(String client, SessionLimits limits, Peer peer, Desk desk, Reception reception, long nowMillis) {
        this.client = client;
        this.limits = limits;
        this.peer = peer;
        this.desk = desk;
        this.reception = reception;
        this.clock = new SessionClock(limits, nowMillis);
        this.self = new ClientInfo("", client, null, null);
        this.permissions = new Permissions(Permissions.Policy.BY_CHANNEL, "");
        this.subscribing = new Subscribing(this, limits);
        this.asking = new Asking(this, limits, reception);
    }

    // --- events
    // ------------------------------------------------------------------------------------------------------------------

    /** The next command from the client. */
    void onCommand(Command command) {
        clock.heard();
        if (state == State.CLOSED || malformed != null || command instanceof Command.Pong) return;
        waiting.add(command);
        if (!paused && waiting.size() >= limits.maxWaitingCommands()) {
            paused = true;
            peer.pauseReading();
        }
        drain();
    }

    /** The client broke the protocol; what it said before has been heard. */
    void onMalformed(Disconnect answer) {
        // It takes its place behind the commands before it, so that they still take effect.
        malformed = answer;
        drain();
    }

    /** The line is gone. */
    void onClosed() {
        state = State.CLOSED;
        waiting.clear();
        for (Subscription subscription : subscriptions.values()) leave(subscription);
        subscriptions.clear();
    }

    long nextDeadline() {
        return state == State.CLOSED ? Long.MAX_VALUE : clock.nextDeadline();
    }

    void onTime(long nowMillis) {
        if (state == State.CLOSED) return;
        switch (clock.due(nowMillis, peer.sentBytes())) {
            case STALE -> close(Disconnect.STALE);
            case NO_PONG -> close(Disconnect.NO_PONG);
            case PING -> {
                peer.ping();
                clock.pingLeft(peer.sentBytes());
            }
            case NOTHING -> {}
        }
    }

    /** The history no longer reaches back to where this subscription's cursor is: the client is told, and comes back to ask anew. */
    void onLost(String channel) {
        end(channel, Unsubscribed.INSUFFICIENT_STATE);
    }

    /** Ends a subscription from the server's side and tells the client. */
    void end(String channel, Unsubscribed why) {
        Subscription subscription = subscriptions.remove(channel);
        if (subscription == null) return;
        leave(subscription);
        peer.push(new Push.UnsubscribePush(channel, why));
    }

    // --- commands
    // ----------------------------------------------------------------------------------------------------------------

    private void drain() {
        if (draining) return;
        draining = true;
        while (!busy && state != State.CLOSED) {
            Command command = waiting.poll();
            if (command == null) break;
            hear(command);
        }
        draining = false;
        if (malformed != null && !busy) close(malformed);
        if (paused && waiting.size() <= limits.maxWaitingCommands() / 2) {
            paused = false;
            peer.resumeReading();
        }
    }

    private void hear(Command command) {
        boolean connects = command instanceof Command.Connect;
        if (connects != (state == State.NEW) || state == State.REFUSED) close(Disconnect.BAD_REQUEST);
        else command.with(this);
    }

    /** The command under way is done. */
    void resume() {
        busy = false;
        drain();
    }

    void hold() {
        busy = true;
    }

    @Override
    public Void connect(Command.Connect command) {
        state = State.CONNECTING;
        hold();
        reception.authenticate(command, admission -> {
            if (state == State.CLOSED) return;
            if (admission instanceof Authenticator.Admitted admitted) admit(command, admitted);
            else if (admission instanceof Authenticator.Denied denied) deny(command, denied.error());
            else close(((Authenticator.Dropped) admission).disconnect());
            resume();
        });
        return null;
    }

    private void admit(Command.Connect command, Authenticator.Admitted admitted) {
        state = State.CONNECTED;
        self = new ClientInfo(admitted.user(), client, admitted.connectionInfo(), null);
        permissions = new Permissions(reception.policy(), admitted.user());
        clock.connected(reception.nowMillis(), reception.spread());
        peer.deadlineMoved();
        Heartbeat heartbeat = new Heartbeat(limits.pingInterval().toSeconds(), true);
        reply(
                command.id(),
                new Result.ConnectResult(client, reception.version(), null, admitted.data(), Map.of(), heartbeat));
    }

    private void deny(Command.Connect command, ErrorReply error) {
        state = State.REFUSED;
        fail(command.id(), error);
    }

    @Override
    public Void subscribe(Command.Subscribe command) {
        subscribing.begin(command);
        return null;
    }

    @Override
    public Void unsubscribe(Command.Unsubscribe command) {
        Subscription subscription = subscriptions.remove(command.channel());
        if (subscription != null) leave(subscription);
        reply(command.id(), new Result.UnsubscribeResult());
        return null;
    }

    @Override
    public Void publish(Command.Publish command) {
        asking.publish(command);
        return null;
    }

    @Override
    public Void presence(Command.Presence command) {
        asking.presence(command);
        return null;
    }

    @Override
    public Void presenceStats(Command.PresenceStats command) {
        asking.presenceStats(command);
        return null;
    }

    @Override
    public Void history(Command.History command) {
        asking.history(command);
        return null;
    }

    @Override
    public Void rpc(Command.Rpc command) {
        asking.rpc(command);
        return null;
    }

    @Override
    public Void send(Command.Send command) {
        close(Disconnect.NOT_AVAILABLE);
        return null;
    }

    /** Only sessions that expire are refreshed, and none does yet. */
    @Override
    public Void refresh(Command.Refresh command) {
        close(Disconnect.BAD_REQUEST);
        return null;
    }

    @Override
    public Void subRefresh(Command.SubRefresh command) {
        if (subscriptions.containsKey(command.channel())) close(Disconnect.BAD_REQUEST);
        else fail(command.id(), ErrorReply.PERMISSION_DENIED);
        return null;
    }

    @Override
    public Void pong() {
        return null;
    }

    // --- for the parts of a session
    // ----------------------------------------------------------------------------------------------

    void reply(long id, Result result) {
        if (state != State.CLOSED) peer.reply(new Reply.Done(id, result));
    }

    void fail(long id, ErrorReply error) {
        if (state != State.CLOSED) peer.reply(new Reply.Failed(id, error));
    }

    /** Ends the session and its line. */
    void close(Disconnect why) {
        if (state == State.CLOSED) return;
        onClosed();
        peer.close(why);
    }

    private void leave(Subscription subscription) {
        peer.detach(subscription.cursor());
        desk.unsubscribe(subscription.channel(), client);
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    String client() {
        return client;
    }

    /** Who this is, as others see it. */
    ClientInfo self() {
        return self;
    }

    Permissions permissions() {
        return permissions;
    }

    Peer peer() {
        return peer;
    }

    Desk desk() {
        return desk;
    }

    @Nullable
    ChannelOptions optionsFor(String channel) {
        return desk.optionsFor(channel);
    }

    Map<String, Subscription> subscriptions() {
        return subscriptions;
    }

    Subscription.State stateOf(String channel) {
        return subscriptions.containsKey(channel) ? Subscription.State.SUBSCRIBED : Subscription.State.NONE;
    }
}
