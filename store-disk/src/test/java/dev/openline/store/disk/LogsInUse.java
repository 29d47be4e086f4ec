package dev.openline.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.LogEntry;
import dev.openline.hub.LogStore;
import dev.openline.hub.LogStore.Outcome;
import dev.openline.hub.StoredLog;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A directory of logs that this process has open, and one shard that publishes. */
final class LogsInUse implements AutoCloseable {
    static final long NOW = 1_800_000_000_000L;

    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final Path directory;
    private final DiskStore disk;
    private final LogStore store;

    LogsInUse(Path directory) throws IOException {
        this.directory = directory;
        disk = DiskStore.open(DiskOptions.in(directory));
        store = disk.onLoop(loop, () -> NOW);
    }

    DiskStore disk() {
        return disk;
    }

    StoredLog opened(String channel) throws Exception {
        CompletableFuture<@Nullable StoredLog> opened = new CompletableFuture<>();
        store.open(channel, 1_000, (stored, now) -> opened.complete(stored));
        StoredLog log = opened.get(30, TimeUnit.SECONDS);
        assertThat(log).isNotNull();
        return log;
    }

    /** Publishes so many more, each with a key; answers the position of the last as epoch and offset. */
    StoredLog publish(String channel, int more) throws Exception {
        StoredLog log = opened(channel);
        List<CompletableFuture<Outcome>> all = new ArrayList<>();
        for (long offset = log.top() + 1; offset <= log.top() + more; offset++)
            all.add(append(channel, entry(log.epoch(), offset)));
        for (CompletableFuture<Outcome> one : all)
            assertThat(one.get(30, TimeUnit.SECONDS)).isEqualTo(Outcome.KEPT);
        return opened(channel);
    }

    static LogEntry entry(String epoch, long offset) {
        return entry(epoch, offset, List.of());
    }

    static LogEntry entry(String epoch, long offset, List<Long> overtaken) {
        var publication = new Publication(offset, Payload.of("\"secret " + offset + "\""), null, Map.of());
        return new LogEntry(epoch, publication, NOW + offset, "key " + offset, null, overtaken);
    }

    CompletableFuture<Outcome> append(String channel, LogEntry entry) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        store.append(channel, entry, (kept, now) -> outcome.complete(kept));
        return outcome;
    }

    void trim(String channel, long first) throws Exception {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        store.trim(channel, first, (kept, now) -> outcome.complete(kept));
        assertThat(outcome.get(30, TimeUnit.SECONDS)).isEqualTo(Outcome.KEPT);
    }

    /** As if the process had been killed now: what is in its files is all there is. Nothing must be under way. */
    Path asIfKilled(Path to) throws IOException {
        Files.createDirectories(to);
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) Files.copy(file, to.resolve(file.getFileName()));
        }
        return to;
    }

    @Override
    public void close() {
        disk.close();
        loop.shutdownNow();
    }
}
