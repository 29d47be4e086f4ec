package dev.openline.server;

import dev.openline.hub.ChannelHome;
import dev.openline.hub.ChannelRules;
import dev.openline.hub.Cursor;
import dev.openline.hub.Fanout;
import dev.openline.hub.FanoutEffects;
import dev.openline.hub.FanoutLimits;
import dev.openline.hub.HistoryQuery;
import dev.openline.hub.LogStore;
import dev.openline.hub.LoopSet;
import dev.openline.hub.Page;
import dev.openline.hub.PresenceStats;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.hub.Reader;
import dev.openline.hub.Shard;
import dev.openline.hub.ShardEffects;
import dev.openline.hub.ShardLimits;
import dev.openline.hub.SharedLimits;
import dev.openline.hub.SharedShard;
import dev.openline.hub.SharedStore;
import dev.openline.hub.StoreLimits;
import dev.openline.hub.SubscribeRequest;
import dev.openline.hub.Subscribed;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Push;
import dev.openline.protocol.StreamPosition;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The hub's part on one event loop: the shard of the channels that live here, and the fan-out to the lines that live here.
 *
 * <p>What concerns a channel is done on the loop of its home; what concerns a line, on the line's. In between things travel as tasks, and
 * since one loop's tasks for another are carried out in order, a subscriber's loop hears of a channel exactly in the order in which it
 * happened: the answer to {@code subscribe} before the first publication after it, each publication before the next.
 */
final class LoopHub implements Desk, ShardEffects, FanoutEffects<EncodedPush> {
    private final int index;
    private final Executor loop;
    private final ChannelRules rules;
    private final LongSupplier clockMillis;
    private final ChannelListener listener;
    private final ChannelHome home;
    private final Fanout<EncodedPush> fanout = new Fanout<>(FanoutLimits.DEFAULT, this);

    private final CatchUpFrames frames = new CatchUpFrames();

    private @Nullable Thread owner;

    /** The hubs of all loops, by index; filled before the first use. */
    private final LoopHub[] hubs;

    /** @param store keeps the logs of this loop's channels; null if memory does */
    // More than 4 parameters because these are the eight things a loop's hub is made of; it is made in one place.
    LoopHub(
            int index,
            LoopHub[] hubs,
            Executor loop,
            ChannelRules rules,
            Supplier<String> epochs,
            LongSupplier clockMillis,
            ChannelListener listener,
            @Nullable Store store) {
        this.index = index;
        this.hubs = hubs;
        this.loop = loop;
        this.rules = rules;
        this.clockMillis = clockMillis;
        this.listener = listener;
        this.home = store instanceof Store.Shared shared
                ? new SharedShard(rules, ShardLimits.DEFAULT, shared.limits(), this, shared.store())
                : new Shard(
                        rules,
                        ShardLimits.DEFAULT,
                        epochs,
                        this,
                        store instanceof Store.Own own ? own.store() : null,
                        StoreLimits.DEFAULT);
    }

    /** Where logs outlive the server. */
    sealed interface Store {
        /** Of this server alone. */
        record Own(LogStore store) implements Store {}

        /** Of several servers together. */
        record Shared(SharedStore store, SharedLimits limits) implements Store {}
    }

    int index() {
        return index;
    }

    // --- requests of this loop's sessions
    // ----------------------------------------------------------------------------------------

    @Override
    public ChannelRules rules() {
        return rules;
    }

    @Override
    public void subscribe(SubscribeRequest request, Consumer<Subscribed> answer) {
        LoopHub home = homeOf(request.channel());
        home.run(
                this,
                () -> home.home()
                        .subscribe(index, request, home.now(), result -> run(home, () -> answer.accept(result))));
    }

    @Override
    public void unsubscribe(String channel, String client) {
        LoopHub home = homeOf(channel);
        home.run(this, () -> home.home().unsubscribe(index, channel, client, home.now()));
    }

    @Override
    public void publish(PublishRequest request, Consumer<Published> answer) {
        ask(request.channel(), (home, reply) -> home.home().publish(request, home.now(), reply), answer);
    }

    @Override
    public void history(String channel, HistoryQuery query, Consumer<Page> answer) {
        ask(channel, (home, reply) -> home.home().history(channel, query, home.now(), reply), answer);
    }

    @Override
    public void presence(String channel, Consumer<@Nullable List<ClientInfo>> answer) {
        this.<@Nullable List<ClientInfo>>ask(
                channel, (home, reply) -> home.home().presence(channel, reply), answer);
    }

    @Override
    public void presenceStats(String channel, Consumer<@Nullable PresenceStats> answer) {
        this.<@Nullable PresenceStats>ask(channel, (home, reply) -> home.home().presenceStats(channel, reply), answer);
    }

    /** Drops what a channel's log keeps; {@code done} hears null, or why it could not be done. */
    void removeHistory(String channel, Consumer<@Nullable ErrorReply> done) {
        this.<@Nullable ErrorReply>ask(
                channel, (home, reply) -> home.home().removeHistory(channel, home.now(), reply), done);
    }

    /** The subscribed channels that live here, on this loop. */
    Map<String, Integer> subscribers(Predicate<String> wanted) {
        return home().subscribers(wanted);
    }

    private interface Question<T extends @Nullable Object> {
        void ask(LoopHub home, Consumer<T> reply);
    }

    private <T extends @Nullable Object> void ask(String channel, Question<T> question, Consumer<T> answer) {
        LoopHub home = homeOf(channel);
        home.run(this, () -> question.ask(home, result -> run(home, () -> answer.accept(result))));
    }

    private LoopHub homeOf(String channel) {
        return hubs[ChannelHome.homeOf(channel, hubs.length)];
    }

    /**
     * Runs on this hub's loop: at once for a caller who is there, else, or with null, after what is queued on it.
     *
     * @return false if the loop has ended, and with it the server: the task is dropped
     */
    private boolean run(@Nullable LoopHub caller, Runnable task) {
        if (caller == this) {
            task.run();
            return true;
        }
        try {
            loop.execute(task);
            return true;
        } catch (RejectedExecutionException ended) {
            return false;
        }
    }

    private ChannelHome home() {
        assertCurrent();
        return home;
    }

    private Fanout<EncodedPush> fanout() {
        assertCurrent();
        return fanout;
    }

    /** The first thread that comes is the owner: a loop has one thread for its life. */
    private void assertCurrent() {
        Thread current = Thread.currentThread();
        if (owner == null) owner = current;
        if (owner != current) throw new AssertionError("the hub of " + owner + " was called from " + current);
    }

    private long now() {
        return clockMillis.getAsLong();
    }

    /** To be called now and then: lets what is too old go. */
    void tick() {
        long now = now();
        frames.tick();
        if (home().nextDeadline() <= now) home().onTime(now);
    }

    /** Gives back what is kept for lines to come; any thread. */
    void close() {
        run(null, frames::clear);
    }

    // --- cursors of this loop's lines
    // --------------------------------------------------------------------------------------------

    Cursor<EncodedPush> attach(String channel, LinePipe line, Subscribed.Accepted at, Reader reader) {
        return fanout().attach(channel, line, at, reader);
    }

    void detach(Cursor<EncodedPush> cursor) {
        fanout().detach(cursor);
    }

    void onWritable(LinePipe line) {
        fanout().onWritable(line);
    }

    @Override
    public EncodedPush encode(String channel, Publication publication, @Nullable Publication previous) {
        return frames.of(channel, publication, previous);
    }

    @Override
    public void release(EncodedPush frame) {
        frame.release();
    }

    /** Always a task of its own, also when the channel lives here: a long way to catch up must let the loop's other lines have their turn. */
    @Override
    public void read(Cursor<EncodedPush> cursor, String channel, StreamPosition after, int limit) {
        LoopHub home = homeOf(channel);
        home.run(
                null,
                () -> home.home()
                        .read(
                                channel,
                                after,
                                limit,
                                home.now(),
                                page -> run(home, () -> fanout().onPage(cursor, page))));
    }

    @Override
    public void lost(Cursor<EncodedPush> cursor) {
        ((LinePipe) cursor.pipe()).onLost(cursor.channel());
    }

    @Override
    public void slow(Cursor<EncodedPush> cursor) {
        ((LinePipe) cursor.pipe()).onSlow(cursor.channel());
    }

    // --- effects of this loop's shard
    // --------------------------------------------------------------------------------------------

    @Override
    public void publication(
            LoopSet loops, String channel, String epoch, Publication publication, @Nullable Publication previous) {
        EncodedPush frame = EncodedPush.of(channel, epoch, publication, previous);
        toEach(loops, frame, (hub, shared) -> hub.fanout().deliver(channel, epoch, publication, shared));
    }

    @Override
    public void advanced(LoopSet loops, String channel, StreamPosition top) {
        loops.forEach(target -> {
            LoopHub hub = hubs[target];
            hub.run(this, () -> hub.fanout().advance(channel, top));
        });
    }

    @Override
    public void stale(LoopSet loops, String channel) {
        loops.forEach(target -> {
            LoopHub hub = hubs[target];
            hub.run(this, () -> hub.fanout().loseAll(channel));
        });
    }

    @Override
    public void occupied(String channel) {
        listener.occupied(channel);
    }

    @Override
    public void vacated(String channel) {
        listener.vacated(channel);
    }

    @Override
    public void gathered(String pattern, Publication publication) {
        LoopHub home = homeOf(pattern);
        home.run(this, () -> home.home().gather(pattern, publication, home.now()));
    }

    @Override
    public void joined(LoopSet loops, String channel, ClientInfo who) {
        toEach(
                loops,
                EncodedPush.of(new Push.Join(channel, who)),
                (hub, shared) -> hub.fanout().announce(channel, shared));
    }

    @Override
    public void left(LoopSet loops, String channel, ClientInfo who) {
        toEach(
                loops,
                EncodedPush.of(new Push.Leave(channel, who)),
                (hub, shared) -> hub.fanout().announce(channel, shared));
    }

    private interface Delivery {
        void to(LoopHub hub, EncodedPush frame);
    }

    /** One task per loop, however many subscribers it has; each fan-out takes over one reference. */
    private void toEach(LoopSet loops, EncodedPush frame, Delivery delivery) {
        loops.forEach(target -> {
            frame.retain();
            LoopHub hub = hubs[target];
            if (!hub.run(this, () -> delivery.to(hub, frame))) frame.release();
        });
        frame.release();
    }
}
