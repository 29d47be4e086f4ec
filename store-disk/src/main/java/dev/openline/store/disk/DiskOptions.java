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
 * @param cacheBytes what of the disk is kept in memory. Default 64 MiB
 */
public record DiskOptions(
        Path directory,
        Durability durability,
        Duration idempotencyTtl,
        Function<String, @Nullable Retention> retention,
        int sweptPerSecond,
        LongSupplier clockMillis,
        long cacheBytes) {
    /** @throws IllegalArgumentException if a count is negative or a time not positive */
    public DiskOptions {
        if (sweptPerSecond < 0) throw new IllegalArgumentException("sweptPerSecond " + sweptPerSecond + " < 0");
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
                64L << 20);
    }

    public DiskOptions durability(Durability wanted) {
        return new DiskOptions(directory, wanted, idempotencyTtl, retention, sweptPerSecond, clockMillis, cacheBytes);
    }

    public DiskOptions retention(Function<String, @Nullable Retention> of) {
        return new DiskOptions(directory, durability, idempotencyTtl, of, sweptPerSecond, clockMillis, cacheBytes);
    }

    public DiskOptions idempotencyTtl(Duration time) {
        return new DiskOptions(directory, durability, time, retention, sweptPerSecond, clockMillis, cacheBytes);
    }

    /** The same by another clock. */
    public DiskOptions clock(LongSupplier millis) {
        return new DiskOptions(directory, durability, idempotencyTtl, retention, sweptPerSecond, millis, cacheBytes);
    }
}
