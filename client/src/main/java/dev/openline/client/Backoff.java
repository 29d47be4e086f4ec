package dev.openline.client;

import java.util.function.LongUnaryOperator;

/**
 * How long to wait before an attempt: full jitter, so that ten thousand clients of one dead server do not come back as one. Each failed
 * attempt doubles the span that the delay is drawn from, up to a bound.
 *
 * @param minMillis the shortest delay; also the first span
 * @param maxMillis the longest delay
 */
record Backoff(long minMillis, long maxMillis) {
    private static final long LONGEST_MILLIS = 86_400_000;

    Backoff {
        if (minMillis < 1) throw new IllegalArgumentException("minDelay " + minMillis + " ms < 1 ms");
        if (maxMillis < minMillis) {
            throw new IllegalArgumentException("maxDelay " + maxMillis + " ms < minDelay " + minMillis + " ms");
        }
        if (maxMillis > LONGEST_MILLIS) throw new IllegalArgumentException("maxDelay " + maxMillis + " ms > one day");
    }

    /**
     * The delay before the attempt that follows {@code failures} failed ones.
     *
     * @param random a number from 0 to its argument, exclusive
     */
    long delayMillis(int failures, LongUnaryOperator random) {
        long span = minMillis;
        for (int i = 0; i < failures && span < maxMillis; i++) span *= 2;
        return Math.min(maxMillis, minMillis + random.applyAsLong(Math.min(maxMillis, span) + 1));
    }
}
