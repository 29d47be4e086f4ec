package dev.openline.store.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CopiesTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    Path folder;

    private Path logs;
    private Path copy;
    private Path backups;

    @BeforeEach
    void publish() throws Exception {
        logs = folder.resolve("logs");
        copy = folder.resolve("copies").resolve("monday");
        backups = logs.resolve("backups");
        try (LogsInUse use = new LogsInUse(logs)) {
            use.publish("news", 10);
        }
    }

    private static List<String> names(Path directory) throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Nested
    class The_epochs_of_a_copy {
        private final Set<String> ofNews = new HashSet<>();
        private final Set<String> ofOthers = new HashSet<>();

        private void collect(Path directory) throws Exception {
            try (LogsInUse use = new LogsInUse(directory)) {
                assertThat(use.opened("news").top()).isEqualTo(10);
                ofNews.add(use.opened("news").epoch());
                ofOthers.add(use.opened("other").epoch());
            }
        }

        @Test
        void are_those_of_no_other_copy_and_none_that_the_original_comes_to() throws Exception {
            for (String day : List.of("monday", "tuesday")) DiskStore.backUp(logs, folder.resolve(day), LONG);
            // The same one twice: who restores one keeps another.
            Path again = Files.createDirectory(folder.resolve("again"));
            for (String file : names(folder.resolve("monday")))
                Files.copy(folder.resolve("monday").resolve(file), again.resolve(file));
            collect(logs);
            for (String day : List.of("monday", "tuesday", "again")) collect(folder.resolve(day));
            RawLogs.change(logs, raw -> {
                raw.put("facts", "clean", "no");
                raw.put("facts", "boot", "another");
            });
            collect(logs);
            assertThat(ofNews).hasSize(5);
            assertThat(ofOthers).hasSize(5);
        }

        @Test
        void are_begun_once() throws Exception {
            DiskStore.backUp(logs, copy, LONG);
            for (int start = 0; start < 3; start++) collect(copy);
            assertThat(ofNews).hasSize(1);
            assertThat(ofOthers).hasSize(1);
        }
    }

    @Nested
    class A_copy_of_what_nobody_has {
        @Test
        void is_verified_and_for_its_owner_alone() throws Exception {
            Verification found = DiskStore.backUp(logs, copy, LONG);
            assertThat(found.publications()).isEqualTo(10);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                    .isEqualTo("rwx------");
            assertThat(names(copy.getParent())).containsExactly("monday");
        }

        @Test
        void leaves_the_original_its_epochs() throws Exception {
            String epoch;
            try (LogsInUse use = new LogsInUse(logs)) {
                epoch = use.opened("news").epoch();
            }
            DiskStore.backUp(logs, copy, LONG);
            try (LogsInUse use = new LogsInUse(logs)) {
                assertThat(use.opened("news").epoch()).isEqualTo(epoch);
            }
        }

        @Test
        void is_not_made_of_what_is_damaged_and_nothing_is_left() throws Exception {
            RawLogs.change(
                    logs,
                    raw -> raw.delete(
                            "publications", RawLogs.key(raw.record("news").id(), 5)));
            assertThatThrownBy(() -> DiskStore.backUp(logs, copy, LONG))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith("the copy is damaged, so " + logs + " may be: channel news lacks");
            assertThat(names(copy.getParent())).isEmpty();
        }

        @Test
        void takes_the_place_of_one_that_was_interrupted() throws Exception {
            Files.createDirectories(copy.resolveSibling("monday.unfinished"));
            Files.writeString(copy.resolveSibling("monday.unfinished").resolve("000007.sst"), "half");
            DiskStore.backUp(logs, copy, LONG);
            assertThat(names(copy.getParent())).containsExactly("monday");
        }
    }

    @Nested
    class A_copy_of_what_is_in_use {
        @Test
        void has_what_was_answered_before_and_leaves_nothing_behind() throws Exception {
            try (LogsInUse use = new LogsInUse(logs)) {
                use.publish("news", 90);
                assertThat(DiskStore.backUp(logs, copy, LONG).publications()).isEqualTo(100);
                assertThat(names(backups)).containsExactly("asking");
                assertThat(use.publish("news", 1).top()).isEqualTo(101);
            }
            assertThat(Verification.of(copy).findings()).isEmpty();
        }

        @Test
        void may_be_wanted_on_another_disk() throws Exception {
            Path memory = Path.of("/dev/shm");
            assumeThat(memory).isDirectory();
            assumeThat(Files.getFileStore(memory)).isNotEqualTo(Files.getFileStore(folder));
            Path there = Files.createTempDirectory(memory, "openline");
            try (LogsInUse use = new LogsInUse(logs)) {
                DiskStore.backUp(logs, there.resolve("copy"), LONG);
                assertThat(names(backups)).containsExactly("asking");
                assertThat(names(there)).containsExactly("copy");
                assertThat(Verification.of(there.resolve("copy")).publications())
                        .isEqualTo(10);
            } finally {
                Copies.delete(there);
            }
        }

        @Test
        void clears_away_what_others_left_who_did_not_come_to_the_end() throws Exception {
            Files.createDirectories(backups.resolve("old-answer"));
            Files.writeString(backups.resolve("old-answer").resolve("CURRENT"), "x");
            Files.writeString(backups.resolve("gone.refused"), "x");
            try (LogsInUse use = new LogsInUse(logs)) {
                DiskStore.backUp(logs, copy, LONG);
                assertThat(use.opened("news").top()).isEqualTo(10);
            }
            assertThat(names(backups)).containsExactly("asking");
        }

        @Test
        void is_made_for_one_at_a_time() throws Exception {
            Files.createDirectories(backups);
            try (LogsInUse use = new LogsInUse(logs);
                    FileChannel other = FileChannel.open(
                            backups.resolve("asking"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                other.lock();
                assertThatThrownBy(() -> DiskStore.backUp(logs, copy, LONG))
                        .hasMessage("another backup of " + logs + " is under way");
                assertThat(use.opened("news").top()).isEqualTo(10);
            }
        }

        @Test
        void is_given_up_when_nobody_answers_and_nothing_is_left() throws Exception {
            try (LogsInUse use = new LogsInUse(logs)) {
                assertThatThrownBy(() -> DiskStore.backUp(logs, copy, Duration.ZERO))
                        .hasMessage(
                                "the process that uses " + logs + " has made no copy within 0 s; its log may say why");
                assertThat(names(backups)).containsExactly("asking");
                assertThat(names(copy.getParent())).isEmpty();
                assertThat(use.opened("news").top()).isEqualTo(10);
            }
        }
    }

    @Nested
    class Who_is_asked {
        private Path question;

        @BeforeEach
        void ask() throws IOException {
            Files.createDirectories(backups);
            question = Files.createFile(backups.resolve("a.wanted"));
        }

        @Test
        void says_why_there_is_no_copy_and_does_not_try_again() throws Exception {
            Copies.answer(logs, path -> {
                throw new IOException("no room");
            });
            assertThat(names(backups)).containsExactly("a.refused");
            assertThat(backups.resolve("a.refused")).hasContent("no room");
        }

        @Test
        void keeps_no_copy_that_nobody_waits_for_any_more() throws Exception {
            Copies.answer(logs, path -> {
                Files.createDirectory(path);
                Files.delete(question);
            });
            assertThat(names(backups)).isEmpty();
        }

        @Test
        void makes_one_copy_and_only_where_the_name_is_one() throws Exception {
            Files.createFile(backups.resolve("..wanted"));
            Files.createFile(backups.resolve("..b.wanted"));
            for (int turn = 0; turn < 2; turn++) Copies.answer(logs, Files::createDirectory);
            assertThat(names(backups)).containsExactly("..b.wanted", "..wanted", "a", "a.wanted");
        }

        @Test
        void does_not_follow_a_link_out_of_its_directory() throws Exception {
            Path elsewhere = Files.move(backups, folder.resolve("elsewhere"));
            Files.createSymbolicLink(backups, elsewhere);
            Copies.answer(logs, Files::createDirectory);
            assertThat(names(elsewhere)).containsExactly("a.wanted");
        }
    }
}
