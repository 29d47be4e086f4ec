package dev.openline.hub;

import java.time.Duration;

/**
 * What a shard holds in memory for the sake of its {@link SharedStore}.
 *
 * @param tail newest publications of a followed channel that are in memory, unless it has keys: then all are. Default 256
 * @param linger how long a channel is followed that has no subscribers here any more. Default 10 seconds
 * @param staleAfter how long subscribers of a channel that can't be heard are left with what they have; then their subscriptions end as lost, and begin again
 *     when it can be heard. Default 30 seconds
 * @param check how often the position of a followed channel is compared with that of the store, although nothing seems to be missing. Default 1 minute
 * @param olderBytes payload bytes of older publications that were read for those who catch up, of all channels together. Default 16 MiB
 * @param maxHeld what is heard of a channel and kept while its log is being read; beyond it, it is read again. Default 1 024
 * @param maxWaiting publishes that wait for the store, and requests that wait for a channel to be followed, each; at the limit further ones are
 *     refused with {@code too many requests}. Default 65 536
 */
public record SharedLimits(
        int tail, Duration linger, Duration staleAfter, Duration check, long olderBytes, int maxHeld, int maxWaiting) {
    public static final SharedLimits DEFAULT = new SharedLimits(
            256, Duration.ofSeconds(10), Duration.ofSeconds(30), Duration.ofMinutes(1), 16 << 20, 1_024, 65_536);

    /** @throws IllegalArgumentException if a count is below 1 or a time is not positive */
    public SharedLimits {
        ShardLimits.atLeastOne("tail", tail);
        ShardLimits.atLeastOne("maxHeld", maxHeld);
        ShardLimits.atLeastOne("maxWaiting", maxWaiting);
        if (olderBytes < 1) throw new IllegalArgumentException("olderBytes " + olderBytes + " < 1");
        if (linger.toMillis() < 1) throw new IllegalArgumentException("linger " + linger + " < 1 ms");
        if (staleAfter.toMillis() < 1) throw new IllegalArgumentException("staleAfter " + staleAfter + " < 1 ms");
        if (check.toMillis() < 1) throw new IllegalArgumentException("check " + check + " < 1 ms");
    }

    public SharedLimits withStaleAfter(Duration wanted) {
        return new SharedLimits(tail, linger, wanted, check, olderBytes, maxHeld, maxWaiting);
    }
}
