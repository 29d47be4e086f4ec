package dev.openline.server;

/**
 * When a session must act by itself: it never connected, its next ping is due, its pong is overdue. Time is an argument, in
 * milliseconds; nothing here waits.
 */
final class SessionClock {
    /** What is due. */
    enum Due {
        NOTHING,
        STALE,
        PING,
        NO_PONG
    }

    private static final long NEVER = Long.MAX_VALUE;

    private final SessionLimits limits;
    private final Pulse pulse;
    private long staleAt;
    private long pingAt = NEVER;
    private long pongBy = NEVER;
    private long sentAtPing;

    SessionClock(SessionLimits limits, Pulse pulse, long nowMillis) {
        this.limits = limits;
        this.pulse = pulse;
        this.staleAt = nowMillis + limits.staleTimeout().toMillis();
    }

    /** @param spread 0 to below 1: where in the second half of the interval the first ping falls, so that pings of many lines don't bunch */
    void connected(long nowMillis, double spread) {
        staleAt = NEVER;
        long interval = limits.pingInterval().toMillis();
        pingAt = nowMillis + interval / 2 + (long) (spread * (interval / 2));
    }

    /** Any sign of life counts, and an unasked pong is no fault: a client with a late timer must not be cut for good. */
    void heard() {
        pongBy = NEVER;
    }

    long nextDeadline() {
        return Math.min(staleAt, Math.min(pingAt, pongBy));
    }

    /**
     * @param sentBytes what has left for the client so far: while that grows beyond what it was at the ping, the ping may still be
     *     waiting behind it, and the client is slow, not gone
     */
    Due due(long nowMillis, long sentBytes) {
        if (nowMillis >= staleAt) return Due.STALE;
        if (nowMillis >= pongBy) {
            if (sentBytes <= sentAtPing) return Due.NO_PONG;
            sentAtPing = sentBytes;
            pongBy = nowMillis + limits.pongTimeout().toMillis();
        }
        if (nowMillis < pingAt) return Due.NOTHING;
        pingAt = nowMillis + limits.pingInterval().toMillis();
        // A ping that is unanswered because the client is slow needs no second one.
        if (pongBy != NEVER) return Due.NOTHING;
        if (pulse == Pulse.NONE) return Due.PING;
        pongBy = nowMillis + limits.pongTimeout().toMillis();
        sentAtPing = sentBytes;
        return Due.PING;
    }

    /** To be told after the ping itself was handed over and flushed, so that its own bytes aren't taken for progress. */
    void pingLeft(long sentBytes) {
        sentAtPing = sentBytes;
    }
}
