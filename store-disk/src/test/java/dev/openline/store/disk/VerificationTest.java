package dev.openline.store.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.hub.LogStore.Outcome;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VerificationTest {
    @TempDir
    Path folder;

    private Path logs;

    /** Ended cleanly: two channels. */
    @BeforeEach
    void publish() throws Exception {
        logs = folder.resolve("logs");
        try (LogsInUse use = new LogsInUse(logs)) {
            use.publish("news", 100);
            use.publish("chat", 10);
            use.asIfKilled(folder.resolve("killed"));
        }
    }

    private static List<String> findings(Path directory) throws IOException {
        return Verification.of(directory).findings();
    }

    private static Path file(Path directory, String ending) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(ending))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }

    private static void flip(Path file, long at) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer one = ByteBuffer.allocate(1);
            channel.read(one, at);
            one.put(0, (byte) ~one.get(0)).flip();
            channel.write(one, at);
        }
    }

    private static void cut(Path file, long length) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(length);
        }
    }

    @Nested
    class What_is_as_it_should_be {
        @Test
        void is_good_however_it_ended() throws Exception {
            Verification clean = Verification.of(logs);
            assertThat(clean.findings()).isEmpty();
            assertThat(clean.channels()).isEqualTo(2);
            assertThat(clean.publications()).isEqualTo(110);
            assertThat(clean.tables()).isPositive();
            assertThat(findings(folder.resolve("killed"))).isEmpty();
        }

        @Test
        void may_have_been_trimmed_or_overtaken() throws Exception {
            try (LogsInUse use = new LogsInUse(logs)) {
                String epoch = use.opened("news").epoch();
                use.trim("news", 50);
                assertThat(use.append("news", LogsInUse.entry(epoch, 101, List.of(60L, 61L, 99L)))
                                .get())
                        .isEqualTo(Outcome.KEPT);
                use.publish("news", 5);
                use.opened("chat");
                use.trim("chat", 11);
            }
            assertThat(findings(logs)).isEmpty();
        }

        @Test
        void may_have_a_last_write_that_was_cut_short() throws Exception {
            Path killed = folder.resolve("killed");
            Path log = file(killed, ".log");
            cut(log, Files.size(log) - 3);
            assertThat(findings(killed)).isEmpty();
        }
    }

    @Nested
    class What_is_in_use {
        @Test
        void is_refused() throws Exception {
            try (LogsInUse use = new LogsInUse(logs)) {
                assertThatThrownBy(() -> Verification.of(logs))
                        .hasMessageEndingWith("logs is in use by another process");
                assertThat(use.publish("news", 1).top()).isEqualTo(101);
            }
        }
    }

    @Nested
    class A_damaged_file {
        @Test
        void is_named_when_a_byte_of_a_table_is_another() throws Exception {
            Path table = file(logs, ".sst");
            flip(table, 20);
            assertThat(findings(logs))
                    .anySatisfy(finding -> assertThat(finding)
                            .startsWith("the file " + table.getFileName() + " is damaged: ")
                            .contains("mismatch"));
        }

        @Test
        void is_named_when_a_table_is_missing() throws Exception {
            Path table = file(logs, ".sst");
            Files.delete(table);
            assertThat(findings(logs))
                    .anySatisfy(finding ->
                            assertThat(finding).contains(table.getFileName().toString()));
        }

        @Test
        void is_named_when_a_table_is_cut_short() throws Exception {
            Path table = file(logs, ".sst");
            cut(table, Files.size(table) / 2);
            assertThat(findings(logs))
                    .anySatisfy(finding ->
                            assertThat(finding).startsWith("the file " + table.getFileName() + " is damaged: "));
        }

        @Test
        void is_told_when_a_byte_of_the_write_ahead_log_is_another_and_what_stands_before_is_looked_at()
                throws Exception {
            Path killed = folder.resolve("killed");
            Path log = file(killed, ".log");
            flip(log, Files.size(log) / 2);
            Verification found = Verification.of(killed);
            assertThat(found.findings()).singleElement().asString().startsWith("the write-ahead log is damaged, ");
        }

        @Test
        void is_told_when_the_write_ahead_log_is_missing() throws Exception {
            Path killed = folder.resolve("killed");
            Files.delete(file(killed, ".log"));
            assertThat(findings(killed)).contains("there is no write-ahead log: what was written last may be missing");
        }

        @Test
        void is_told_when_it_is_the_list_of_tables() throws Exception {
            try (Stream<Path> files = Files.list(logs)) {
                flip(
                        files.filter(file -> file.getFileName().toString().startsWith("MANIFEST"))
                                .findFirst()
                                .orElseThrow(),
                        30);
            }
            assertThat(findings(logs)).anySatisfy(finding -> assertThat(finding).contains("is damaged"));
        }

        @Test
        void is_named_when_it_is_the_one_that_names_the_others() throws Exception {
            Files.delete(logs.resolve("CURRENT"));
            assertThat(findings(logs))
                    .containsExactly("the file CURRENT is missing, without which nothing can be opened");
        }
    }

    @Nested
    class Entries_that_contradict_each_other {
        private long id;

        private List<String> after(RawLogs.Change change) throws Exception {
            RawLogs.change(logs, raw -> {
                id = raw.record("news").id();
                change.in(raw);
            });
            return findings(logs);
        }

        @Test
        void a_hole() throws Exception {
            assertThat(after(raw -> {
                        raw.delete("publications", RawLogs.key(id, 7));
                        raw.delete("publications", RawLogs.key(id, 8));
                    }))
                    .containsExactly("channel news lacks publications between 7 and 8");
        }

        @Test
        void a_beginning_that_is_missing() throws Exception {
            assertThat(after(raw -> raw.delete("publications", RawLogs.key(id, 1))))
                    .containsExactly("channel news lacks publications between 1 and 1");
        }

        @Test
        void an_end_that_is_missing() throws Exception {
            assertThat(after(raw -> {
                        raw.put("news", raw.record("news").reaching(100));
                        raw.delete("publications", RawLogs.key(id, 100));
                    }))
                    .contains("channel news came to 100 and has nothing after 99");
        }

        @Test
        void a_publication_before_the_beginning() throws Exception {
            assertThat(after(raw -> raw.put("news", raw.record("news").from(2))))
                    .containsExactly("channel news begins at 2 and has publication 1");
        }

        @Test
        void a_publication_that_can_not_be_read() throws Exception {
            assertThat(after(raw -> raw.put("publications", RawLogs.key(id, 100), new byte[] {1, 31, 0})))
                    .containsExactly("publication 100 of channel news can't be read");
        }

        @Test
        void a_publication_whose_sizes_are_more_than_there_is() throws Exception {
            byte[] giant = ByteBuffer.allocate(14)
                    .put((byte) 1)
                    .put((byte) 1)
                    .putLong(0)
                    .putInt(Integer.MAX_VALUE)
                    .array();
            assertThat(after(raw -> raw.put("publications", RawLogs.key(id, 100), giant)))
                    .containsExactly("publication 100 of channel news can't be read");
        }

        @Test
        void publications_of_nobody() throws Exception {
            assertThat(after(raw -> {
                        raw.put("publications", RawLogs.key(77, 1), new byte[10]);
                        raw.put("publications", RawLogs.key(77, 2), new byte[10]);
                    }))
                    .containsExactly("there are publications of a channel that there is not, number 77");
        }

        @Test
        void a_publication_without_a_place() throws Exception {
            assertThat(after(raw -> raw.put("publications", "x", "")))
                    .containsExactly("there is a publication of which nobody can say where it belongs");
        }

        @Test
        void a_key_of_a_publication_that_never_was() throws Exception {
            byte[] value = RawLogs.key(101, 0);
            assertThat(after(raw -> raw.put("keys", RawLogs.key(id, 5), value)))
                    .containsExactly("channel news has an idempotency key for publication 101, which never was");
        }

        @Test
        void a_key_of_nobody_and_one_that_can_not_be_read() throws Exception {
            assertThat(after(raw -> {
                        raw.put("keys", RawLogs.key(78, 5), RawLogs.key(1, 0));
                        raw.put("keys", RawLogs.key(id, 6), new byte[3]);
                    }))
                    .containsExactlyInAnyOrder(
                            "there are idempotency keys of a channel that there is not, number 78",
                            "there is an idempotency key that can't be read");
        }

        @Test
        void a_record_that_can_not_be_read_and_one_that_contradicts_itself() throws Exception {
            assertThat(after(raw -> {
                        raw.put("channels", "odd\n", "?");
                        raw.put("no", new Record(50, "", 1, 9, 3, 0, null));
                    }))
                    .contains(
                            "the record of channel odd? can't be read",
                            "channel no begins at 9 and ends at 3",
                            "channel no has no epoch",
                            "channel no has a number that was never given out, 50");
        }

        @Test
        void a_number_that_two_channels_have() throws Exception {
            assertThat(after(raw -> raw.put("other", raw.record("news"))))
                    .containsExactly("channels news and other have the same number, " + id);
        }

        @Test
        void a_revocation_that_can_not_be_read() throws Exception {
            assertThat(after(raw -> raw.put("revocations", "x", "")))
                    .containsExactly("there is a revocation that can't be read");
        }

        @Test
        void facts_that_are_no_facts() throws Exception {
            assertThat(after(raw -> {
                        raw.put("facts", "life", "long");
                        raw.delete("facts", "next id".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                        raw.delete("facts", "store".getBytes(java.nio.charset.StandardCharsets.UTF_8));
                    }))
                    .containsExactlyInAnyOrder(
                            "the store does not know its own name",
                            "the store's 'life' is no number",
                            "the store's 'next id' is missing");
        }
    }
}
