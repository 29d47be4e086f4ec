package dev.openline.net;

import java.security.SecureRandom;
import java.time.Instant;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the code on event loops takes from the world around it besides bytes: the time and chance. The machine's, except on a thread that
 * {@linkplain #bind was given} others: a simulation runs server and clients on one thread, where time passes when it says so and chance comes from
 * its seed.
 */
public abstract class Surroundings {
    /** The machine's own. */
    private static final SecureRandom CHANCE = new SecureRandom();

    private static final ThreadLocal<@Nullable Surroundings> BOUND = new ThreadLocal<>();

    /** Whether any thread was ever given others: most processes never ask what thread they are on. */
    private static volatile boolean anyBound;

    /** For implementations. */
    protected Surroundings() {}

    /** Nanoseconds of a clock that never runs backwards; only differences mean anything. */
    protected abstract long nanos();

    /** Milliseconds since 1970. */
    protected abstract long wall();

    protected abstract RandomGenerator chance();

    /** As {@link System#nanoTime}. */
    public static long nanoTime() {
        Surroundings bound = bound();
        return bound == null ? System.nanoTime() : bound.nanos();
    }

    /** As {@link System#currentTimeMillis}. */
    public static long wallMillis() {
        Surroundings bound = bound();
        return bound == null ? System.currentTimeMillis() : bound.wall();
    }

    /** As {@link Instant#now()}, to the millisecond. */
    public static Instant now() {
        return Instant.ofEpochMilli(wallMillis());
    }

    /** Numbers that nobody can guess; on a bound thread those of its seed. */
    public static RandomGenerator random() {
        Surroundings bound = bound();
        return bound == null ? CHANCE : bound.chance();
    }

    /** A name for one of many that nobody can guess: a UUID of version 4 (RFC 9562 §5.4). */
    public static String randomId() {
        RandomGenerator random = random();
        long high = random.nextLong() & ~0xF000L | 0x4000L;
        long low = random.nextLong() & ~(3L << 62) | 2L << 62;
        return new java.util.UUID(high, low).toString();
    }

    private static @Nullable Surroundings bound() {
        return anyBound ? BOUND.get() : null;
    }

    /** From now on the current thread lives in these surroundings; null gives it back to the machine. */
    public static void bind(@Nullable Surroundings surroundings) {
        if (surroundings == null) {
            BOUND.remove();
            return;
        }
        anyBound = true;
        BOUND.set(surroundings);
    }

    /** Whether the current thread was given surroundings. */
    public static boolean areBound() {
        return bound() != null;
    }
}
