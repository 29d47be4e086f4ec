package dev.openline.bench;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** How long after they should have been sent messages came back, and how late the load itself sent them. */
final class Latencies {
    /** How long after the end of a timetable a message is waited for; what comes later counts as this late. */
    static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(2);

    private final Histogram back = new Histogram(LONGEST_NANOS, 3);
    private final Histogram sent = new Histogram(LONGEST_NANOS, 3);
    private final Timetable timetable;
    private final long expected;
    private long missing;

    /** @param receipts how many times every message comes back */
    Latencies(Timetable timetable, int receipts) {
        this.timetable = timetable;
        this.expected = timetable.measured() * receipts;
    }

    void sent(long due, long now) {
        if (timetable.isMeasured(due)) sent.recordValue(within(now - due));
    }

    void back(long due, long now) {
        if (timetable.isMeasured(due)) back.recordValue(within(now - due));
    }

    boolean isComplete() {
        return back.getTotalCount() >= expected;
    }

    /** Counts what has not come back as that late: left out it would flatter the server. */
    void giveUp() {
        missing = Math.max(0, expected - back.getTotalCount());
        if (missing > 0) back.recordValueWithCount(PATIENCE_NANOS, missing);
    }

    double micros(double percentile) {
        return back.getValueAtPercentile(percentile) / 1e3;
    }

    double sentLateMicros(double percentile) {
        return sent.getValueAtPercentile(percentile) / 1e3;
    }

    double missingShare() {
        return (double) missing / expected;
    }

    private static long within(long nanos) {
        return Math.min(LONGEST_NANOS, Math.max(0, nanos));
    }
}
