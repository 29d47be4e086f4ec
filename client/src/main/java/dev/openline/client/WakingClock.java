package dev.openline.client;

import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Milliseconds that never go back, and that pass also while the computer sleeps. The JVM's own monotonic clock stands still then on some systems;
 * a client that measured with it would repeat a publish whose key the server has forgotten meanwhile, and trust a token that has
 * expired. So when the time of day has moved on by more than the monotonic clock, the difference was sleep. (Or somebody set the clock:
 * then deadlines come early, which harms nobody.) For any thread.
 */
final class WakingClock {
    static final WakingClock SYSTEM =
            new WakingClock(() -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()), System::currentTimeMillis);

    /** Less is no sleep: clocks are read one after the other, and the time of day is corrected in small steps. */
    private static final long SHORTEST_SLEEP_MILLIS = 1_000;

    private final LongSupplier monotonic;
    private final LongSupplier timeOfDay;
    private long lastMonotonic;
    private long lastTimeOfDay;
    private long slept;

    WakingClock(LongSupplier monotonic, LongSupplier timeOfDay) {
        this.monotonic = monotonic;
        this.timeOfDay = timeOfDay;
        this.lastMonotonic = monotonic.getAsLong();
        this.lastTimeOfDay = timeOfDay.getAsLong();
    }

    synchronized long now() {
        long awake = monotonic.getAsLong();
        long day = timeOfDay.getAsLong();
        long ahead = (day - lastTimeOfDay) - (awake - lastMonotonic);
        if (ahead >= SHORTEST_SLEEP_MILLIS) slept += ahead;
        lastMonotonic = awake;
        lastTimeOfDay = day;
        return awake + slept;
    }
}
