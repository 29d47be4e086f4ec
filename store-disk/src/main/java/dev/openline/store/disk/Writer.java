// Longer than 400 lines because writing, failing and going on are one thread's one story.
package dev.openline.store.disk;

import dev.openline.hub.LogEntry;
import dev.openline.hub.LogStore.Outcome;
import dev.openline.hub.StoredLog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that writes. It takes all that has come, writes it in one batch, and answers; what comes meanwhile is the next batch. So
 * the slower the disk, the more is written at once.
 *
 * <p>When a batch can't be written, all that was in it is refused, and so is everything after it until the database could be opened again; what the
 * failed batch may have left there is removed before anything else is written.
 */
final class Writer {
    private static final Logger log = LoggerFactory.getLogger(DiskStore.class);
    private static final int MOST_AT_ONCE = 8_192;
    private static final int READERS = 2;
    private static final long HEAL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long USED_STEP_MILLIS = TimeUnit.HOURS.toMillis(1);

    /** A shard, to whose loop answers go. The same one each time, so that those of one batch go together. */
    interface Home {
        void onLoop(Runnable task);
    }

    /** Something to be written, or to be done in its order. */
    sealed interface Operation {}

    record Append(String channel, LogEntry entry, Home home, Consumer<Outcome> answer) implements Operation {}

    record Trim(String channel, long first, Home home, Consumer<Outcome> answer) implements Operation {}

    /** @param value null if it is to be forgotten */
    record Keep(byte[] key, byte @Nullable [] value, Consumer<Outcome> answer) implements Operation {}

    record Release(String channel, long now) implements Operation {}

    /** Something that must come after all that was handed in before. */
    record Then(Runnable task) implements Operation {}

    /** A channel that a shard has open. Only this thread changes it. */
    private static final class Open {
        Record record;
        /** Whether the record is on the disk. */
        boolean kept;

        long top;
        /** The offset of the append that failed; 0 if none has. */
        long failedFrom;

        Open(Record record, boolean kept, long top) {
            this.record = record;
            this.kept = kept;
            this.top = top;
        }
    }

    private final DiskOptions options;
    private final BlockingQueue<Operation> queue = new LinkedBlockingQueue<>();
    private final Map<String, Open> open = new ConcurrentHashMap<>();
    private final ExecutorService readers;
    private final ReadWriteLock databaseLock = new ReentrantReadWriteLock();
    private final AtomicLong commits = new AtomicLong();
    private final AtomicLong publications = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private final Thread thread;
    private @Nullable Database database;
    private final Lives lives;
    private volatile boolean closing;

    /** Channels that are being opened: those of them that are not in {@link #open} yet must not be swept. */
    private final Set<String> opening = ConcurrentHashMap.newKeySet();

    /** What failed batches may have left, by channel. */
    private final Map<String, Leftover> leftovers = new HashMap<>();

    /** How the channels of the batch that is being made were before it. */
    private final Map<Open, Before> before = new HashMap<>();

    private record Before(Record record, long top, long failedFrom) {}

    /**
     * @param newId of a channel that the batch made; 0 if there was the channel already
     * @param id of a channel that was there before; 0 for a new one
     * @param from the first offset that may have been left
     */
    private record Leftover(long newId, long id, long from, Set<String> keys) {}

    private final Bound bound;

    /** Who makes copies, if anybody wants some. */
    private Thread copying = new Thread();

    private long healAt;
    private String sweptTo = "";
    private long sweepAt = System.nanoTime();

    private Writer(DiskOptions options, Database database, Lives lives) {
        this.options = options;
        this.database = database;
        this.lives = lives;
        this.bound = new Bound(options.maxBytes());
        this.readers = Executors.newFixedThreadPool(READERS, task -> {
            Thread reader = new Thread(task, "openline-disk-reader");
            reader.setDaemon(true);
            return reader;
        });
        this.thread = new Thread(this::run, "openline-disk-writer");
        thread.setDaemon(true);
    }

    static Writer start(DiskOptions options) throws IOException {
        Database database = Database.open(options);
        try {
            Writer writer = new Writer(options, database, Lives.begin(database, options));
            writer.thread.start();
            return writer;
        } catch (RocksDBException e) {
            database.close();
            throw DiskStore.cannot(options.directory() + " can't be written", e);
        } catch (IOException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    DiskStore.Statistics statistics() {
        return new DiskStore.Statistics(commits.get(), publications.get(), failures.get(), queue.size());
    }

    // --- from the shards
    // ---------------------------------------------------------------------------------------------------------

    void add(Operation operation) {
        if (!closing) queue.add(operation);
    }

    void open(String channel, int tail, long now, Consumer<@Nullable StoredLog> answer) {
        add(new Then(() -> {
            opening.add(channel);
            onReader(() -> {
                StoredLog stored = load(channel, tail, now);
                opening.remove(channel);
                answer.accept(stored);
            });
        }));
    }

    void read(String channel, long from, int limit, Consumer<@Nullable List<LogEntry>> answer) {
        onReader(() -> {
            Open known = open.get(channel);
            Record record = known == null ? null : known.record;
            answer.accept(
                    record == null
                            ? null
                            : reading(database -> database.entries(
                                    record.id(), lives.of(record), Math.max(record.first(), from), (int)
                                            Math.max(0, from + limit - Math.max(record.first(), from)))));
        });
    }

    /** Goes through all revocations that are kept; before anything is written. */
    void revocations(BiConsumer<byte[], byte[]> visitor) {
        reading(database -> {
            database.revocations(visitor);
            return true;
        });
    }

    private void onReader(Runnable task) {
        try {
            readers.execute(task);
        } catch (RejectedExecutionException ended) {
            log.trace("nothing is read any more", ended);
        }
    }

    private interface Reading<T> {
        T read(Database database) throws RocksDBException;
    }

    /** Null if it can't be read now. */
    private <T> @Nullable T reading(Reading<T> reading) {
        databaseLock.readLock().lock();
        try {
            Database here = database;
            return here == null ? null : reading.read(here);
        } catch (RocksDBException | RuntimeException fault) {
            if (!closing) log.warn("the logs in {} can't be read: {}", options.directory(), fault.toString());
            return null;
        } finally {
            databaseLock.readLock().unlock();
        }
    }

    private @Nullable StoredLog load(String channel, int tail, long now) {
        return reading(database -> {
            Record record = database.record(channel);
            if (record == null) {
                // Asked after the record: whoever has forgotten the channel just now has changed this before.
                String fresh = lives.fresh();
                open.put(channel, new Open(new Record(0, fresh, lives.life(), 1, 0, now, null), false, 0));
                return new StoredLog(fresh, 1, 0, List.of(), List.of(), null);
            }
            String epoch = lives.of(record);
            long top = Math.max(record.top(), database.newest(record.id()));
            List<LogEntry> newest = database.tail(record.id(), epoch, record.first(), tail);
            var version = record.version();
            for (LogEntry entry : newest) if (entry.version() != null) version = entry.version();
            List<StoredLog.Key> keys =
                    database.keys(record.id(), now - options.idempotencyTtl().toMillis());
            open.put(channel, new Open(record, true, top));
            return new StoredLog(epoch, record.first(), top, newest, keys, version);
        });
    }

    // --- the thread
    // --------------------------------------------------------------------------------------------------------------

    private void run() {
        List<Operation> batch = new ArrayList<>();
        while (true) {
            batch.clear();
            try {
                Operation first = queue.poll(sweepAt - System.nanoTime(), TimeUnit.NANOSECONDS);
                if (first != null) batch.add(first);
            } catch (InterruptedException ended) {
                // Only close() interrupts: what is queued is still written.
                closing = true;
            }
            queue.drainTo(batch, MOST_AT_ONCE);
            if (!batch.isEmpty()) carryOut(batch);
            else if (closing) return;
            if (System.nanoTime() - sweepAt >= 0) sweep();
        }
    }

    private void carryOut(List<Operation> batch) {
        Map<Home, List<Runnable>> answers = new LinkedHashMap<>();
        List<Operation> tried = new ArrayList<>(batch.size());
        boolean kept = write(batch, tried, answers);
        for (Operation operation : tried) {
            if (operation instanceof Append append) {
                Open channel = open.get(append.channel());
                if (kept) publications.incrementAndGet();
                if (channel != null && kept) channel.kept = true;
                else if (channel != null) failed(append.channel(), channel, append.entry());
                answer(answers, append.home(), append.answer(), kept);
            } else if (operation instanceof Trim trim) {
                answer(answers, trim.home(), trim.answer(), kept);
            } else if (operation instanceof Keep keep) {
                answer(answers, Writer::tell, keep.answer(), kept);
            }
        }
        answers.forEach((home, all) -> home.onLoop(() -> all.forEach(Writer::tell)));
        for (Operation operation : batch) if (operation instanceof Then then) tell(then.task());
    }

    private static void answer(Map<Home, List<Runnable>> answers, Home home, Consumer<Outcome> answer, boolean kept) {
        Outcome outcome = kept ? Outcome.KEPT : Outcome.FAILED;
        answers.computeIfAbsent(home, made -> new ArrayList<>()).add(() -> answer.accept(outcome));
    }

    /** One that fails must not cost the others theirs. */
    private static void tell(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error fault) {
            log.warn("an answer of the store could not be taken", fault);
        }
    }

    private void failed(String name, Open channel, LogEntry entry) {
        failures.incrementAndGet();
        if (channel.failedFrom == 0 || entry.offset() < channel.failedFrom) channel.failedFrom = entry.offset();
        String key = entry.idempotencyKey();
        Leftover leftover = leftovers.get(name);
        if (leftover != null && key != null) leftover.keys().add(key);
    }

    /**
     * Writes what can be written; what is refused without being tried is answered here.
     *
     * @param tried gets the appends and trims that were in the batch
     * @return whether they are kept
     */
    private boolean write(List<Operation> operations, List<Operation> tried, Map<Home, List<Runnable>> answers) {
        Database here = usable();
        if (here == null) {
            for (Operation operation : operations)
                if (!(operation instanceof Release || operation instanceof Then)) tried.add(operation);
            return false;
        }
        before.clear();
        try (Database.Batch batch = here.new Batch()) {
            Set<String> changed = new HashSet<>();
            for (Operation operation : operations) {
                if (operation instanceof Append append) {
                    if (append(batch, append, changed)) tried.add(append);
                    else answer(answers, append.home(), append.answer(), false);
                } else if (operation instanceof Trim trim) {
                    trim(batch, trim, changed);
                    tried.add(trim);
                } else if (operation instanceof Keep keep) {
                    batch.revocation(keep.key(), keep.value());
                    tried.add(keep);
                } else if (operation instanceof Release release) {
                    release(release, changed);
                }
            }
            for (String name : changed) {
                Open channel = open.get(name);
                if (channel != null && channel.record.id() > 0) batch.put(name, withTop(channel));
            }
            if (!changed.isEmpty()) lives.write(batch);
            batch.write();
        } catch (RocksDBException | RuntimeException fault) {
            undo(operations);
            broken(fault);
            return false;
        }
        for (Operation operation : operations) if (operation instanceof Release release) open.remove(release.channel());
        commits.incrementAndGet();
        return true;
    }

    private void remember(Open channel) {
        before.putIfAbsent(channel, new Before(channel.record, channel.top, channel.failedFrom));
    }

    /** The batch is not kept, or may be: channels are as they were before it, and what it may have left is to be removed. */
    private void undo(List<Operation> operations) {
        for (Operation operation : operations) {
            if (!(operation instanceof Append append)) continue;
            Open channel = open.get(append.channel());
            Before was = channel == null ? null : before.get(channel);
            if (channel == null || was == null) continue;
            long newId = was.record().id() == 0 ? channel.record.id() : 0;
            leftovers.putIfAbsent(
                    append.channel(), new Leftover(newId, was.record().id(), was.top() + 1, new HashSet<>()));
        }
        before.forEach((channel, was) -> {
            channel.record = was.record();
            channel.top = was.top();
            channel.failedFrom = was.failedFrom();
        });
    }

    /** Whether something before this was refused, which its publisher has not heard yet. */
    private boolean isAfterAFailure(Open channel, LogEntry entry) {
        if (channel.failedFrom == 0) return false;
        if (entry.offset() != channel.failedFrom) return true;
        remember(channel);
        channel.failedFrom = 0;
        return false;
    }

    /** @return false if it is refused because one before it was */
    private boolean append(Database.Batch batch, Append append, Set<String> changed) throws RocksDBException {
        Open channel = open.get(append.channel());
        LogEntry entry = append.entry();
        if (channel == null || isAfterAFailure(channel, entry)) return false;
        remember(channel);
        Record record = channel.record;
        boolean isNew = record.id() == 0;
        if (isNew || record.life() != lives.life() || entry.version() != null) {
            channel.record = new Record(
                    isNew ? lives.newId() : record.id(),
                    entry.epoch(),
                    lives.life(),
                    record.first(),
                    record.top(),
                    entry.timeMillis(),
                    entry.version() == null ? record.version() : entry.version());
        }
        if (!channel.kept || channel.record != record) changed.add(append.channel());
        channel.top = entry.offset();
        batch.append(channel.record.id(), entry);
        return true;
    }

    private void trim(Database.Batch batch, Trim trim, Set<String> changed) throws RocksDBException {
        Open channel = open.get(trim.channel());
        if (channel == null || trim.first() <= channel.record.first()) return;
        remember(channel);
        Record record = channel.record;
        if (record.id() > 0) batch.deletePublications(record.id(), record.first(), trim.first());
        channel.record = record.from(trim.first());
        changed.add(trim.channel());
    }

    private void release(Release release, Set<String> changed) {
        Open channel = open.get(release.channel());
        if (channel == null || channel.record.id() == 0) return;
        Record record = channel.record;
        if (release.now() - record.usedMillis() < USED_STEP_MILLIS) return;
        remember(channel);
        channel.record = record.usedAt(release.now());
        changed.add(release.channel());
    }

    private static Record withTop(Open channel) {
        channel.record = channel.record.reaching(channel.top);
        return channel.record;
    }

    // --- when the disk fails
    // -----------------------------------------------------------------------------------------------------

    private void broken(Exception fault) {
        log.error(
                "the logs in {} can't be written, publishes are refused until they can: {}",
                options.directory(),
                fault.toString());
        healAt = System.nanoTime() + HEAL_NANOS;
        closeDatabase();
    }

    private void closeDatabase() {
        Database open = database;
        if (open != null) open.stopCompacting();
        databaseLock.writeLock().lock();
        try {
            Database here = database;
            database = null;
            if (here != null) here.close();
        } finally {
            databaseLock.writeLock().unlock();
        }
    }

    /** The database, opened again if it is time to try; null while it can't be. */
    private @Nullable Database usable() {
        Database here = database;
        if (here != null || System.nanoTime() - healAt < 0) return here;
        healAt = System.nanoTime() + HEAL_NANOS;
        databaseLock.writeLock().lock();
        try {
            Database again = Database.open(options);
            try (Database.Batch batch = again.new Batch()) {
                clean(batch);
                batch.write();
            } catch (RocksDBException fault) {
                again.close();
                throw DiskStore.cannot("it can be read but not written", fault);
            }
            leftovers.clear();
            database = again;
            log.info("the logs in {} can be written again", options.directory());
            return again;
        } catch (IOException stillBroken) {
            log.warn("the logs in {} still can't be written: {}", options.directory(), stillBroken.getMessage());
            return null;
        } finally {
            databaseLock.writeLock().unlock();
        }
    }

    /** What was refused must not be found by anybody. */
    private void clean(Database.Batch batch) throws RocksDBException {
        for (Map.Entry<String, Leftover> entry : leftovers.entrySet()) {
            Leftover leftover = entry.getValue();
            if (leftover.newId() > 0) batch.deleteChannel(entry.getKey(), leftover.newId());
            if (leftover.id() == 0) continue;
            batch.deletePublications(leftover.id(), leftover.from(), Long.MAX_VALUE);
            for (String key : leftover.keys()) batch.deleteKey(leftover.id(), key);
        }
    }

    // --- what is too old
    // ---------------------------------------------------------------------------------------------------------

    /** Looks at them at once; to be told when that is done. */
    void sweepNow(Runnable done) {
        add(new Then(() -> {
            sweep();
            done.run();
        }));
    }

    /** Looks at some channels: those that are not open for what is too old, and all of them for what is too much. */
    private void sweep() {
        sweepAt = System.nanoTime() + (bound.isCutting() ? 0 : TimeUnit.SECONDS.toNanos(1));
        Database here = database;
        if (here == null) return;
        if (!copying.isAlive()) copyIfWanted();
        if (options.sweptPerSecond() == 0) return;
        long now = options.clockMillis().getAsLong();
        Map<String, Record> looked = new LinkedHashMap<>();
        try (Database.Batch batch = here.new Batch()) {
            here.channels(sweptTo, (channel, record) -> {
                looked.put(channel, record);
                return looked.size() < options.sweptPerSecond();
            });
            sweptTo = "";
            for (Map.Entry<String, Record> entry : looked.entrySet()) {
                String channel = entry.getKey();
                if (looked.size() == options.sweptPerSecond()) sweptTo = channel;
                Open used = open.get(channel);
                if (used != null) cut(here, batch, channel, used);
                else if (!opening.contains(channel)) sweep(here, batch, channel, entry.getValue());
            }
            batch.write();
            if (sweptTo.isEmpty() && bound.passed(now, here.bytes())) compact();
        } catch (RocksDBException fault) {
            broken(fault);
        } catch (RuntimeException fault) {
            log.error("some logs in {} can't be looked at for their age", options.directory(), fault);
        }
    }

    private void sweep(Database here, Database.Batch batch, String channel, Record record) throws RocksDBException {
        Retention retention = options.retention().apply(channel);
        long now = options.clockMillis().getAsLong();
        long oldest = retention == null
                ? bound.cut()
                : Math.max(bound.cut(), now - retention.historyTtl().toMillis());
        long top = Math.max(record.top(), here.newest(record.id()));
        long first = firstAfter(here, record, oldest, top);
        if (retention != null) {
            if (first > top && record.usedMillis() + retention.metaTtl().toMillis() <= now) {
                lives.forget();
                lives.write(batch);
                batch.deleteChannel(channel, record.id());
                return;
            }
            here.deleteKeysUntil(record.id(), now - options.idempotencyTtl().toMillis(), batch);
        }
        if (first <= record.first()) return;
        batch.deletePublications(record.id(), record.first(), first);
        batch.put(channel, record.from(first).reaching(top));
    }

    /** A channel that is open keeps what its shard wants kept, as long as there is room. */
    private void cut(Database here, Database.Batch batch, String channel, Open used) throws RocksDBException {
        if (!bound.isBounded()) return;
        Record record = used.record;
        long first = firstAfter(here, record, bound.cut(), used.top);
        if (first <= record.first()) return;
        batch.deletePublications(record.id(), record.first(), first);
        used.record = record.from(first).reaching(used.top);
        batch.put(channel, used.record);
    }

    /** The offset of the first publication that is newer than that; the one after {@code top} if none is. */
    private long firstAfter(Database here, Record record, long time, long top) throws RocksDBException {
        long[] first = {top + 1};
        here.forward(record.id(), record.first(), (offset, value) -> {
            long from = EntryBytes.timeOf(value);
            if (from <= time) return true;
            bound.saw(from);
            first[0] = offset;
            return false;
        });
        return first[0];
    }

    /** What was given up makes its room; meanwhile everything goes on. */
    private void compact() {
        log.warn(
                "the logs in {} are more than {} bytes: what was published before {} is given up",
                options.directory(),
                options.maxBytes(),
                Instant.ofEpochMilli(bound.cut()));
        bound.makeRoom();
        Thread compactor = new Thread(() -> {
            try {
                reading(database -> {
                    database.compact();
                    return true;
                });
            } finally {
                bound.roomIsMade();
            }
        });
        compactor.setName("openline-disk-compactor");
        compactor.setDaemon(true);
        compactor.start();
    }

    /** While copies are made everything else goes on. */
    private void copyIfWanted() {
        if (!Files.isDirectory(options.directory().resolve(Copies.BACKUPS))) return;
        copying = new Thread(() -> Copies.answer(options.directory(), this::copy), "openline-disk-copier");
        copying.setDaemon(true);
        copying.start();
    }

    // --- the end
    // -----------------------------------------------------------------------------------------------------------------

    void backUp(Path to) throws IOException {
        Copies.make(to, this::copy);
    }

    private void copy(Path to) throws IOException {
        databaseLock.readLock().lock();
        try {
            Database here = database;
            if (here == null) throw new IOException("the logs in " + options.directory() + " can't be read now");
            here.backUp(to);
        } catch (RocksDBException e) {
            throw DiskStore.cannot("no copy could be made in " + to, e);
        } finally {
            databaseLock.readLock().unlock();
        }
    }

    void close() {
        if (closing) return;
        closing = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        readers.shutdown();
        try {
            if (!readers.awaitTermination(10, TimeUnit.SECONDS)) log.warn("reads are still under way");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Database here = database;
        try {
            if (here != null) Lives.end(here);
        } catch (RocksDBException e) {
            log.warn("the logs in {} were not closed cleanly: {}", options.directory(), e.toString());
        }
        closeDatabase();
    }
}
