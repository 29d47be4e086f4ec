package dev.openline.net;

import java.util.concurrent.atomic.AtomicLong;

/**
 * A token bucket for new connections, one second deep: so many per second, as many at once. Kept as the one time at which the bucket
 * would be full again. Any thread.
 */
final class ConnectRate {
    private static final long SECOND = 1_000_000_000L;

    private final int perSecond;
    private final AtomicLong fullAt = new AtomicLong();

    /** @param perSecond {@link Integer#MAX_VALUE} for no limit */
    ConnectRate(int perSecond) {
        this(perSecond, Surroundings.nanoTime());
    }

    ConnectRate(int perSecond, long nowNanos) {
        this.perSecond = perSecond;
        fullAt.set(nowNanos);
    }

    /** Takes a token, if there is one. */
    boolean allows(long nowNanos) {
        if (perSecond == Integer.MAX_VALUE) return true;
        while (true) {
            long seen = fullAt.get();
            long next = (seen - nowNanos > 0 ? seen : nowNanos) + SECOND / perSecond;
            if (next - nowNanos > SECOND) return false;
            if (fullAt.compareAndSet(seen, next)) return true;
        }
    }
}
