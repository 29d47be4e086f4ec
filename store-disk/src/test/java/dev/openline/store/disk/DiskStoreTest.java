package dev.openline.store.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.openline.hub.LogEntry;
import dev.openline.hub.LogStore;
import dev.openline.hub.LogStore.Outcome;
import dev.openline.hub.PublishRequest.Version;
import dev.openline.hub.StoredLog;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.tokens.Revocation;
import dev.openline.tokens.Revocations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskStoreTest {
    private static final long NOW = 1_800_000_000_000L;

    @TempDir
    Path folder;

    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private DiskStore disk;
    private LogStore store;

    @BeforeEach
    void openIt() throws IOException {
        open(DiskOptions.in(folder.resolve("logs")));
    }

    private void open(DiskOptions options) throws IOException {
        disk = DiskStore.open(options);
        store = disk.onLoop(loop, () -> NOW);
    }

    @AfterEach
    void closeIt() {
        disk.close();
        loop.shutdownNow();
    }

    private void reopen() throws IOException {
        disk.close();
        open(DiskOptions.in(folder.resolve("logs")));
    }

    private static <T> T await(CompletableFuture<T> future) throws Exception {
        return future.get(30, TimeUnit.SECONDS);
    }

    private @Nullable StoredLog opened(String channel) throws Exception {
        CompletableFuture<@Nullable StoredLog> opened = new CompletableFuture<>();
        store.open(channel, 1_000, (stored, now) -> opened.complete(stored));
        return await(opened);
    }

    private CompletableFuture<Outcome> append(String channel, LogEntry entry) {
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        store.append(channel, entry, (kept, now) -> outcome.complete(kept));
        return outcome;
    }

    private void appendMany(String channel, String epoch, long from, long to) throws Exception {
        List<CompletableFuture<Outcome>> all = new ArrayList<>();
        for (long offset = from; offset <= to; offset++) all.add(append(channel, entry(epoch, offset)));
        for (CompletableFuture<Outcome> one : all) assertThat(await(one)).isEqualTo(Outcome.KEPT);
    }

    private static LogEntry entry(String epoch, long offset) {
        return entry(epoch, offset, NOW, null);
    }

    private static LogEntry entry(String epoch, long offset, long time, @Nullable String key) {
        var publication = new Publication(offset, Payload.of("\"" + offset + "\""), null, Map.of());
        return new LogEntry(epoch, publication, time, key, null, List.of());
    }

    private List<Long> read(String channel, long from, int limit) throws Exception {
        CompletableFuture<@Nullable List<LogEntry>> read = new CompletableFuture<>();
        store.read(channel, from, limit, (entries, now) -> read.complete(entries));
        return offsets(await(read));
    }

    private static List<Long> offsets(List<LogEntry> entries) {
        return entries.stream().map(LogEntry::offset).toList();
    }

    private static List<Long> range(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Nested
    class What_was_kept {
        @Test
        void is_there_after_a_restart_to_the_last_member() throws Exception {
            String epoch = opened("room:ä").epoch();
            var who = new ClientInfo("42", "c", Payload.of("{\"a\":1}"), Payload.of("2"));
            var publication = new Publication(1, Payload.wrap(new byte[] {0, -1, 7}), who, Map.of("k", "v", "ü", ""));
            var whole = new LogEntry(epoch, publication, NOW, "key", new Version(9, "ve"), List.of());
            assertThat(await(append("room:ä", whole))).isEqualTo(Outcome.KEPT);
            appendMany("room:ä", epoch, 2, 3);
            reopen();

            StoredLog log = opened("room:ä");
            assertThat(log.epoch()).isEqualTo(epoch);
            assertThat(log.top()).isEqualTo(3);
            assertThat(log.first()).isEqualTo(1);
            assertThat(log.version()).isEqualTo(new Version(9, "ve"));
            assertThat(log.keys()).containsExactly(new StoredLog.Key("key", 1, NOW));
            LogEntry back = log.tail().get(0);
            assertThat(back.publication()).isEqualTo(publication);
            assertThat(back.timeMillis()).isEqualTo(NOW);
            assertThat(offsets(log.tail())).containsExactly(1L, 2L, 3L);
        }

        @Test
        void is_read_from_any_offset_on() throws Exception {
            String epoch = opened("a").epoch();
            String other = opened("b").epoch();
            appendMany("a", epoch, 1, 700);
            appendMany("b", other, 1, 5);
            assertThat(read("a", 1, 256)).isEqualTo(range(1, 256));
            assertThat(read("a", 513, 256)).isEqualTo(range(513, 700));
            assertThat(read("b", 3, 100)).isEqualTo(range(3, 5));
            assertThat(read("a", 701, 10)).isEmpty();
        }

        @Test
        void is_answered_in_the_order_in_which_it_was_handed_in() throws Exception {
            String epoch = opened("a").epoch();
            List<Long> answered = new ArrayList<>();
            CompletableFuture<Void> last = new CompletableFuture<>();
            for (long offset = 1; offset <= 5_000; offset++) {
                long mine = offset;
                store.append("a", entry(epoch, offset), (outcome, now) -> {
                    answered.add(mine);
                    if (mine == 5_000) last.complete(null);
                });
            }
            await(last);
            assertThat(answered).isEqualTo(range(1, 5_000));
            assertThat(disk.statistics().publications()).isEqualTo(5_000);
            assertThat(disk.statistics().commits()).isLessThan(5_000);
        }

        @Test
        void without_what_was_overtaken() throws Exception {
            String epoch = opened("a").epoch();
            appendMany("a", epoch, 1, 2);
            var third = new LogEntry(
                    epoch, new Publication(3, Payload.of("3"), null, Map.of()), NOW, null, null, List.of(1L));
            assertThat(await(append("a", third))).isEqualTo(Outcome.KEPT);
            assertThat(offsets(opened("a").tail())).containsExactly(2L, 3L);
        }
    }

    @Nested
    class A_log_that_is_trimmed {
        @Test
        void keeps_its_top_although_nothing_is_left() throws Exception {
            String epoch = opened("a").epoch();
            appendMany("a", epoch, 1, 10);
            CompletableFuture<Outcome> trimmed = new CompletableFuture<>();
            store.trim("a", 11, (outcome, now) -> trimmed.complete(outcome));
            assertThat(await(trimmed)).isEqualTo(Outcome.KEPT);
            assertThat(read("a", 1, 100)).isEmpty();
            reopen();
            StoredLog log = opened("a");
            assertThat(log.top()).isEqualTo(10);
            assertThat(log.first()).isEqualTo(11);
            assertThat(log.tail()).isEmpty();
            appendMany("a", log.epoch(), 11, 11);
            assertThat(opened("a").top()).isEqualTo(11);
        }
    }

    @Nested
    class An_epoch {
        @Test
        void of_a_channel_that_was_never_published_to_is_the_same_after_a_restart() throws Exception {
            String epoch = opened("quiet").epoch();
            assertThat(epoch).hasSize(8).doesNotContain(":");
            reopen();
            assertThat(opened("quiet").epoch()).isEqualTo(epoch);
            assertThat(opened("other").epoch()).isEqualTo(epoch);
        }

        @Test
        void is_never_given_to_a_channel_again_that_was_forgotten() throws Exception {
            String epoch = opened("a").epoch();
            appendMany("a", epoch, 1, 3);
            assertThat(opened("b").epoch()).isEqualTo(epoch);
            assertThat(await(append("b", entry(epoch, 1)))).isEqualTo(Outcome.KEPT);
            disk.close();
            Retention day = new Retention(Duration.ofDays(1), Duration.ofDays(1));
            open(DiskOptions.in(folder.resolve("logs"))
                    .retention(channel -> channel.equals("b") ? day : null)
                    .clock(() -> NOW + Duration.ofDays(2).toMillis()));
            await(disk.sweep());
            assertThat(opened("b").epoch()).isNotEqualTo(epoch);
            assertThat(opened("b").top()).isZero();
            assertThat(opened("a").epoch()).isEqualTo(epoch);
            assertThat(opened("a").top()).isEqualTo(3);
        }
    }

    @Nested
    class What_is_too_old {
        @Test
        void goes_from_channels_that_nobody_has_open_and_their_positions_stay() throws Exception {
            String epoch = opened("a").epoch();
            for (long offset = 1; offset <= 4; offset++) {
                long time = NOW + Duration.ofHours(offset).toMillis();
                assertThat(await(append("a", entry(epoch, offset, time, "k" + offset))))
                        .isEqualTo(Outcome.KEPT);
            }
            disk.close();
            Retention hours = new Retention(Duration.ofHours(2), Duration.ofDays(9));
            open(DiskOptions.in(folder.resolve("logs"))
                    .retention(channel -> hours)
                    .clock(() -> NOW + Duration.ofHours(5).toMillis()));
            await(disk.sweep());
            StoredLog log = opened("a");
            assertThat(log.first()).isEqualTo(4);
            assertThat(offsets(log.tail())).containsExactly(4L);
            assertThat(log.top()).isEqualTo(4);
            assertThat(log.epoch()).isEqualTo(epoch);
            // Open now: it is its shard's to trim.
            await(disk.sweep());
            assertThat(offsets(opened("a").tail())).containsExactly(4L);
        }
    }

    @Nested
    class A_directory {
        @Test
        void is_used_by_one_store_at_a_time() {
            assertThatThrownBy(() -> DiskStore.open(DiskOptions.in(folder.resolve("logs"))))
                    .isInstanceOf(IOException.class)
                    .hasMessageEndingWith("logs is in use by another process");
        }

        @Test
        void is_copied_while_it_is_in_use_and_the_copy_begins_a_new_life() throws Exception {
            String epoch = opened("a").epoch();
            appendMany("a", epoch, 1, 50);
            Path copy = folder.resolve("copy");
            disk.backUp(copy);
            appendMany("a", epoch, 51, 60);
            disk.close();
            open(DiskOptions.in(copy));
            StoredLog log = opened("a");
            assertThat(log.top()).isEqualTo(50);
            assertThat(offsets(log.tail())).isEqualTo(range(1, 50));
            assertThat(log.epoch()).isNotEqualTo(epoch);
            appendMany("a", log.epoch(), 51, 51);
            disk.close();
            open(DiskOptions.in(copy));
            assertThat(opened("a").epoch()).isEqualTo(log.epoch());
        }

        @Test
        void is_for_its_owner_alone() throws Exception {
            assertThat(Files.getPosixFilePermissions(folder.resolve("logs"))).hasSize(3);
        }
    }

    /** On a file system of its own, which is small. */
    @Nested
    class A_full_disk {
        private Path small;

        @BeforeEach
        void mount() throws Exception {
            small = Files.createDirectory(folder.resolve("small"));
            Process mount = new ProcessBuilder("mount", "-t", "tmpfs", "-o", "size=24m", "none", small.toString())
                    .redirectErrorStream(true)
                    .start();
            assumeThat(mount.waitFor())
                    .as("a file system can be mounted here, which only root may")
                    .isZero();
            disk.close();
            open(DiskOptions.in(small.resolve("logs")).durability(Durability.OS));
        }

        @AfterEach
        void unmount() throws Exception {
            disk.close();
            new ProcessBuilder("umount", "-l", small.toString()).start().waitFor();
        }

        @Test
        void refuses_what_it_can_not_keep_and_goes_on_when_there_is_room_again() throws Exception {
            String epoch = opened("a").epoch();
            appendMany("a", epoch, 1, 10);
            Files.write(small.resolve("ballast"), new byte[8 << 20]);
            Payload large = Payload.of("\"" + "x".repeat(1 << 20) + "\"");
            long offset = 11;
            Outcome outcome = Outcome.KEPT;
            while (outcome == Outcome.KEPT && offset < 60) {
                var said = new Publication(offset, large, null, Map.of());
                outcome = await(append("a", new LogEntry(epoch, said, NOW, "key" + offset, null, List.of())));
                if (outcome == Outcome.KEPT) offset++;
            }
            assertThat(outcome).isEqualTo(Outcome.FAILED);
            // What was handed in behind it fails too: a log has no holes.
            assertThat(await(append("a", entry(epoch, offset + 1)))).isEqualTo(Outcome.FAILED);
            Files.delete(small.resolve("ballast"));

            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
            do {
                outcome = await(append("a", entry(epoch, offset)));
            } while (outcome == Outcome.FAILED && System.nanoTime() < end);
            assertThat(outcome).isEqualTo(Outcome.KEPT);
            disk.close();
            open(DiskOptions.in(small.resolve("logs")));
            StoredLog log = opened("a");
            assertThat(log.top()).isEqualTo(offset);
            assertThat(offsets(log.tail())).isEqualTo(range(1, offset));
            assertThat(log.keys()).extracting(StoredLog.Key::key).doesNotContain("key" + offset);
        }
    }

    @Nested
    class Revoked_tokens {
        private static final Instant WEEK = Instant.ofEpochMilli(NOW).plus(Duration.ofDays(7));

        private Revocations revocations() {
            return Revocations.over(disk.revocations(), 100, Instant.ofEpochMilli(NOW));
        }

        private Revocations revoked(Revocation... all) throws Exception {
            Revocations revocations = revocations();
            for (Revocation one : all)
                assertThat(await(revocations
                                .revoke(one, Instant.ofEpochMilli(NOW))
                                .toCompletableFuture()))
                        .isEqualTo(Revocations.Outcome.KEPT);
            return revocations;
        }

        @Test
        void are_revoked_after_a_restart_and_what_was_revoked_twice_is_there_once() throws Exception {
            Instant time = Instant.ofEpochMilli(NOW);
            Revocations before = revoked(
                    new Revocation.OfUser("ü", time, WEEK),
                    new Revocation.OfUser("ü", time.plusSeconds(5), time.plusSeconds(9)),
                    new Revocation.OfUser("", time, Instant.MAX),
                    new Revocation.OfToken("t", WEEK),
                    new Revocation.OfAll(time.minusSeconds(60), WEEK));
            List<Revocation> all = before.snapshot(time);
            reopen();
            assertThat(revocations().snapshot(time))
                    .hasSize(4)
                    .filteredOn(one -> one.until().equals(WEEK))
                    .containsExactlyInAnyOrderElementsOf(
                            all.stream().filter(one -> one.until().equals(WEEK)).toList());
            assertThat(revocations().isRevoked("", null, 0L, WEEK.plusSeconds(1)))
                    .isTrue();
        }

        @Test
        void are_forgotten_when_they_are_over() throws Exception {
            Revocations before = revoked(
                    new Revocation.OfToken("short", Instant.ofEpochMilli(NOW + 2_000)),
                    new Revocation.OfToken("long", WEEK));
            before.expire(Instant.ofEpochMilli(NOW + 3_000));
            reopen();
            List<Revocation> kept = new ArrayList<>();
            disk.revocations().replay(kept::add);
            assertThat(kept).containsExactly(new Revocation.OfToken("long", WEEK));
        }
    }

    @Nested
    class More_than_there_may_be {
        private final AtomicLong time = new AtomicLong(NOW);
        private final Random chance = new Random(4711);

        /** What compresses badly. */
        private Payload large() {
            byte[] bytes = new byte[32 << 10];
            chance.nextBytes(bytes);
            return Payload.wrap(bytes);
        }

        private void appendLarge(String channel, String epoch, long offset) throws Exception {
            var said = new Publication(offset, large(), null, Map.of());
            assertThat(await(append(
                            channel,
                            new LogEntry(epoch, said, time.addAndGet(1_000), "key" + offset, null, List.of()))))
                    .isEqualTo(Outcome.KEPT);
        }

        private StoredLog whole(String channel) throws Exception {
            CompletableFuture<@Nullable StoredLog> opened = new CompletableFuture<>();
            store.open(channel, 100_000, (stored, now) -> opened.complete(stored));
            return await(opened);
        }

        @Test
        void makes_the_oldest_of_all_channels_give_way_whether_they_are_in_use_or_not() throws Exception {
            disk.close();
            open(DiskOptions.in(folder.resolve("logs"))
                    .maxBytes(DiskOptions.LEAST_BYTES)
                    .clock(time::get));
            String used = opened("used").epoch();
            String unused = opened("unused").epoch();
            for (long offset = 1; offset <= 3_000; offset++) {
                appendLarge("used", used, offset);
                appendLarge("unused", unused, offset);
            }
            store.release("unused");
            Path directory = folder.resolve("logs");
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
            assertThat(tables(directory)).isGreaterThan(DiskOptions.LEAST_BYTES);
            while (tables(directory) > DiskOptions.LEAST_BYTES && System.nanoTime() < end) await(disk.sweep());
            assertThat(tables(directory)).isLessThan(DiskOptions.LEAST_BYTES);

            assertThat(read("used", 3_000, 1)).containsExactly(3_000L);
            assertThat(read("used", 1, 10)).isEmpty();
            appendLarge("used", used, 3_001);
            for (String channel : List.of("used", "unused")) {
                reopen();
                StoredLog log = whole(channel);
                assertThat(log.epoch()).isEqualTo(channel.equals("used") ? used : unused);
                assertThat(log.top()).isEqualTo(channel.equals("used") ? 3_001 : 3_000);
                assertThat(log.first()).isBetween(2L, 2_900L);
                assertThat(offsets(log.tail())).isEqualTo(range(log.first(), log.top()));
            }
        }

        private static long tables(Path directory) throws IOException {
            try (Stream<Path> files = Files.list(directory)) {
                return files.filter(file -> file.toString().endsWith(".sst"))
                        .mapToLong(file -> file.toFile().length())
                        .sum();
            }
        }
    }
}
