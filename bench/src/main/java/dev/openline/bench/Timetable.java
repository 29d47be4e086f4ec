package dev.openline.bench;

import java.util.concurrent.TimeUnit;

/**
 * When messages should be sent: evenly, from a start, first to warm up and then to be measured. Nothing that a server or the load does
 * moves it, which is what keeps a stall from hiding the messages that waited behind it.
 *
 * <p>Times are nanoseconds as {@link System#nanoTime} gives them.
 */
final class Timetable {
    private static final double NANOS = TimeUnit.SECONDS.toNanos(1);

    private final long start;
    private final int rate;
    private final long firstMeasured;
    private final long messages;
    private long next;

    /** @param rate messages a second, at most 1,000,000, so that no two are due at the same nanosecond */
    Timetable(long start, int rate, double warmUpSeconds, double seconds) {
        if (rate < 1 || rate > 1_000_000) throw new IllegalArgumentException("rate " + rate + " is not 1 to 1000000");
        this.start = start;
        this.rate = rate;
        this.firstMeasured = Math.round(warmUpSeconds * rate);
        this.messages = firstMeasured + Math.max(1, Math.round(seconds * rate));
    }

    /** Whether all messages have been taken. */
    boolean isOver() {
        return next == messages;
    }

    /** Whether the next message is not to be measured yet. */
    boolean isWarmingUp() {
        return next < firstMeasured;
    }

    /** When the next message should be sent. */
    long due() {
        return at(next);
    }

    /** Takes the next message. */
    void take() {
        next++;
    }

    /** Whether a message that was due then is to be measured. */
    boolean isMeasured(long due) {
        return due - at(firstMeasured) >= 0;
    }

    /** Messages that are to be measured. */
    long measured() {
        return messages - firstMeasured;
    }

    /** When the message after the last one would be due. */
    long end() {
        return at(messages);
    }

    private long at(long message) {
        return start + (long) (message * (NANOS / rate));
    }
}
