package dev.openline.net;

import java.util.concurrent.TimeUnit;

/**
 * How fast the connections of a server that goes away are told to leave: evenly over three quarters of the time there is, whose last
 * quarter is for answers, but no slower than {@value #SLOWEST_PER_SECOND} a second, so that a server with few connections ends soon.
 *
 * @param allTold when the last goodbye is said
 */
record Pace(long allTold) {
    static final int SLOWEST_PER_SECOND = 100;

    static Pace of(int connections, long now, long over) {
        long most = Math.max(0, (over - now) / 4 * 3);
        return new Pace(now + Math.min(most, connections * (TimeUnit.SECONDS.toNanos(1) / SLOWEST_PER_SECOND)));
    }

    /** How many of those still to be told are told now, when the next time is {@code delay} later. */
    int share(int untold, long delay, long now) {
        long time = allTold - now;
        if (time <= delay) return untold;
        return (int) Math.ceil(untold * (double) delay / time);
    }
}
