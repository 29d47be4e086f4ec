package dev.openline.store.disk;

import dev.openline.hub.LogEntry;
import dev.openline.hub.LogStore;
import dev.openline.hub.StoredLog;
import dev.openline.tokens.RevocationJournal;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs of a server's channels in a directory. One thread writes, everything that came while it wrote the last time at once; two others read.
 * Event loops never wait for any of them.
 *
 * <p>After the process was killed, everything that was answered is there: publications with their offsets, idempotency keys and versions, in the
 * same epochs. With {@link Durability#OS} a power cut may take the newest of it; then every log begins a new life, with what there is.
 *
 * <p>While the disk is full, or fails otherwise, appends are refused; once a second it is tried again, and goes on by itself.
 */
public final class DiskStore implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(DiskStore.class);

    private final Writer writer;

    private DiskStore(Writer writer) {
        this.writer = writer;
    }

    /**
     * Opens a directory, and makes it if it isn't there.
     *
     * @throws IOException with a sentence that says why it can't be used: another process has it, or it was written by a newer version
     */
    public static DiskStore open(DiskOptions options) throws IOException {
        DiskStore store = new DiskStore(Writer.start(options));
        log.info(
                "keeping logs in {}, answered publishes survive {}",
                options.directory(),
                options.durability() == Durability.FSYNC ? "power cuts" : "the process");
        return store;
    }

    /**
     * The logs as one shard of the server sees them.
     *
     * @param loop carries out tasks in the order in which they came
     */
    public LogStore onLoop(Executor loop, LongSupplier clockMillis) {
        return new View(loop, clockMillis);
    }

    /** Where revocations of tokens are kept: for {@link dev.openline.tokens.Revocations#over}. */
    public RevocationJournal revocations() {
        return new KeptRevocations(writer);
    }

    /** What has been done since it was opened. */
    public Statistics statistics() {
        return writer.statistics();
    }

    /**
     * Copies all of it into a directory that isn't there yet, while it is in use. Files that don't change are linked, not copied, where that directory is
     * on the same disk. Who opens the copy begins a new life of every log: its clients may have seen more than is in it.
     *
     * <p>The same is done within a second or two for whoever puts a file {@code backups/NAME.wanted} into the directory: the copy is {@code backups/NAME} then, or
     * {@code backups/NAME.refused} says why there is none.
     *
     * @throws IOException with a sentence that says why it can't be done
     */
    public void backUp(Path to) throws IOException {
        writer.backUp(to);
    }

    /** Looks for what is too old now, and not when it is time. */
    CompletableFuture<Void> sweep() {
        CompletableFuture<Void> done = new CompletableFuture<>();
        writer.sweepNow(() -> done.complete(null));
        return done;
    }

    /** Writes what was handed in and ends. What is asked afterwards is not answered. */
    @Override
    public void close() {
        writer.close();
    }

    /**
     * What a store has done.
     *
     * @param commits writes, each of everything that had come
     * @param publications that were kept
     * @param failures publications that were refused because the disk could not take them
     * @param waiting what waits for the next write now
     */
    public record Statistics(long commits, long publications, long failures, int waiting) {}

    private final class View implements LogStore, Writer.Home {
        private final Executor loop;
        private final LongSupplier clock;

        View(Executor loop, LongSupplier clock) {
            this.loop = loop;
            this.clock = clock;
        }

        @Override
        public void onLoop(Runnable task) {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException ended) {
                log.trace("a loop that has ended hears no answers", ended);
            }
        }

        @Override
        public void open(String channel, int tail, Answer<@Nullable StoredLog> answer) {
            writer.open(
                    channel, tail, clock.getAsLong(), stored -> onLoop(() -> answer.take(stored, clock.getAsLong())));
        }

        @Override
        public void append(String channel, LogEntry entry, Answer<Outcome> answer) {
            writer.add(new Writer.Append(channel, entry, this, outcome -> answer.take(outcome, clock.getAsLong())));
        }

        @Override
        public void read(String channel, long from, int limit, Answer<@Nullable List<LogEntry>> answer) {
            writer.read(channel, from, limit, entries -> onLoop(() -> answer.take(entries, clock.getAsLong())));
        }

        @Override
        public void trim(String channel, long first, Answer<Outcome> answer) {
            writer.add(new Writer.Trim(channel, first, this, outcome -> answer.take(outcome, clock.getAsLong())));
        }

        @Override
        public void release(String channel) {
            writer.add(new Writer.Release(channel, clock.getAsLong()));
        }
    }

    /**
     * Copies the logs in a directory, whether a server has it or not, and verifies the copy. Of a server's the copy is made by that server, inside its directory,
     * and then moved.
     *
     * @param to a directory that isn't there yet
     * @param patience how long to wait for a server
     * @return what was found in the copy, which is good
     * @throws IOException with a sentence that says why it can't be done; nothing is left of it then
     */
    public static Verification backUp(Path directory, Path to, Duration patience) throws IOException {
        return Copies.of(directory, to, patience);
    }

    static IOException cannot(String what, Exception cause) {
        return new IOException(what + ": " + cause.getMessage(), cause);
    }
}
