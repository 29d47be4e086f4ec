package dev.openline.store.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.LiveFileMetaData;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WALRecoveryMode;

/**
 * All of a directory as it was at one moment: read without a lock, and without changing anything, also while a server writes there.
 *
 * <p>The engine reads which tables there are, opens all of them, and takes what came later from the write-ahead log. A server that writes meanwhile may take a
 * file away between these steps, which would leave a hole or an error: so it is looked whether the files of before are still there afterwards, and done again
 * if not. Once all are open it does not matter any more what becomes of them.
 *
 * <p>A write-ahead log that is damaged is an error here, but for a last record that is cut short, as a killed process may leave it. (A server takes what stands
 * before the damage.)
 */
final class Snapshot implements AutoCloseable {
    private static final int MOST_ATTEMPTS = 20;
    private static final long PAUSE_MILLIS = 50;
    private static final long READ_AHEAD = 2L << 20;

    private final RocksDB db;
    private final ReadOptions all = new ReadOptions().setFillCache(false).setReadaheadSize(READ_AHEAD);
    private final ReadOptions some = new ReadOptions();
    private final Map<String, ColumnFamilyHandle> families = new HashMap<>();

    private Snapshot(Path directory, WALRecoveryMode mode) throws RocksDBException {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (Options any = new Options();
                DBOptions options = new DBOptions().setMaxOpenFiles(-1).setWalRecoveryMode(mode)) {
            List<byte[]> names = RocksDB.listColumnFamilies(any, directory.toString());
            // None are found where the list is damaged, which opening says.
            if (names.isEmpty()) names = List.of(RocksDB.DEFAULT_COLUMN_FAMILY);
            List<ColumnFamilyDescriptor> all =
                    names.stream().map(ColumnFamilyDescriptor::new).toList();
            db = RocksDB.openReadOnly(options, directory.toString(), all, handles);
            for (int i = 0; i < all.size(); i++) families.put(text(all.get(i).getName()), handles.get(i));
        }
    }

    /**
     * @throws IOException with a sentence: there are no logs, they are damaged, or a newer version wrote them
     */
    static Snapshot of(Path directory) throws IOException {
        return of(directory, WALRecoveryMode.TolerateCorruptedTailRecords);
    }

    /** What a server would find: of a damaged write-ahead log, what stands before the damage. */
    static Snapshot beforeTheDamage(Path directory) throws IOException {
        return of(directory, WALRecoveryMode.PointInTimeRecovery);
    }

    /** Whether the newest may be missing in a directory, because the power was cut. */
    static boolean mayHaveLost(Path directory) throws IOException {
        try (Snapshot all = beforeTheDamage(directory)) {
            return Lives.mayHaveLost(all::fact);
        } catch (RocksDBException e) {
            throw LogDirectory.cannotBeOpened(directory, e);
        }
    }

    private static Snapshot of(Path directory, WALRecoveryMode mode) throws IOException {
        LogDirectory.require(directory);
        Snapshot snapshot = open(directory, mode);
        try {
            Lives.requireFormat(snapshot::fact, directory);
            return snapshot;
        } catch (RocksDBException e) {
            snapshot.close();
            throw LogDirectory.cannotBeOpened(directory, e);
        } catch (IOException | RuntimeException e) {
            snapshot.close();
            throw e;
        }
    }

    private static Snapshot open(Path directory, WALRecoveryMode mode) throws IOException {
        for (int attempt = 1; ; attempt++) {
            Set<String> before = files(directory);
            try {
                Snapshot snapshot = new Snapshot(directory, mode);
                if (haveStayed(before, files(directory))) return snapshot;
                snapshot.close();
                if (attempt == MOST_ATTEMPTS)
                    throw new IOException(directory + " changes too fast to be read; try again when it is quieter");
            } catch (RocksDBException e) {
                if (attempt == MOST_ATTEMPTS || before.equals(files(directory)))
                    throw LogDirectory.cannotBeOpened(directory, e);
            }
            try {
                Thread.sleep(PAUSE_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private static Set<String> files(Path directory) throws IOException {
        try (Stream<Path> all = Files.list(directory)) {
            return all.map(file -> file.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
        }
    }

    /** Tables that are gone are in another one, and were noticed if they were needed; parts of the write-ahead log would be missed by nobody. */
    private static boolean haveStayed(Set<String> before, Set<String> after) {
        return before.stream().filter(name -> !name.endsWith(".sst")).allMatch(after::contains);
    }

    @Nullable
    String fact(String name) throws RocksDBException {
        ColumnFamilyHandle facts = families.get(Database.FACTS);
        byte[] value = facts == null ? null : db.get(facts, name.getBytes(StandardCharsets.UTF_8));
        return value == null ? null : text(value);
    }

    interface Visitor {
        /** @return whether to go on */
        boolean visit(byte[] key, byte[] value);
    }

    /** Goes through a family in the order of its keys. */
    void each(String family, Visitor visitor) throws RocksDBException {
        go(family, all, new byte[0], visitor);
    }

    private void go(String family, ReadOptions reads, byte[] start, Visitor visitor) throws RocksDBException {
        ColumnFamilyHandle handle = families.get(family);
        if (handle == null) return;
        try (RocksIterator each = db.newIterator(handle, reads)) {
            for (each.seek(start); each.isValid(); each.next()) if (!visitor.visit(each.key(), each.value())) return;
            each.status();
        }
    }

    /** Publications of a channel, oldest first. */
    void publications(long id, Database.Visitor visitor) throws RocksDBException {
        go(Database.PUBLICATIONS, some, prefix(id), (key, value) -> {
            ByteBuffer place = ByteBuffer.wrap(key);
            return place.remaining() == 16 && place.getLong() == id && visitor.visit(place.getLong(), value);
        });
    }

    /** How many entries of a family are of a channel. */
    long count(String family, long id) throws RocksDBException {
        long[] count = new long[1];
        go(family, some, prefix(id), (key, value) -> {
            if (ByteBuffer.wrap(key).getLong() != id) return false;
            count[0]++;
            return true;
        });
        return count[0];
    }

    private static byte[] prefix(long id) {
        return ByteBuffer.allocate(8).putLong(id).array();
    }

    /** The files that hold what is not in the write-ahead log alone. */
    List<String> tables() {
        return db.getLiveFilesMetaData().stream()
                .map(LiveFileMetaData::fileName)
                .sorted()
                .toList();
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
        families.values().forEach(ColumnFamilyHandle::close);
        db.close();
        all.close();
        some.close();
    }
}
