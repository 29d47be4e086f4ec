package dev.openline.hub;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What was read from a store for cursors that are far behind: in chunks with fixed borders, so that a thousand that come back
 * to about the same place cost one read. The chunk that was used longest ago makes room.
 */
final class OlderEntries {
    /** Entries in a chunk. */
    static final int CHUNK = 256;

    /** What an entry takes besides its payload, about. */
    private static final int ENTRY_BYTES = 200;

    /** What has all that is kept. */
    interface Source {
        /** As {@link LogStore#read}. */
        void read(String channel, long from, int limit, LogStore.Answer<@Nullable List<LogEntry>> answer);
    }

    private record Place(String channel, long number) {
        long first() {
            return number * CHUNK + 1;
        }

        boolean isFilled(List<LogEntry> entries) {
            return !entries.isEmpty() && entries.get(entries.size() - 1).offset() == first() + CHUNK - 1;
        }
    }

    private static final class Chunk {
        /** Null until it was read. */
        @Nullable
        List<LogEntry> entries;

        long bytes;
        List<LogStore.Answer<@Nullable List<LogEntry>>> readers = new ArrayList<>();
    }

    private final Source store;
    private final long maxBytes;
    /** In the order of use. */
    private final Map<Place, Chunk> chunks = new LinkedHashMap<>(16, 0.75f, true);
    /** How many chunks a channel has here. */
    private final Map<String, Integer> channels = new HashMap<>();

    private long bytes;

    OlderEntries(Source store, long maxBytes) {
        this.store = store;
        this.maxBytes = maxBytes;
    }

    /** Hands over entries among which {@code from} is, if it is still kept; null if the store can't be read. */
    void read(String channel, long from, long now, LogStore.Answer<@Nullable List<LogEntry>> answer) {
        var place = new Place(channel, (from - 1) / CHUNK);
        Chunk chunk = chunks.get(place);
        if (chunk == null) {
            chunk = new Chunk();
            chunks.put(place, chunk);
            channels.merge(channel, 1, Integer::sum);
            chunk.readers.add(answer);
            Chunk fresh = chunk;
            store.read(channel, place.first(), CHUNK, (entries, then) -> arrived(place, fresh, entries, then));
        } else if (chunk.entries == null) {
            chunk.readers.add(answer);
        } else {
            answer.take(chunk.entries, now);
        }
    }

    private void arrived(Place place, Chunk chunk, @Nullable List<LogEntry> entries, long now) {
        var readers = chunk.readers;
        chunk.readers = List.of();
        if (chunks.get(place) == chunk) {
            // What the log has not filled yet would be missing from it later.
            if (entries == null || !place.isFilled(entries)) {
                remove(place, chunk);
            } else {
                chunk.entries = entries;
                for (LogEntry entry : entries)
                    chunk.bytes += ENTRY_BYTES + entry.publication().data().size();
                bytes += chunk.bytes;
                makeRoom(place);
            }
        }
        for (var reader : readers) reader.take(entries, now);
    }

    private void makeRoom(Place newest) {
        Iterator<Map.Entry<Place, Chunk>> oldest = chunks.entrySet().iterator();
        while (bytes > maxBytes && oldest.hasNext()) {
            Map.Entry<Place, Chunk> entry = oldest.next();
            // What is being read has its readers; what was read just now is used at once.
            if (entry.getValue().entries == null || entry.getKey().equals(newest)) continue;
            oldest.remove();
            forget(entry.getKey(), entry.getValue());
        }
    }

    private void remove(Place place, Chunk chunk) {
        chunks.remove(place);
        forget(place, chunk);
    }

    private void forget(Place place, Chunk chunk) {
        bytes -= chunk.bytes;
        channels.computeIfPresent(place.channel(), (name, count) -> count == 1 ? null : count - 1);
    }

    /** Forgets what it has of a channel; who waits for it is still answered. */
    void drop(String channel) {
        if (!channels.containsKey(channel)) return;
        Iterator<Map.Entry<Place, Chunk>> all = chunks.entrySet().iterator();
        while (all.hasNext()) {
            Map.Entry<Place, Chunk> entry = all.next();
            if (!entry.getKey().channel().equals(channel)) continue;
            all.remove();
            forget(entry.getKey(), entry.getValue());
        }
    }
}
