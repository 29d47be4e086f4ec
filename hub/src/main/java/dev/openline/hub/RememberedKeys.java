package dev.openline.hub;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The idempotency keys of one channel, each with what became of its publish, oldest first. Bounded; the oldest makes room. */
final class RememberedKeys {
    private record Remembered(Published published, long until) {}

    private final ShardLimits limits;
    private final Map<String, Remembered> keys = new LinkedHashMap<>();

    RememberedKeys(ShardLimits limits) {
        this.limits = limits;
    }

    /** What became of the publish with this key, or null if it isn't remembered. Call {@link #expire} before. */
    @Nullable
    Published find(String key) {
        Remembered remembered = keys.get(key);
        return remembered == null ? null : remembered.published();
    }

    void remember(String key, Published published, long now) {
        if (keys.size() == limits.maxIdempotencyKeys()) {
            Iterator<String> oldest = keys.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
        keys.put(key, new Remembered(published, now + limits.idempotencyTtl().toMillis()));
    }

    void expire(long now) {
        Iterator<Remembered> oldest = keys.values().iterator();
        while (oldest.hasNext() && oldest.next().until() <= now) oldest.remove();
    }

    /** When the oldest key is forgotten; {@link Long#MAX_VALUE} if there is none. */
    long nextExpiry() {
        return keys.isEmpty() ? Long.MAX_VALUE : keys.values().iterator().next().until();
    }

    boolean isEmpty() {
        return keys.isEmpty();
    }
}
