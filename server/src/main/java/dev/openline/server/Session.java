// Longer than 400 lines because every command and every end of a session stands here, where their order can be read.
package dev.openline.server;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.TokenBucket;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Push;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result;
import dev.openline.protocol.Unsubscribed;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A connected client of channels: hears its commands in order and answers them.
 *
 * <p>Two laws. Nothing takes effect before {@code connect} has succeeded, whatever is glued into one frame. And commands take effect in
 * the order they came, and between them what the server does by itself: while one is under way that takes time, later ones wait.
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
    private final Turns turns = new Turns();
    private final Connecting connecting;
    private final Subscribing subscribing;
    private final Refreshing refreshing;
    private final Asking asking;
    private final TokenBucket reads;
    private State state = State.NEW;

    /** Too many commands wait; the client's further ones stay in its socket. */
    private boolean paused;

    /** What the client will be told after its last good command. */
    private @Nullable Disconnect malformed;

    private ClientInfo self;
    private Permissions permissions;

    /** Once it is admitted. */
    private @Nullable Client who;

    private Authenticator.Attempt.Library library = new Authenticator.Attempt.Library("", "");
    private long connectedAtSeconds;

    // More than 4 parameters because a session is handed all that it touches, so that tests can hand it other things.
    Session(String client, Peer peer, Desk desk, Reception reception, long nowMillis) {
        this.client = client;
        this.limits = reception.rules().limits();
        this.peer = peer;
        this.desk = desk;
        this.reception = reception;
        this.clock = new SessionClock(limits, reception.pulse(), nowMillis);
        this.self = new ClientInfo("", client, null, null);
        this.permissions = new Permissions(Permissions.Policy.BY_CHANNEL, "", desk.rules());
        this.subscribing = new Subscribing(this, reception);
        this.refreshing = new Refreshing(this, reception);
        this.connecting = new Connecting(this, reception, subscribing, refreshing);
        this.asking = new Asking(this, reception);
        this.reads = new TokenBucket(limits.maxReadsPerSecond(), nowMillis);
    }

    // --- events
    // ------------------------------------------------------------------------------------------------------------------

    /** The next command from the client. */
    void onCommand(Command command) {
        clock.heard();
        if (state == State.CLOSED || malformed != null || command instanceof Command.Pong) return;
        turns.add(() -> hear(command));
        if (!paused && turns.size() >= limits.maxWaitingCommands()) {
            paused = true;
            peer.pauseReading();
        }
        looked();
    }

    /** The client broke the protocol; what it said before has been heard. */
    void onMalformed(Disconnect answer) {
        // It takes its place behind the commands before it, so that they still take effect.
        malformed = answer;
        looked();
    }

    /** Something that the server does by itself, in its turn behind what waits; dropped if the session ends before, or is refused. */
    void inTurn(Runnable task) {
        if (state == State.CLOSED) return;
        turns.add(() -> {
            if (state == State.CONNECTED) task.run();
        });
        // Twice what a client may leave waiting: this must not pile up behind a hook that never answers.
        if (turns.size() > 2 * limits.maxWaitingCommands()) close(Disconnect.INTERNAL_ERROR);
        looked();
    }

    /** The line is gone. */
    void onClosed() {
        ended(null);
    }

    private void ended(@Nullable Disconnect why) {
        if (state == State.CLOSED) return;
        state = State.CLOSED;
        turns.end();
        leaveAll();
        Client entered = who;
        if (entered != null) reception.left(entered, why);
    }

    long nextDeadline() {
        return state == State.CLOSED ? Long.MAX_VALUE : Math.min(clock.nextDeadline(), refreshing.nextDeadline());
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
        if (state == State.CONNECTED) refreshing.onTime(nowMillis);
    }

    /** The history no longer reaches back to where this subscription's cursor is: the client is told, and comes back to ask anew. */
    void onLost(String channel) {
        Subscription lost = subscriptions.get(channel);
        // Whoever is subscribed by the server can't ask anew; its whole session must.
        if (lost != null && lost.side == Subscription.Side.SERVER) close(Disconnect.INSUFFICIENT_STATE);
        else end(channel, Unsubscribed.INSUFFICIENT_STATE);
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

    /** After turns were taken: what waits for all of them, or for some. */
    private void looked() {
        if (malformed != null && !turns.isHeld()) close(malformed);
        if (paused && turns.size() <= limits.maxWaitingCommands() / 2) {
            paused = false;
            peer.resumeReading();
        }
    }

    private void hear(Command command) {
        boolean connects = command instanceof Command.Connect;
        if (connects != (state == State.NEW) || state == State.REFUSED) close(Disconnect.BAD_REQUEST);
        else command.with(this);
    }

    /** What was under way is done. */
    void resume() {
        turns.resume();
        looked();
    }

    void hold() {
        turns.hold();
    }

    @Override
    public Void connect(Command.Connect command) {
        library = new Authenticator.Attempt.Library(command.name(), command.version());
        state = State.CONNECTING;
        connecting.begin(command);
        return null;
    }

    @Override
    public Void subscribe(Command.Subscribe command) {
        if (mayRead(command.id())) subscribing.begin(command);
        return null;
    }

    private boolean mayRead(long id) {
        boolean may = reads.take(reception.nowMillis());
        if (!may) fail(id, ErrorReply.TOO_MANY_REQUESTS);
        return may;
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
        if (mayRead(command.id())) asking.presence(command);
        return null;
    }

    @Override
    public Void presenceStats(Command.PresenceStats command) {
        if (mayRead(command.id())) asking.presenceStats(command);
        return null;
    }

    @Override
    public Void history(Command.History command) {
        if (mayRead(command.id())) asking.history(command);
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

    @Override
    public Void refresh(Command.Refresh command) {
        refreshing.refresh(command);
        return null;
    }

    @Override
    public Void subRefresh(Command.SubRefresh command) {
        refreshing.subRefresh(command);
        return null;
    }

    @Override
    public Void pong() {
        return null;
    }

    // --- for the parts of a session
    // ----------------------------------------------------------------------------------------------

    /** This is who the client is, from now on. */
    void admitted(Client admitted) {
        who = admitted;
        self = admitted.info();
        permissions = new Permissions(reception.rules().policy(), admitted.user(), desk.rules());
    }

    /** The {@code connect} has succeeded, and the client hears so. */
    void connected(long id, Result.ConnectResult result) {
        state = State.CONNECTED;
        connectedAtSeconds = reception.wallMillis() / 1000;
        clock.connected(reception.nowMillis(), reception.spread());
        peer.deadlineMoved();
        reply(id, result);
        peer.talks();
    }

    /** The {@code connect} has failed, and the client hears so. */
    void refuse(long id, ErrorReply error) {
        state = State.REFUSED;
        leaveAll();
        // It may wait for its end a while, in which it must not count as one of its user's.
        if (who != null) reception.left(who, null);
        fail(id, error);
    }

    void reply(long id, Result result) {
        if (state != State.CLOSED) peer.reply(new Reply.Done(id, result));
    }

    void fail(long id, ErrorReply error) {
        if (state != State.CLOSED) peer.reply(new Reply.Failed(id, error));
    }

    /** Ends the session and its line. */
    void close(Disconnect why) {
        if (state == State.CLOSED) return;
        ended(why);
        peer.close(why);
    }

    void keep(Subscription subscription) {
        subscriptions.put(subscription.channel, subscription);
        if (subscription.endsAt != Subscription.NEVER) deadlineMoved();
    }

    void deadlineMoved() {
        refreshing.look();
        peer.deadlineMoved();
    }

    private void leaveAll() {
        List<Subscription> all = List.copyOf(subscriptions.values());
        subscriptions.clear();
        for (Subscription subscription : all) leave(subscription);
    }

    private void leave(Subscription subscription) {
        peer.detach(subscription.cursor);
        desk.unsubscribe(subscription.channel, client);
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Whether publications may be sent. */
    boolean isConnected() {
        return state == State.CONNECTED;
    }

    String client() {
        return client;
    }

    /** Who this is, as others see it. */
    ClientInfo self() {
        return self;
    }

    /** Who this is, as hooks see it. */
    Client who() {
        if (who == null) throw new IllegalStateException("nobody was admitted yet");
        return who;
    }

    /** What the client says that it runs on. */
    Authenticator.Attempt.Library library() {
        return library;
    }

    long connectedAtSeconds() {
        return connectedAtSeconds;
    }

    SessionLimits limits() {
        return limits;
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

    Subscribing subscribing() {
        return subscribing;
    }

    Refreshing refreshing() {
        return refreshing;
    }

    @Nullable
    ChannelOptions optionsFor(String channel) {
        return desk.rules().optionsFor(channel);
    }

    Map<String, Subscription> subscriptions() {
        return subscriptions;
    }

    Subscription.State stateOf(String channel) {
        return subscriptions.containsKey(channel) ? Subscription.State.SUBSCRIBED : Subscription.State.NONE;
    }
}
