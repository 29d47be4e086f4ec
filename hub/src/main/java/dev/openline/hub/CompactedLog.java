package dev.openline.hub;

import dev.openline.protocol.Publication;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The newest publication of each key, for a limited number of keys; the one that was silent for longest makes room. The key of a
 * publication is the value of one of its tags, or empty; and on a pattern channel also the channel that it was said on.
 *
 * <p>A publication that is overtaken by a newer one of its key is not missed by anybody, so offsets may have holes, and reading
 * after an offset still tells all that matters. What is dropped otherwise is missed: {@link #dropped} is as far as that goes.
 */
final class CompactedLog implements Log {
    private record Key(String channel, String value) {}

    private record Item(Publication publication, long time) {}

    private final String epoch;
    private final String tag;
    private final int maxKeys;
    private final long ttlMillis;

    /** By offset; times never fall from one to the next. A tree, so that a page is found without walking through those before it. */
    private final NavigableMap<Long, Item> items = new TreeMap<>();
    /** The offset of each key's item. */
    private final Map<Key, Long> offsets = new HashMap<>();

    private long top;
    /** The highest offset of an item that was dropped without being overtaken; 0 if none was. */
    private long dropped;

    CompactedLog(String epoch, ChannelOptions options) {
        this.epoch = epoch;
        tag = options.latestKey();
        maxKeys = options.historySize();
        ttlMillis = options.historyTtl().toMillis();
    }

    /** All of what a store has kept. */
    CompactedLog(StoredLog stored, ChannelOptions options) {
        this(stored.epoch(), options);
        dropped = stored.first() - 1;
        for (LogEntry entry : stored.tail()) put(entry.publication(), entry.timeMillis());
        top = stored.top();
    }

    private Key keyOf(Publication publication) {
        return new Key(publication.channel(), publication.tags().getOrDefault(tag, ""));
    }

    @Override
    public String epoch() {
        return epoch;
    }

    @Override
    public long topOffset() {
        return top;
    }

    @Override
    public int size() {
        return items.size();
    }

    @Override
    public long append(Publication publication, long now) {
        long offset = publication.offset();
        if (offset != top + 1) throw new IllegalArgumentException("offset " + offset + " does not follow " + top);
        top = offset;
        return put(publication, now);
    }

    private long put(Publication publication, long now) {
        long offset = publication.offset();
        long time = items.isEmpty()
                ? now
                : Math.max(now, items.lastEntry().getValue().time());
        Long overtaken = offsets.put(keyOf(publication), offset);
        if (overtaken != null) items.remove(overtaken);
        else if (items.size() == maxKeys) dropOldest();
        items.put(offset, new Item(publication, time));
        return overtaken == null ? 0 : overtaken;
    }

    @Override
    public long first() {
        return dropped + 1;
    }

    @Override
    public void expire(long now) {
        while (nextExpiry() <= now) dropOldest();
    }

    @Override
    public long nextExpiry() {
        return items.isEmpty() ? Long.MAX_VALUE : items.firstEntry().getValue().time() + ttlMillis;
    }

    private void dropOldest() {
        var oldest = items.pollFirstEntry();
        offsets.remove(keyOf(oldest.getValue().publication()));
        dropped = oldest.getKey();
    }

    @Override
    public void clear() {
        if (!items.isEmpty()) dropped = items.lastKey();
        items.clear();
        offsets.clear();
    }

    /** @return false also if something after {@code offset} was dropped whose key has a newer one by now: which keys these were is not remembered */
    @Override
    public boolean reachesBackTo(long offset) {
        return offset >= dropped && offset <= top;
    }

    @Override
    public List<Publication> after(long offset, int limit) {
        return first(items.tailMap(offset, false), limit);
    }

    @Override
    public List<Publication> before(long offset, int limit) {
        return first(items.headMap(offset, false).descendingMap(), limit);
    }

    private static List<Publication> first(NavigableMap<Long, Item> part, int limit) {
        List<Publication> found = new ArrayList<>();
        for (Item item : part.values()) {
            if (found.size() >= limit) break;
            found.add(item.publication());
        }
        return found;
    }

    @Override
    public @Nullable Publication newest() {
        return items.isEmpty() ? null : items.lastEntry().getValue().publication();
    }
}
