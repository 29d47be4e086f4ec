package dev.openline.store.disk;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/** The entries of a directory as they are, to be changed as no store would. */
final class RawLogs {
    private final RocksDB db;
    private final List<ColumnFamilyDescriptor> families;
    private final List<ColumnFamilyHandle> handles;

    private RawLogs(RocksDB db, List<ColumnFamilyDescriptor> families, List<ColumnFamilyHandle> handles) {
        this.db = db;
        this.families = families;
        this.handles = handles;
    }

    interface Change {
        void in(RawLogs raw) throws RocksDBException;
    }

    static void change(Path directory, Change change) throws RocksDBException {
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try (Options any = new Options();
                DBOptions options = new DBOptions()) {
            List<ColumnFamilyDescriptor> families = RocksDB.listColumnFamilies(any, directory.toString()).stream()
                    .map(ColumnFamilyDescriptor::new)
                    .toList();
            try (RocksDB db = RocksDB.open(options, directory.toString(), families, handles)) {
                change.in(new RawLogs(db, families, handles));
                handles.forEach(ColumnFamilyHandle::close);
            }
        }
    }

    private ColumnFamilyHandle family(String name) {
        for (int i = 0; i < families.size(); i++)
            if (text(families.get(i).getName()).equals(name)) return handles.get(i);
        throw new IllegalArgumentException(name);
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    void put(String family, byte[] key, byte[] value) throws RocksDBException {
        db.put(family(family), key, value);
    }

    void put(String family, String key, String value) throws RocksDBException {
        put(family, key.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
    }

    void put(String channel, Record record) throws RocksDBException {
        put("channels", channel.getBytes(StandardCharsets.UTF_8), record.bytes());
    }

    Record record(String channel) throws RocksDBException {
        return Record.of(db.get(family("channels"), channel.getBytes(StandardCharsets.UTF_8)));
    }

    void delete(String family, byte[] key) throws RocksDBException {
        db.delete(family(family), key);
    }

    static byte[] key(long id, long offset) {
        return ByteBuffer.allocate(16).putLong(id).putLong(offset).array();
    }
}
