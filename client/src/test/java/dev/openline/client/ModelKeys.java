package dev.openline.client;

import dev.openline.protocol.StreamPosition;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The idempotency keys that a model server remembers, and what was applied with them. */
final class ModelKeys {
    /** For how long. */
    static final long MEMORY_MILLIS = 60_000;

    private record Known(StreamPosition position, long time) {}

    /** A publish with a key that became a publication. */
    record Applied(String channel, String payload, String epoch) {}

    private final Map<String, Known> known = new HashMap<>();

    /** All that was ever applied, in order. */
    final List<Applied> applied = new ArrayList<>();

    /** Where the publish with this key is in the log; null if it is to be applied. */
    @Nullable
    StreamPosition find(String channel, String key, long now) {
        Known found = known.get(channel + " " + key);
        return found == null || found.time + MEMORY_MILLIS <= now ? null : found.position;
    }

    void remember(String channel, String key, StreamPosition position, long now) {
        known.put(channel + " " + key, new Known(position, now));
    }

    void forget() {
        known.clear();
    }
}
