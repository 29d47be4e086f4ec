package dev.openline.client;

import dev.openline.net.Backoff;
import java.util.function.LongUnaryOperator;

/**
 * How long a machine waits before it tries something again. Every delay is drawn, so that clients whom one event struck come back apart.
 *
 * @param random a number from 0 to its argument, exclusive
 */
record Delays(Backoff backoff, LongUnaryOperator random) {
    /** Before the attempt that follows so many failed ones, in milliseconds. */
    long after(int failures) {
        return backoff.delayMillis(failures, random);
    }

    /** From this many milliseconds to twice as many. */
    long about(long millis) {
        return millis + random.applyAsLong(millis + 1);
    }
}
