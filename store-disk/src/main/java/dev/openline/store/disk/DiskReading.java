package dev.openline.store.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.Predicate;
import org.rocksdb.RocksDBException;

/**
 * Looks at the logs in a directory and changes nothing, also while a server has it: then as they were when it was opened. For operators; reads all that it is asked
 * about, at the speed of the disk. For one thread.
 */
public final class DiskReading implements AutoCloseable {
    private final Path directory;
    private final Snapshot all;
    private final State state;

    /**
     * What the store says of itself.
     *
     * @param format of what is written there
     * @param durability with which it was opened last
     * @param isInUse whether a process has it open
     * @param closed whether its last end was a clean one; not while it is in use
     * @param life a number for the lives of its logs, which is another one when all of them have begun anew
     */
    public record State(String format, String durability, boolean isInUse, boolean closed, int life) {}

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

    private DiskReading(Path directory, Snapshot all, State state) {
        this.directory = directory;
        this.all = all;
        this.state = state;
    }

    /** @throws IOException with a sentence that says why it can't be read */
    public static DiskReading open(Path directory) throws IOException {
        LogDirectory.require(directory);
        boolean isInUse = LogDirectory.isInUse(directory);
        Snapshot all = Snapshot.of(directory);
        try {
            return new DiskReading(directory, all, Lives.stateOf(all::fact, isInUse));
        } catch (RocksDBException | RuntimeException e) {
            all.close();
            throw DiskStore.cannot(directory + " can't be read", e);
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
            all.each(Database.CHANNELS, (key, value) -> {
                String name = new String(key, StandardCharsets.UTF_8);
                return !wanted.test(name) || visitor.visit(kept(name, Record.of(value)));
            });
        } catch (RocksDBException | RuntimeException e) {
            throw DiskStore.cannot(directory + " can't be read", e);
        }
    }

    private KeptChannel kept(String name, Record record) {
        long[] count = new long[3];
        try {
            all.publications(record.id(), (offset, value) -> {
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
                    all.count(Database.KEYS, record.id()),
                    Instant.ofEpochMilli(record.usedMillis()));
        } catch (RocksDBException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        all.close();
    }
}
