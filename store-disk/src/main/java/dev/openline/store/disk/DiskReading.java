package dev.openline.store.disk;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.rocksdb.RocksDBException;

/**
 * Looks at the logs in a directory and changes nothing, also while a server has it: then as they were when it was opened. For operators; reads all that it is asked
 * about, at the speed of the disk. For one thread.
 */
public final class DiskReading implements AutoCloseable {
    private final Path directory;
    private final Database database;
    private final State state;

    /**
     * What the store says of itself.
     *
     * @param format of what is written there
     * @param durability with which it was opened last
     * @param closed whether its last end was a clean one; not while it is in use
     * @param life how often logs have begun anew
     * @param nextId that no channel has yet
     */
    public record State(String format, String durability, boolean closed, int life, long nextId) {}

    /**
     * What is kept of a channel.
     *
     * @param first nothing before this offset is complete
     * @param top offset of the newest publication ever
     * @param publications that are kept
     * @param bytes of them, before compression
     * @param keys idempotency keys that are kept
     * @param used when it was used last, give or take an hour
     */
    public record KeptChannel(
            String name, String epoch, long first, long top, long publications, long bytes, long keys, Instant used) {}

    private DiskReading(Path directory, Database database, State state) {
        this.directory = directory;
        this.database = database;
        this.state = state;
    }

    /** @throws IOException with a sentence that says why it can't be read */
    public static DiskReading open(Path directory) throws IOException {
        return of(directory, Database.read(directory, Database.Access.TO_READ));
    }

    private static DiskReading of(Path directory, Database database) throws IOException {
        try {
            Lives.requireFormat(database, directory);
            return new DiskReading(directory, database, Lives.stateOf(database));
        } catch (RocksDBException e) {
            database.close();
            throw DiskStore.cannot(directory + " can't be read", e);
        } catch (IOException | RuntimeException e) {
            database.close();
            throw e;
        }
    }

    /** What the store says of itself. */
    public State state() {
        return state;
    }

    /** What is told of channels. */
    @FunctionalInterface
    public interface Visitor {
        /** @return whether to go on */
        boolean visit(KeptChannel channel);
    }

    /**
     * Goes through channels in the order of their names.
     *
     * @param wanted by name; publications of others are not read
     * @throws IOException if something can't be read
     */
    public void channels(Predicate<String> wanted, Visitor visitor) throws IOException {
        try {
            database.channels("", (name, record) -> !wanted.test(name) || visitor.visit(kept(name, record)));
        } catch (RocksDBException | RuntimeException e) {
            throw DiskStore.cannot(directory + " can't be read", e);
        }
    }

    private KeptChannel kept(String name, Record record) {
        long[] count = new long[3];
        try {
            database.forward(record.id(), record.first(), (offset, value) -> {
                count[0]++;
                count[1] += value.length;
                count[2] = offset;
                return true;
            });
            return new KeptChannel(
                    name,
                    Lives.of(record, state.life()),
                    record.first(),
                    Math.max(record.top(), count[2]),
                    count[0],
                    count[1],
                    database.keys(record.id(), Long.MIN_VALUE).size(),
                    Instant.ofEpochMilli(record.usedMillis()));
        } catch (RocksDBException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    /**
     * Checks all of a directory: that everything is as it was written, can be read, and fits together.
     *
     * @return what is wrong, a sentence each; none if all is well
     * @throws IOException if it can't be looked at at all
     */
    public static List<String> verify(Path directory) throws IOException {
        List<String> wrong = new ArrayList<>();
        Database database;
        try {
            database = Database.read(directory, Database.Access.TO_CHECK);
        } catch (IOException torn) {
            if (String.valueOf(torn.getMessage()).contains("holds no logs")) throw torn;
            wrong.add("what was written last is not whole: " + torn.getMessage());
            database = Database.read(directory, Database.Access.TO_READ);
        }
        try (DiskReading reading = of(directory, database)) {
            reading.check(wrong);
        }
        return wrong;
    }

    private void check(List<String> wrong) {
        try {
            database.verifyChecksums();
            new Check(wrong).all();
        } catch (RocksDBException | RuntimeException damaged) {
            wrong.add("something is not as it was written: " + damaged.getMessage());
        }
    }

    /** One check of everything. */
    private final class Check {
        private final List<String> wrong;
        private final Map<Long, String> names = new HashMap<>();
        private final Map<Long, Record> records = new HashMap<>();
        private final Map<Long, Long> tops = new HashMap<>();
        private long strayPublications;
        private long strayKeys;

        Check(List<String> wrong) {
            this.wrong = wrong;
        }

        void all() throws RocksDBException {
            database.allChannels(this::channel);
            database.allPublications(this::publication);
            database.allKeys(this::key);
            if (strayPublications > 0) wrong.add(strayPublications + " publications are of no channel");
            if (strayKeys > 0) wrong.add(strayKeys + " idempotency keys are of no channel");
        }

        private void channel(String name, byte[] bytes) {
            Record record;
            try {
                record = Record.of(bytes);
            } catch (RuntimeException unreadable) {
                wrong.add("the record of channel " + name + " can't be read: " + unreadable.getMessage());
                return;
            }
            String other = names.put(record.id(), name);
            if (other != null) wrong.add("channels " + other + " and " + name + " have the same id");
            if (record.id() >= state.nextId()) wrong.add("channel " + name + " has an id that was not given out yet");
            if (record.epoch().isEmpty()) wrong.add("channel " + name + " has no epoch");
            if (record.first() < 1 || record.first() > record.top() + 1 && record.top() > 0)
                wrong.add("channel " + name + " begins at " + record.first() + " and ends at " + record.top());
            records.put(record.id(), record);
        }

        private void publication(long id, long offset, byte[] bytes) {
            Record record = records.get(id);
            if (record == null) {
                if (!names.containsKey(id)) strayPublications++;
                return;
            }
            if (offset < 1) wrong.add("channel " + names.get(id) + " has a publication " + offset);
            tops.merge(id, offset, Math::max);
            try {
                EntryBytes.read(record.epoch(), offset, bytes);
            } catch (RuntimeException unreadable) {
                wrong.add("publication " + offset + " of channel " + names.get(id) + " can't be read");
            }
        }

        private void key(long id, String key, byte[] value) {
            Record record = records.get(id);
            if (record == null) {
                if (!names.containsKey(id)) strayKeys++;
                return;
            }
            long offset = value.length == 16 ? java.nio.ByteBuffer.wrap(value).getLong() : 0;
            long top = Math.max(record.top(), tops.getOrDefault(id, 0L));
            if (offset < 1 || offset > top)
                wrong.add("an idempotency key of channel " + names.get(id) + " stands for publication " + offset
                        + ", which never was");
        }
    }

    @Override
    public void close() {
        database.close();
    }
}
