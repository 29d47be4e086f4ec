package dev.openline.testkit;

import dev.openline.hub.LogEntry;
import dev.openline.hub.LogStore;
import dev.openline.hub.StoredLog;
import dev.openline.server.Logs;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A disk in a {@link World}, and the logs on it. As on a real one, what is written is first in the system's memory, and on the disk only once it was
 * synced: a killed process loses what it had not written, a power cut also what was not synced. What is written together is kept together, or not
 * at all.
 *
 * <p>Several servers may live on it, one after another: each asks for {@link #logs} anew.
 */
public final class SimulatedDisk {
    /** What an answered publish has survived. */
    public enum Durability {
        /** It was written: it survives the process. */
        OS,
        /** It was synced: it survives a power cut. */
        FSYNC
    }

    /** How long what was written waits to be synced, where nobody waits for it. */
    private static final Duration SYNC_INTERVAL = Duration.ofMillis(500);

    private final World world;
    private final Durability durability;
    private final Flaw flaw;
    /** As a process sees it. */
    private DiskImage image = new DiskImage();
    /** As a power cut leaves it. */
    private DiskImage synced = new DiskImage();
    /** What is in the first and not in the second: each batch is whole or not there. */
    private final Deque<List<DiskImage.Change>> unsynced = new ArrayDeque<>();

    private Duration shortestWrite = Duration.ofNanos(100_000);
    private Duration longestWrite = Duration.ofMillis(2);
    private boolean full;
    private @Nullable Process process;

    /** An empty disk. */
    public SimulatedDisk(World world, Durability durability) {
        this(world, durability, Flaw.NONE);
    }

    SimulatedDisk(World world, Durability durability, Flaw flaw) {
        this.world = world;
        this.durability = durability;
        this.flaw = flaw;
        syncLater();
    }

    /** How long each write takes from now on. */
    public void writes(Duration shortest, Duration longest) {
        shortestWrite = shortest;
        longestWrite = longest;
    }

    /** Nothing more fits, or it does again. */
    public void full(boolean nothingFits) {
        full = nothingFits;
        world.tell(nothingFits ? "the disk is full" : "the disk has room again");
    }

    /** The logs on this disk, for a server that starts now. What an earlier one has under way is lost to it. */
    public Logs logs() {
        Process started = new Process();
        if (process != null) process.dead = true;
        process = started;
        return started;
    }

    /** The process that has the logs dies: of what it is writing nothing or all is there. */
    public void processDies() {
        Process dying = process;
        process = null;
        if (dying == null) return;
        dying.dead = true;
        if (!dying.writing.isEmpty() && !full && world.chance().nextBoolean()) write(dying.writing);
    }

    /** The power is cut: what was not synced is gone, from some batch on. */
    public void powerCut() {
        processDies();
        int survive = world.chance().nextInt(unsynced.size() + 1);
        boolean lost = survive < unsynced.size();
        for (int i = 0; i < survive; i++) synced.apply(unsynced.remove());
        unsynced.clear();
        image = synced.copy();
        // Nobody can tell what is missing, so the logs begin new lives.
        if (durability == Durability.OS && flaw != Flaw.SAME_LIFE_AFTER_A_POWER_CUT) image.newLives();
        synced = image.copy();
        world.tell(lost ? "the disk has lost what was not synced" : "the disk has lost nothing");
    }

    private void write(List<DiskImage.Change> batch) {
        image.apply(batch);
        if (durability == Durability.FSYNC) synced.apply(batch);
        else unsynced.add(batch);
    }

    private void syncLater() {
        world.after(SYNC_INTERVAL, () -> {
            for (List<DiskImage.Change> batch : unsynced) synced.apply(batch);
            unsynced.clear();
            syncLater();
        });
    }

    private void afterWriting(Runnable task) {
        world.after(Duration.ofNanos(world.between(shortestWrite, longestWrite)), task);
    }

    /** The logs as one process has them open: one write at a time, with all that came meanwhile. */
    private final class Process implements Logs {
        boolean dead;
        /** What is being written. */
        private List<DiskImage.Change> writing = List.of();

        private final List<Queued> queued = new ArrayList<>();
        private final Map<String, Long> failedFrom = new HashMap<>();
        private boolean busy;

        /** One thing to do, and who is to be told: with true if it is kept. */
        private record Queued(String channel, long offset, DiskImage.Change change, Told told) {}

        private interface Told {
            void told(boolean kept);
        }

        @Override
        public LogStore onLoop(Executor loop, LongSupplier clockMillis) {
            return new Store(loop, clockMillis);
        }

        private void enqueue(Queued one) {
            queued.add(one);
            if (!busy) begin();
        }

        private void begin() {
            busy = true;
            List<Queued> batch = new ArrayList<>(queued);
            queued.clear();
            List<DiskImage.Change> changes = new ArrayList<>();
            List<Queued> refused = new ArrayList<>();
            for (Queued one : batch) {
                if (isRefused(one)) refused.add(one);
                else changes.add(one.change());
            }
            writing = changes;
            if (flaw == Flaw.ANSWERS_BEFORE_IT_WRITES)
                for (Queued one : batch) if (!refused.contains(one)) one.told().told(true);
            afterWriting(() -> {
                if (!dead) written(batch, refused);
            });
        }

        /** After a failed append, all of the channel fails until one with the failed offset comes again. */
        private boolean isRefused(Queued one) {
            Long failed = failedFrom.get(one.channel());
            if (failed == null || one.offset() == 0) return false;
            if (one.offset() == failed) failedFrom.remove(one.channel());
            return one.offset() != failed;
        }

        private void written(List<Queued> batch, List<Queued> refused) {
            boolean kept = !full;
            if (kept) write(writing);
            writing = List.of();
            for (Queued one : batch) {
                boolean good = kept && !refused.contains(one);
                if (!good && one.offset() > 0) failedFrom.merge(one.channel(), one.offset(), Math::min);
                if (flaw != Flaw.ANSWERS_BEFORE_IT_WRITES || !good) one.told().told(good);
            }
            busy = false;
            if (!queued.isEmpty()) begin();
        }

        private final class Store implements LogStore {
            private final Executor loop;
            private final LongSupplier clock;

            Store(Executor loop, LongSupplier clock) {
                this.loop = loop;
                this.clock = clock;
            }

            private <T extends @Nullable Object> void answer(Answer<T> answer, T value) {
                loop.execute(() -> {
                    if (!dead) answer.take(value, clock.getAsLong());
                });
            }

            @Override
            public void open(String channel, int tail, Answer<@Nullable StoredLog> answer) {
                // Behind what was handed in before.
                enqueue(new Queued(
                        channel,
                        0,
                        image -> {},
                        kept -> this.<@Nullable StoredLog>answer(answer, flaw.opened(image.open(channel, tail)))));
            }

            @Override
            public void append(String channel, LogEntry entry, Answer<Outcome> answer) {
                enqueue(new Queued(
                        channel,
                        entry.offset(),
                        image -> image.append(channel, entry),
                        kept -> answer(answer, kept ? Outcome.KEPT : Outcome.FAILED)));
            }

            @Override
            public void read(String channel, long from, int limit, Answer<@Nullable List<LogEntry>> answer) {
                afterWriting(() -> {
                    if (!dead)
                        this.<@Nullable List<LogEntry>>answer(answer, flaw.read(image.read(channel, from, limit)));
                });
            }

            @Override
            public void trim(String channel, long first, Answer<Outcome> answer) {
                enqueue(new Queued(
                        channel,
                        0,
                        image -> image.trim(channel, first),
                        kept -> answer(answer, kept ? Outcome.KEPT : Outcome.FAILED)));
            }

            @Override
            public void release(String channel) {}
        }
    }
}
