package dev.openline.server;

import dev.openline.hub.Cursor;
import dev.openline.hub.Reader;
import dev.openline.hub.Recovery;
import dev.openline.hub.Step;
import dev.openline.hub.SubscribeRequest;
import dev.openline.hub.Subscribed;
import dev.openline.net.SendResult;
import dev.openline.net.Surroundings;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One channel on one line without a session: what is said there, and nothing else. It has a cursor like any subscription, so a slow one is a
 * slow reader like any other. Lives on the line's event loop.
 */
final class Feed implements LinePipe {
    /** The line of a feed: what a publication, a gap and the end look like there. */
    interface Outlet {
        SendResult send(EncodedPush push);

        /** What came after the position that the follower handed in can't be had: it goes on from here. */
        void gap(StreamPosition top);

        boolean isWritable();

        /** Shows that the server is there. */
        void beat();

        void close(Disconnect why);
    }

    /**
     * What is followed, by whom.
     *
     * @param since where it goes on; null for what comes from now on
     * @param expireAtSeconds when the follower's right ends, in seconds since 1970; null for never
     */
    record Wish(
            String channel,
            ClientInfo who,
            @Nullable StreamPosition since,
            @Nullable Long expireAtSeconds) {}

    private final Wish wish;
    private final Outlet outlet;
    private final Connections connections;
    private final LoopHub hub;
    private @Nullable Cursor<EncodedPush> cursor;

    /** The hub knows this follower. */
    private boolean entered;

    private boolean closed;
    private java.util.concurrent.@Nullable Future<?> alarm;

    /** To be made on the line's event loop. */
    Feed(Wish wish, Outlet outlet, Connections connections) {
        this.wish = wish;
        this.outlet = outlet;
        this.connections = connections;
        this.hub = connections.hubHere();
    }

    void begin() {
        connections.followed(1);
        beatLater();
        hub.subscribe(new SubscribeRequest(wish.channel, wish.who, wish.since), answer -> {
            if (answer instanceof Subscribed.Accepted accepted) enter(accepted);
            else close(refusalOf(((Subscribed.Refused) answer).error()));
        });
    }

    private static Disconnect refusalOf(ErrorReply error) {
        return new Disconnect(Disconnect.PERMISSION_DENIED.code(), error.message());
    }

    private void enter(Subscribed.Accepted accepted) {
        if (closed) {
            hub.unsubscribe(wish.channel, wish.who.client());
            return;
        }
        entered = true;
        boolean resumes = wish.since != null && accepted.options().logged();
        if (accepted.recovery() instanceof Recovery.Complete complete) {
            String epoch = accepted.top().epoch();
            for (Publication missed : complete.page()) {
                EncodedPush push = EncodedPush.of(wish.channel, epoch, missed, null);
                send(push);
                push.release();
            }
        } else if (resumes && !accepted.recovery().missesNothing()) {
            outlet.gap(accepted.top());
        }
        if (closed) return;
        Cursor<EncodedPush> placed = hub.attach(wish.channel, this, accepted, Reader.PUBLICATIONS);
        cursor = placed;
        if (closed) leave();
        else if (!placed.attached()) onLost(wish.channel);
    }

    private void beatLater() {
        long wait = connections.feedBeatMillis();
        Long end = wish.expireAtSeconds;
        if (end != null) wait = Math.max(1, Math.min(wait, TimeUnit.SECONDS.toMillis(end) - Surroundings.wallMillis()));
        alarm = connections.schedule(this::beat, wait, TimeUnit.MILLISECONDS);
    }

    private void beat() {
        if (closed) return;
        Long end = wish.expireAtSeconds;
        if (end != null && TimeUnit.SECONDS.toMillis(end) <= Surroundings.wallMillis()) {
            close(Disconnect.EXPIRED);
            return;
        }
        outlet.beat();
        beatLater();
    }

    void onWritable() {
        if (!closed) hub.onWritable(this);
    }

    void close(Disconnect why) {
        if (closed) return;
        onClosed();
        outlet.close(why);
    }

    void onClosed() {
        if (closed) return;
        closed = true;
        connections.followed(-1);
        if (alarm != null) alarm.cancel(false);
        leave();
    }

    private void leave() {
        Cursor<EncodedPush> placed = cursor;
        if (placed != null) hub.detach(placed);
        cursor = null;
        if (entered) hub.unsubscribe(wish.channel, wish.who.client());
        entered = false;
    }

    @Override
    public boolean writable() {
        return !closed && outlet.isWritable();
    }

    @Override
    public void push(Cursor<EncodedPush> from, EncodedPush push, Step step) {
        push.livesIn(from);
        send(push);
    }

    /** Nobody follows joins and leaves here. */
    @Override
    public void announce(Cursor<EncodedPush> from, EncodedPush push) {}

    private void send(EncodedPush push) {
        if (!closed && outlet.send(push) == SendResult.QUEUE_FULL) close(Disconnect.SLOW);
    }

    @Override
    public void onLost(String channel) {
        close(Disconnect.INSUFFICIENT_STATE);
    }
}
