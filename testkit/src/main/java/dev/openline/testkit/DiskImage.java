package dev.openline.testkit;

import dev.openline.hub.LogEntry;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.StoredLog;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What is on a {@link SimulatedDisk}. */
final class DiskImage {
    /** Something that is written. */
    @FunctionalInterface
    interface Change {
        void on(DiskImage image);
    }

    private static final class Log {
        String epoch;
        long first = 1;
        long top;
        final NavigableMap<Long, LogEntry> entries = new TreeMap<>();
        final Map<String, StoredLog.Key> keys = new LinkedHashMap<>();
        PublishRequest.@Nullable Version version;

        Log(String epoch) {
            this.epoch = epoch;
        }

        Log copy() {
            Log copy = new Log(epoch);
            copy.first = first;
            copy.top = top;
            copy.entries.putAll(entries);
            copy.keys.putAll(keys);
            copy.version = version;
            return copy;
        }
    }

    private final Map<String, Log> logs = new HashMap<>();
    private int lives = 1;

    void apply(List<Change> batch) {
        for (Change change : batch) change.on(this);
    }

    DiskImage copy() {
        DiskImage copy = new DiskImage();
        copy.lives = lives;
        logs.forEach((channel, log) -> copy.logs.put(channel, log.copy()));
        return copy;
    }

    /** All logs begin a new life with what there is of them: whoever knows more of the old one must not believe to be where it is not. */
    void newLives() {
        lives++;
        for (Log log : logs.values()) log.epoch = "life" + lives;
    }

    StoredLog open(String channel, int tail) {
        Log log = logs.get(channel);
        if (log == null) return new StoredLog("life" + lives, 1, 0, List.of(), List.of(), null);
        List<LogEntry> kept = new ArrayList<>(log.entries.tailMap(log.first).values());
        List<LogEntry> newest = kept.subList(Math.max(0, kept.size() - tail), kept.size());
        return new StoredLog(log.epoch, log.first, log.top, newest, List.copyOf(log.keys.values()), log.version);
    }

    List<LogEntry> read(String channel, long from, int limit) {
        Log log = logs.get(channel);
        if (log == null) return List.of();
        return List.copyOf(log.entries
                .subMap(Math.max(log.first, from), true, from + limit, false)
                .values());
    }

    void append(String channel, LogEntry entry) {
        Log log = logs.computeIfAbsent(channel, made -> new Log(entry.epoch()));
        log.epoch = entry.epoch();
        log.top = entry.offset();
        log.entries.put(entry.offset(), entry);
        entry.overtaken().forEach(log.entries::remove);
        String key = entry.idempotencyKey();
        if (key != null) log.keys.put(key, new StoredLog.Key(key, entry.offset(), entry.timeMillis()));
        if (entry.version() != null) log.version = entry.version();
    }

    void trim(String channel, long first) {
        Log log = logs.get(channel);
        if (log == null) return;
        log.first = Math.max(log.first, first);
        log.entries.headMap(log.first, false).clear();
    }
}
