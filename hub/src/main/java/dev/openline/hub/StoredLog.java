package dev.openline.hub;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link LogStore} keeps of a channel.
 *
 * @param epoch the life of its log; never one that this channel has had before it was forgotten
 * @param first nothing before this offset is complete any more; at least 1, and one more than {@code top} if nothing is kept
 * @param top offset of the newest publication ever appended; 0 before the first
 * @param tail the newest entries, oldest first, as many as were asked for or are kept
 * @param keys idempotency keys whose time is not over, oldest first
 * @param version of the newest publication that had one; null if none had
 */
public record StoredLog(
        String epoch,
        long first,
        long top,
        List<LogEntry> tail,
        List<Key> keys,
        PublishRequest.@Nullable Version version) {
    /**
     * An idempotency key and what it stands for.
     *
     * @param timeMillis when its publication was appended
     */
    public record Key(String key, long offset, long timeMillis) {}

    public StoredLog {
        tail = List.copyOf(tail);
        keys = List.copyOf(keys);
    }
}
