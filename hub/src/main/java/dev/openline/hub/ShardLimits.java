package dev.openline.hub;

import java.time.Duration;

/**
 * What one shard holds at most.
 *
 * @param maxChannels channels in memory; at the limit a new one is refused with {@code limit exceeded}. Default 1 000 000
 * @param pageLimit publications in the first page of a recovery, which travels in the subscribe reply. Default 64
 * @param pageBytes payload bytes after which that page ends, and each page of {@link ChannelHome#read}, whatever it holds by then; a page has at least
 *     one publication, if there is one. Default 262 144
 * @param historyBytes payload bytes after which an answer to {@link ChannelHome#history} ends, whatever it holds by then; it has at least one publication, if there
 *     is one. Default 1 048 576
 * @param maxIdempotencyKeys keys remembered per channel; at the limit the oldest is forgotten early. Default 16 384
 * @param maxIdempotencyKeyChars length of a key; a longer one is refused with {@code bad request}. Default 128
 * @param idempotencyTtl how long a key is remembered, 1 ms to 24 h. Default 5 minutes
 * @param maxNeverPublished channels without any publication that nobody reads, whose offset 0 and epoch are remembered; beyond it the one that was left first is
 *     forgotten early. Default 16 384
 * @param neverPublishedTtl how long offset 0 and epoch of a channel without any publication outlive its last reader, if that is less
 *     than the channel's own time: so that reading made-up names can't fill the memory for a month. Default 1 hour
 * @param channelsPerTick channels that one {@link ChannelHome#onTime} visits. Default 1 000
 */
public record ShardLimits(
        int maxChannels,
        int pageLimit,
        int pageBytes,
        int historyBytes,
        int maxIdempotencyKeys,
        int maxIdempotencyKeyChars,
        Duration idempotencyTtl,
        int maxNeverPublished,
        Duration neverPublishedTtl,
        int channelsPerTick) {
    public static final ShardLimits DEFAULT = new ShardLimits(
            1_000_000, 64, 262_144, 1 << 20, 16_384, 128, Duration.ofMinutes(5), 16_384, Duration.ofHours(1), 1_000);

    /** @throws IllegalArgumentException if a count is below 1 or a time is out of its range */
    public ShardLimits {
        atLeastOne("maxChannels", maxChannels);
        atLeastOne("pageLimit", pageLimit);
        atLeastOne("pageBytes", pageBytes);
        atLeastOne("historyBytes", historyBytes);
        atLeastOne("maxIdempotencyKeys", maxIdempotencyKeys);
        atLeastOne("maxIdempotencyKeyChars", maxIdempotencyKeyChars);
        atLeastOne("maxNeverPublished", maxNeverPublished);
        atLeastOne("channelsPerTick", channelsPerTick);
        if (idempotencyTtl.toMillis() < 1 || idempotencyTtl.compareTo(Duration.ofHours(24)) > 0)
            throw new IllegalArgumentException("idempotencyTtl " + idempotencyTtl + " is not in 1 ms–24 h");
        if (neverPublishedTtl.isNegative() || neverPublishedTtl.compareTo(ChannelOptions.MAX_TTL) > 0)
            throw new IllegalArgumentException(
                    "neverPublishedTtl " + neverPublishedTtl + " is not in 0–" + ChannelOptions.MAX_TTL);
    }

    static void atLeastOne(String name, int value) {
        if (value < 1) throw new IllegalArgumentException(name + " " + value + " < 1");
    }
}
