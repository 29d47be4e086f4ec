package dev.openline.net;

import java.util.function.LongUnaryOperator;

/**
 * How long to wait before an attempt: full jitter, so that ten thousand clients of one dead server do not come back as one. The delay is
 * drawn evenly from a span that begins at the shortest delay; the span doubles with each failure in a row, until it ends at the longest.
 *
 * @param minMillis the shortest delay, at least 1 ms; also the first span
 * @param maxMillis the longest delay, at least {@code minMillis}, at most one day
 */
public record Backoff(long minMillis, long maxMillis) {
    private static final long LONGEST_MILLIS = 86_400_000;

    /** @throws IllegalArgumentException for a delay out of its bounds */
    public Backoff {
        if (minMillis < 1) throw new IllegalArgumentException("minDelay " + minMillis + " ms < 1 ms");
        if (maxMillis < minMillis) {
            throw new IllegalArgumentException("maxDelay " + maxMillis + " ms < minDelay " + minMillis + " ms");
        }
        if (maxMillis > LONGEST_MILLIS) throw new IllegalArgumentException("maxDelay " + maxMillis + " ms > one day");
    }

    /**
     * The delay before the attempt that follows {@code failures} failed ones.
     *
     * @param random answers a number from 0 to its argument, exclusive, each as likely as another
     */
    public long delayMillis(int failures, LongUnaryOperator random) {
        return minMillis + random.applyAsLong(spanMillis(failures) + 1);
    }

    /** The width of what the delay is drawn from. Nothing is cut off after the draw, which would gather many at the longest delay. */
    private long spanMillis(int failures) {
        long span = minMillis;
        for (int i = 0; i < failures && span < maxMillis; i++) span *= 2;
        return Math.min(span, maxMillis - minMillis);
    }
}
