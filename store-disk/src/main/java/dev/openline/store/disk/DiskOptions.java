package dev.openline.store.disk;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link DiskStore} keeps.
 *
 * @param directory where; made if it isn't there, for its owner alone
 * @param durability what an answered publish has survived. Default {@link Durability#OS}
 * @param idempotencyTtl how long idempotency keys are kept; should not be less than the server remembers them. Default 5 minutes
 * @param retention of channels that are not open, by name; null for those to be left alone. Default: all are left alone
 * @param sweptPerSecond channels that are looked at each second for what is too old. Default 1 000
 * @param clockMillis the time by which things are too old, in milliseconds since 1970. Default the system's
 * @param maxBytes about how much all of it may be on the disk; beyond it the oldest publications of all channels are given up, whatever their channels want
 *     kept. What is being written stands beside it until it has its place: up to 256 MiB. Default: no bound
 * @param cacheBytes what of the disk is kept in memory. Default 64 MiB
 */
public record DiskOptions(
        Path directory,
        Durability durability,
        Duration idempotencyTtl,
        Function<String, @Nullable Retention> retention,
        int sweptPerSecond,
        LongSupplier clockMillis,
        long maxBytes,
        long cacheBytes) {
    /** The smallest {@link #maxBytes}: less could not hold what the engine writes beside it. */
    public static final long LEAST_BYTES = 64L << 20;

    /** @throws IllegalArgumentException if a count is negative or a time not positive */
    public DiskOptions {
        if (sweptPerSecond < 0) throw new IllegalArgumentException("sweptPerSecond " + sweptPerSecond + " < 0");
        if (maxBytes < LEAST_BYTES) throw new IllegalArgumentException("maxBytes " + maxBytes + " < 64 MiB");
        if (cacheBytes < 1 << 20) throw new IllegalArgumentException("cacheBytes " + cacheBytes + " < 1 MiB");
        if (idempotencyTtl.toMillis() < 1)
            throw new IllegalArgumentException("idempotencyTtl " + idempotencyTtl + " < 1 ms");
    }

    /** With the defaults. */
    public static DiskOptions in(Path directory) {
        return new DiskOptions(
                directory,
                Durability.OS,
                Duration.ofMinutes(5),
                channel -> null,
                1_000,
                System::currentTimeMillis,
                Long.MAX_VALUE,
                64L << 20);
    }

    public DiskOptions durability(Durability wanted) {
        return with(wanted, idempotencyTtl, retention, clockMillis, maxBytes);
    }

    public DiskOptions retention(Function<String, @Nullable Retention> of) {
        return with(durability, idempotencyTtl, of, clockMillis, maxBytes);
    }

    public DiskOptions idempotencyTtl(Duration time) {
        return with(durability, time, retention, clockMillis, maxBytes);
    }

    /** The same by another clock. */
    public DiskOptions clock(LongSupplier millis) {
        return with(durability, idempotencyTtl, retention, millis, maxBytes);
    }

    public DiskOptions maxBytes(long bytes) {
        return with(durability, idempotencyTtl, retention, clockMillis, bytes);
    }

    // More than 4 parameters because these are what can be chosen.
    private DiskOptions with(
            Durability kept, Duration keys, Function<String, @Nullable Retention> of, LongSupplier millis, long bytes) {
        return new DiskOptions(directory, kept, keys, of, sweptPerSecond, millis, bytes, cacheBytes);
    }
}
