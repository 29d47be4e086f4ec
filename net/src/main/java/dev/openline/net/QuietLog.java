package dev.openline.net;

import org.slf4j.Logger;

/**
 * A log of what peers do wrong. Each of them can do it ten thousand times a second, and a disk that is full of it would be everybody's
 * loss, so a long row of lines is cut short: {@value #MOST_AT_ONCE} lines at once are written, then {@value #LINES_PER_SECOND} a second, and
 * how many were left out is said before the next one. At level INFO; any thread may call.
 */
public final class QuietLog {
    /** How many lines are written without a pause. */
    public static final int MOST_AT_ONCE = 1_000;

    /** How many are written in each second after those. */
    public static final int LINES_PER_SECOND = 20;

    private static final long NANOS_PER_LINE = 1_000_000_000L / LINES_PER_SECOND;
    private static final long MOST_NANOS = MOST_AT_ONCE * NANOS_PER_LINE;

    private final Logger log;
    private long savedNanos = MOST_NANOS;
    private long lookedAtNanos = Surroundings.nanoTime();
    private long leftOut;

    private QuietLog(Logger log) {
        this.log = log;
    }

    /** Writes by this logger, with a bound of its own: keep one for each kind of thing that is told. */
    public static QuietLog of(Logger log) {
        return new QuietLog(log);
    }

    /** Says it, or counts it. */
    public void info(String sentence, Object... arguments) {
        if (!log.isInfoEnabled()) return;
        long before = enter(Surroundings.nanoTime());
        if (before < 0) return;
        if (before > 0) log.info("left out {} lines like the next one", before);
        log.info(sentence, arguments);
    }

    /** How many were left out since the last line, or -1 to leave out this one. */
    private synchronized long enter(long now) {
        long passed = Math.max(0, now - lookedAtNanos);
        lookedAtNanos = now;
        savedNanos = Math.min(MOST_NANOS, savedNanos + passed);
        if (savedNanos < NANOS_PER_LINE) {
            leftOut++;
            return -1;
        }
        savedNanos -= NANOS_PER_LINE;
        long before = leftOut;
        leftOut = 0;
        return before;
    }
}
