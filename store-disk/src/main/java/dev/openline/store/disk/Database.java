package dev.openline.store.disk;

import dev.openline.hub.LogEntry;
import dev.openline.hub.StoredLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompactRangeOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Env;
import org.rocksdb.FlushOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.Priority;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The engine, and how things stand in it:
 *
 * <pre>
 * channels      name                → {@link Record}
 * publications  id, offset          → {@link EntryBytes}
 * keys          id, idempotency key → offset, time
 * revocations   kind, what          → times, as {@link KeptRevocations} has them
 * facts         name                → what is known of the store itself
 * </pre>
 *
 * <p>Numbers in keys are big-endian, so what belongs together stands together in its order. Reads from any thread; one thread writes.
 */
final class Database implements AutoCloseable {
    static final String CHANNELS = "channels";
    static final String PUBLICATIONS = "publications";
    static final String KEYS = "keys";
    static final String FACTS = "facts";
    static final String REVOCATIONS = "revocations";

    private static final long SYNC_BYTES = 1 << 20;

    static {
        RocksDB.loadLibrary();
        // What puts the files in order must not hold up who writes or answers.
        Env.getDefault().lowerThreadPoolCPUPriority(Priority.LOW);
        Env.getDefault().lowerThreadPoolCPUPriority(Priority.HIGH);
    }

    private final LRUCache cache;
    private final DBOptions options;
    private final ColumnFamilyOptions columns;
    private final WriteOptions writes;
    private final CompactRangeOptions compaction = new CompactRangeOptions();
    private final RocksDB db;
    private final List<ColumnFamilyHandle> families = new ArrayList<>();
    private final ColumnFamilyHandle channels;
    private final ColumnFamilyHandle publications;
    private final ColumnFamilyHandle keys;
    private final ColumnFamilyHandle facts;
    private final ColumnFamilyHandle revocations;

    private Database(DiskOptions wanted, WALRecoveryMode recovery) throws RocksDBException {
        cache = new LRUCache(wanted.cacheBytes());
        columns = new ColumnFamilyOptions()
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setFilterPolicy(new BloomFilter(10))
                        .setCacheIndexAndFilterBlocks(true))
                .setLevelCompactionDynamicLevelBytes(true)
                .setWriteBufferSize(64L << 20);
        options = new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setWalRecoveryMode(recovery)
                .setMaxTotalWalSize(256L << 20)
                .setMaxOpenFiles(512)
                .setMaxBackgroundJobs(2)
                .setAllowConcurrentMemtableWrite(false)
                // Small pieces go to the disk as they come, so that none waits behind a large one.
                .setBytesPerSync(SYNC_BYTES)
                .setWalBytesPerSync(SYNC_BYTES)
                .setKeepLogFileNum(2)
                .setMaxLogFileSize(1L << 20);
        writes = new WriteOptions().setSync(wanted.durability() == Durability.FSYNC);
        List<ColumnFamilyDescriptor> wantedFamilies = new ArrayList<>();
        for (String name : List.of("default", CHANNELS, PUBLICATIONS, KEYS, FACTS, REVOCATIONS))
            wantedFamilies.add(new ColumnFamilyDescriptor(bytes(name), columns));
        db = RocksDB.open(options, wanted.directory().toString(), wantedFamilies, families);
        channels = families.get(1);
        publications = families.get(2);
        keys = families.get(3);
        facts = families.get(4);
        revocations = families.get(5);
    }

    /**
     * Of the write-ahead log the last write may be cut short, as one is that was under way when the process was killed: nobody was told of it. Anything else that
     * is damaged there may have been acknowledged, which is no reason to go on without it; unless the power was cut, which all logs begin new lives after.
     *
     * @throws IOException with a sentence that says why it can't be opened
     */
    static Database open(DiskOptions options) throws IOException {
        Path directory = options.directory();
        if (!Files.exists(directory)) LogDirectory.forItsOwnerAlone(Files.createDirectories(directory));
        try {
            try {
                return new Database(options, WALRecoveryMode.TolerateCorruptedTailRecords);
            } catch (RocksDBException damaged) {
                if (!LogDirectory.isDamage(damaged) || !Snapshot.mayHaveLost(directory)) throw damaged;
                return new Database(options, WALRecoveryMode.PointInTimeRecovery);
            }
        } catch (RocksDBException e) {
            throw LogDirectory.cannotBeOpened(directory, e);
        }
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] key(long id, long offset) {
        return ByteBuffer.allocate(16).putLong(id).putLong(offset).array();
    }

    private static byte[] key(long id, String name) {
        byte[] text = bytes(name);
        return ByteBuffer.allocate(8 + text.length).putLong(id).put(text).array();
    }

    private static byte[] prefix(long id) {
        return ByteBuffer.allocate(8).putLong(id).array();
    }

    // --- writing
    // -----------------------------------------------------------------------------------------------------------------

    /** What is written together: all of it is there afterwards, or nothing. */
    final class Batch implements AutoCloseable {
        private final WriteBatch batch = new WriteBatch();

        void append(long id, LogEntry entry) throws RocksDBException {
            batch.put(publications, key(id, entry.offset()), EntryBytes.of(entry));
            for (long offset : entry.overtaken()) batch.delete(publications, key(id, offset));
            String name = entry.idempotencyKey();
            if (name == null) return;
            byte[] value = ByteBuffer.allocate(16)
                    .putLong(entry.offset())
                    .putLong(entry.timeMillis())
                    .array();
            batch.put(keys, key(id, name), value);
        }

        void put(String channel, Record record) throws RocksDBException {
            batch.put(channels, bytes(channel), record.bytes());
        }

        void deleteKey(long id, String name) throws RocksDBException {
            batch.delete(keys, key(id, name));
        }

        /** Publications from one offset up to another, which stays. */
        void deletePublications(long id, long from, long end) throws RocksDBException {
            batch.deleteRange(publications, key(id, from), key(id, end));
        }

        void deleteChannel(String channel, long id) throws RocksDBException {
            batch.delete(channels, bytes(channel));
            batch.deleteRange(publications, prefix(id), prefix(id + 1));
            batch.deleteRange(keys, prefix(id), prefix(id + 1));
        }

        /** @param value null to forget it */
        void revocation(byte[] key, byte @Nullable [] value) throws RocksDBException {
            if (value == null) batch.delete(revocations, key);
            else batch.put(revocations, key, value);
        }

        void fact(String name, String value) throws RocksDBException {
            batch.put(facts, bytes(name), bytes(value));
        }

        void write() throws RocksDBException {
            if (batch.count() > 0) db.write(writes, batch);
        }

        /** So that it survives a power cut, whatever the durability. */
        void writeAndSync() throws RocksDBException {
            try (WriteOptions synced = new WriteOptions().setSync(true)) {
                db.write(synced, batch);
            }
        }

        @Override
        public void close() {
            batch.close();
        }
    }

    // --- reading
    // -----------------------------------------------------------------------------------------------------------------

    @Nullable
    String fact(String name) throws RocksDBException {
        byte[] value = db.get(facts, bytes(name));
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }

    @Nullable
    Record record(String channel) throws RocksDBException {
        byte[] value = db.get(channels, bytes(channel));
        return value == null ? null : Record.of(value);
    }

    /** The newest offset that is kept; 0 if none is. */
    long newest(long id) throws RocksDBException {
        try (Slice begin = new Slice(prefix(id));
                ReadOptions bounded = new ReadOptions().setIterateLowerBound(begin);
                RocksIterator all = db.newIterator(publications, bounded)) {
            all.seekForPrev(key(id, Long.MAX_VALUE));
            long found = all.isValid() ? ByteBuffer.wrap(all.key()).getLong(8) : 0;
            all.status();
            return found;
        }
    }

    interface Visitor {
        /** @return whether to go on */
        boolean visit(long offset, byte[] value);
    }

    /** Goes through publications from {@code from} on, oldest first. */
    void forward(long id, long from, Visitor visitor) throws RocksDBException {
        try (Slice end = new Slice(prefix(id + 1));
                ReadOptions bounded = new ReadOptions().setIterateUpperBound(end);
                RocksIterator all = db.newIterator(publications, bounded)) {
            for (all.seek(key(id, from)); all.isValid(); all.next())
                if (!visitor.visit(ByteBuffer.wrap(all.key()).getLong(8), all.value())) return;
            all.status();
        }
    }

    List<LogEntry> entries(long id, String epoch, long from, int limit) throws RocksDBException {
        List<LogEntry> found = new ArrayList<>();
        long end = from + limit;
        forward(id, from, (offset, value) -> {
            if (offset >= end) return false;
            found.add(EntryBytes.read(epoch, offset, value));
            return true;
        });
        return found;
    }

    /** The newest entries from {@code first} on, oldest first. */
    List<LogEntry> tail(long id, String epoch, long first, int limit) throws RocksDBException {
        List<LogEntry> found = new ArrayList<>();
        try (Slice begin = new Slice(key(id, first));
                ReadOptions bounded = new ReadOptions().setIterateLowerBound(begin);
                RocksIterator all = db.newIterator(publications, bounded)) {
            for (all.seekForPrev(key(id, Long.MAX_VALUE)); all.isValid() && found.size() < limit; all.prev()) {
                long offset = ByteBuffer.wrap(all.key()).getLong(8);
                found.add(EntryBytes.read(epoch, offset, all.value()));
            }
            all.status();
        }
        Collections.reverse(found);
        return found;
    }

    /** The idempotency keys that were set after {@code since}, oldest first. */
    List<StoredLog.Key> keys(long id, long since) throws RocksDBException {
        List<StoredLog.Key> found = new ArrayList<>();
        try (Slice end = new Slice(prefix(id + 1));
                ReadOptions bounded = new ReadOptions().setIterateUpperBound(end);
                RocksIterator all = db.newIterator(keys, bounded)) {
            for (all.seek(prefix(id)); all.isValid(); all.next()) {
                ByteBuffer value = ByteBuffer.wrap(all.value());
                byte[] name = all.key();
                var key = new StoredLog.Key(
                        new String(name, 8, name.length - 8, StandardCharsets.UTF_8), value.getLong(), value.getLong());
                if (key.timeMillis() > since) found.add(key);
            }
            all.status();
        }
        found.sort(Comparator.comparingLong(StoredLog.Key::offset));
        return found;
    }

    /** Deletes the idempotency keys of a channel that were set at {@code time} or before. */
    void deleteKeysUntil(long id, long time, Batch batch) throws RocksDBException {
        for (StoredLog.Key key : keys(id, Long.MIN_VALUE)) if (key.timeMillis() <= time) batch.deleteKey(id, key.key());
    }

    interface ChannelVisitor {
        /** @return whether to go on */
        boolean visit(String channel, Record record);
    }

    /** Goes through the channels in the order of their names, from the one after {@code after} on. */
    void channels(String after, ChannelVisitor visitor) throws RocksDBException {
        try (RocksIterator all = db.newIterator(channels)) {
            for (all.seek(bytes(after)); all.isValid(); all.next()) {
                String name = new String(all.key(), StandardCharsets.UTF_8);
                if (!name.equals(after) && !visitor.visit(name, Record.of(all.value()))) return;
            }
            all.status();
        }
    }

    void revocations(BiConsumer<byte[], byte[]> visitor) throws RocksDBException {
        try (RocksIterator all = db.newIterator(revocations)) {
            for (all.seekToFirst(); all.isValid(); all.next()) visitor.accept(all.key(), all.value());
            all.status();
        }
    }

    /** About what all of it takes on the disk. */
    long bytes() throws RocksDBException {
        return db.getAggregatedLongProperty("rocksdb.total-sst-files-size")
                + db.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables");
    }

    /** Writes publications anew without what was deleted; takes its time, while others read and write, unless it is stopped. */
    void compact() throws RocksDBException {
        db.compactRange(publications, null, null, compaction);
    }

    /** For good: before it is closed. From any thread. */
    void stopCompacting() {
        compaction.setCanceled(true);
    }

    /** Makes a copy in a directory that isn't there yet; what is written meanwhile may be in it or not. */
    void backUp(Path to) throws RocksDBException {
        try (org.rocksdb.Checkpoint checkpoint = org.rocksdb.Checkpoint.create(db)) {
            checkpoint.createCheckpoint(to.toString());
        }
    }

    /** Puts everything into tables. */
    void flush() throws RocksDBException {
        try (FlushOptions waiting = new FlushOptions()) {
            db.flush(waiting, families);
        }
    }

    @Override
    public void close() {
        for (ColumnFamilyHandle family : families) family.close();
        db.close();
        writes.close();
        compaction.close();
        options.close();
        columns.close();
        cache.close();
    }
}
