package dev.openline.server;

import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Wakes a session at its next deadline. One timer per session, set again only when it has gone off: deadlines move with every sign
 * of life, and a timer that goes off early just looks and sets itself again.
 */
final class SessionAlarm {
    private final Session session;
    private final Connections connections;
    private @Nullable Future<?> set;

    SessionAlarm(Session session, Connections connections) {
        this.session = session;
        this.connections = connections;
        set();
    }

    /** Looks again when to go off: to be told when a deadline has come nearer. */
    void set() {
        cancel();
        long wait = Math.max(1, session.nextDeadline() - connections.nowMillis());
        set = connections.schedule(this::ring, wait, TimeUnit.MILLISECONDS);
    }

    private void ring() {
        session.onTime(connections.nowMillis());
        if (!session.isClosed()) set();
    }

    void cancel() {
        if (set != null) set.cancel(false);
    }
}
