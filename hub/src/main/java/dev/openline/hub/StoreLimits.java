package dev.openline.hub;

import java.time.Duration;

/**
 * What a shard holds in memory for the sake of its {@link LogStore}.
 *
 * @param tail newest publications of an open channel that stay in memory, unless it has keys: then all do. Default 256
 * @param idle how long a channel without subscribers stays open after it was last used; then the store alone has it. Default 1 minute
 * @param olderBytes payload bytes of older publications that were read for those who catch up, of all channels together. Default 16 MiB
 * @param maxWaiting publishes that wait to be kept, and requests that wait for a channel to be opened, each; at the limit further ones are
 *     refused with {@code too many requests}. Default 65 536
 */
public record StoreLimits(int tail, Duration idle, long olderBytes, int maxWaiting) {
    public static final StoreLimits DEFAULT = new StoreLimits(256, Duration.ofMinutes(1), 16 << 20, 65_536);

    /** @throws IllegalArgumentException if a count is below 1 or the time is not positive */
    public StoreLimits {
        ShardLimits.atLeastOne("tail", tail);
        ShardLimits.atLeastOne("maxWaiting", maxWaiting);
        if (olderBytes < 1) throw new IllegalArgumentException("olderBytes " + olderBytes + " < 1");
        if (idle.toMillis() < 1) throw new IllegalArgumentException("idle " + idle + " < 1 ms");
    }
}
