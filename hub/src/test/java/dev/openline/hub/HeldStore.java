package dev.openline.hub;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Queue;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A store that keeps everything in memory and answers when it is told to. What {@link Disk} holds outlives it: a new store on the same disk is
 * a server that was started again.
 */
final class HeldStore implements LogStore {
    /** What outlives a process. */
    static final class Disk {
        private final Map<String, Kept> channels = new HashMap<>();
        private int generation;

        String freshEpoch() {
            return "life" + generation;
        }

        /** Forgets a channel whose time is over. */
        void forget(String channel) {
            if (channels.remove(channel) != null) generation++;
        }

        int size(String channel) {
            Kept kept = channels.get(channel);
            return kept == null ? 0 : kept.entries.size();
        }
    }

    private static final class Kept {
        final String epoch;
        long first = 1;
        long top;
        final NavigableMap<Long, LogEntry> entries = new TreeMap<>();
        final Map<String, StoredLog.Key> keys = new LinkedHashMap<>();
        PublishRequest.@Nullable Version version;

        Kept(String epoch) {
            this.epoch = epoch;
        }
    }

    private final Disk disk;
    private final Queue<Runnable> held = new ArrayDeque<>();
    private final Map<String, Long> failedFrom = new HashMap<>();
    long now;
    /** Whether answers wait for {@link #answer}. */
    boolean holds;
    /** Whether appends and trims fail. */
    boolean full;
    /** Whether nothing can be read. */
    boolean unreadable;

    final List<String> asked = new ArrayList<>();

    HeldStore(Disk disk) {
        this.disk = disk;
    }

    private void later(Runnable task) {
        held.add(task);
        if (!holds) answerAll();
    }

    /** Carries out what was asked first, and answers it; false if nothing is left. */
    boolean answer() {
        Runnable next = held.poll();
        if (next == null) return false;
        next.run();
        return true;
    }

    void answerAll() {
        while (answer()) continue;
    }

    int waiting() {
        return held.size();
    }

    @Override
    public void open(String channel, int tail, Answer<@Nullable StoredLog> answer) {
        asked.add("open " + channel);
        later(() -> answer.take(unreadable ? null : stored(channel, tail), now));
    }

    private StoredLog stored(String channel, int tail) {
        Kept kept = disk.channels.get(channel);
        if (kept == null) return new StoredLog(disk.freshEpoch(), 1, 0, List.of(), List.of(), null);
        List<LogEntry> newest = new ArrayList<>(kept.entries.tailMap(kept.first).values());
        int from = Math.max(0, newest.size() - tail);
        return new StoredLog(
                kept.epoch,
                kept.first,
                kept.top,
                newest.subList(from, newest.size()),
                List.copyOf(kept.keys.values()),
                kept.version);
    }

    @Override
    public void append(String channel, LogEntry entry, Answer<Outcome> answer) {
        later(() -> {
            Long failed = failedFrom.get(channel);
            if (failed != null && entry.offset() == failed) failedFrom.remove(channel);
            else if (failed != null) {
                answer.take(Outcome.FAILED, now);
                return;
            }
            if (full) {
                failedFrom.put(channel, entry.offset());
                answer.take(Outcome.FAILED, now);
                return;
            }
            keep(disk.channels.computeIfAbsent(channel, name -> new Kept(entry.epoch())), entry);
            answer.take(Outcome.KEPT, now);
        });
    }

    private static void keep(Kept kept, LogEntry entry) {
        if (entry.offset() != kept.top + 1 || !entry.epoch().equals(kept.epoch))
            throw new AssertionError(entry + " does not follow " + kept.epoch + ":" + kept.top);
        kept.top = entry.offset();
        kept.entries.put(entry.offset(), entry);
        entry.overtaken().forEach(kept.entries::remove);
        String key = entry.idempotencyKey();
        if (key != null) kept.keys.put(key, new StoredLog.Key(key, entry.offset(), entry.timeMillis()));
        if (entry.version() != null) kept.version = entry.version();
    }

    @Override
    public void read(String channel, long from, int limit, Answer<@Nullable List<LogEntry>> answer) {
        asked.add("read " + channel + " " + from);
        later(() -> {
            Kept kept = disk.channels.get(channel);
            List<LogEntry> found = new ArrayList<>();
            if (kept != null)
                for (LogEntry entry :
                        kept.entries.tailMap(Math.max(kept.first, from)).values())
                    if (entry.offset() < from + limit) found.add(entry);
            answer.take(unreadable ? null : found, now);
        });
    }

    @Override
    public void trim(String channel, long first, Answer<Outcome> answer) {
        later(() -> {
            Kept kept = disk.channels.get(channel);
            if (full || kept == null) {
                answer.take(full ? Outcome.FAILED : Outcome.KEPT, now);
                return;
            }
            kept.first = Math.max(kept.first, first);
            kept.entries.headMap(kept.first, false).clear();
            answer.take(Outcome.KEPT, now);
        });
    }

    @Override
    public void release(String channel) {
        asked.add("release " + channel);
    }
}
