package dev.openline.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.LogEntry;
import dev.openline.hub.LogStore.Outcome;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SnapshotTest {
    /** More than one write buffer, so that tables are made and parts of the write-ahead log are taken away meanwhile. */
    private static final int PUBLICATIONS = Integer.getInteger("openline.snapshots", 6_000);

    private static final int BYTES = 32 << 10;

    @TempDir
    Path folder;

    @Test
    void is_whole_whatever_is_written_meanwhile_and_has_all_that_was_answered_before() throws Exception {
        Path logs = folder.resolve("logs");
        AtomicLong answered = new AtomicLong();
        AtomicBoolean isOver = new AtomicBoolean();
        AtomicReference<@Nullable Throwable> fault = new AtomicReference<>();
        long seed = System.nanoTime();
        try (LogsInUse use = new LogsInUse(logs)) {
            Thread writer = new Thread(() -> {
                try {
                    write(use, new Random(seed), answered);
                } catch (Exception | AssertionError e) {
                    fault.set(e);
                } finally {
                    isOver.set(true);
                }
            });
            writer.start();
            int snapshots = 0;
            while (!isOver.get()) {
                long before = answered.get();
                assertThat(findings(logs))
                        .as("seed %d, snapshot %d", seed, snapshots)
                        .isEmpty();
                try (Snapshot all = Snapshot.of(logs)) {
                    assertThat(top(all)).isGreaterThanOrEqualTo(before);
                }
                snapshots++;
            }
            writer.join();
            assertThat(fault.get()).isNull();
            assertThat(snapshots).isPositive();
        }
    }

    private static List<String> findings(Path logs) throws Exception {
        Findings findings = new Findings();
        try (Snapshot all = Snapshot.of(logs)) {
            new Invariants(findings).check(all);
        }
        return findings.of(0, 0, 0).findings();
    }

    private static long top(Snapshot all) throws Exception {
        long[] top = new long[1];
        all.each(Database.CHANNELS, (key, value) -> {
            try {
                all.publications(Record.of(value).id(), (offset, entry) -> {
                    top[0] = offset;
                    return true;
                });
            } catch (org.rocksdb.RocksDBException e) {
                throw new AssertionError(e);
            }
            return true;
        });
        return top[0];
    }

    /** What is older than some hundred publications is given up, so that there is something to compact. */
    private static void write(LogsInUse use, Random chance, AtomicLong answered) throws Exception {
        String epoch = use.opened("news").epoch();
        for (long offset = 1; offset <= PUBLICATIONS; offset++) {
            byte[] bytes = new byte[BYTES];
            chance.nextBytes(bytes);
            var said = new Publication(offset, Payload.wrap(bytes), null, Map.of());
            var entry = new LogEntry(epoch, said, LogsInUse.NOW, "key " + offset, null, List.of());
            assertThat(use.append("news", entry).get()).isEqualTo(Outcome.KEPT);
            answered.set(offset);
            if (offset % 200 == 0) use.trim("news", Math.max(1, offset - 400));
        }
    }

    @Test
    void changes_nothing() throws Exception {
        Path killed;
        try (LogsInUse use = new LogsInUse(folder.resolve("logs"))) {
            use.publish("news", 10);
            killed = use.asIfKilled(folder.resolve("killed"));
        }
        Set<String> before = files(killed);
        assertThat(LogDirectory.isInUse(killed)).isFalse();
        assertThat(findings(killed)).isEmpty();
        assertThat(files(killed)).isEqualTo(before);
    }

    private static Set<String> files(Path directory) throws Exception {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName() + " " + file.toFile().length() + " "
                            + file.toFile().lastModified())
                    .collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
