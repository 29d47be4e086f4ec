package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.StreamPosition;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators do with the logs of a server. */
class KeptLogsTest {
    private static final String SECRET = "s3cret";

    @TempDir
    Path folder;

    private Path data;
    private StreamPosition news;

    @BeforeEach
    void publish() throws Exception {
        data = folder.resolve("data");
        serving(data, server -> {
            for (int i = 0; i < 20; i++) news = publish(server, "news");
            publish(server, "chat:a");
        });
    }

    private interface Use {
        void with(OpenlineServer server) throws Exception;
    }

    private static void serving(Path directory, Use use) throws Exception {
        ServeCommand command = CommandRun.parsed(
                "serve", "--port", "0", "--insecure", "--data", directory.toString(), "--namespace", "chat=every");
        OpenlineServer server = command.open();
        try {
            use.with(server);
        } finally {
            command.close(server);
        }
    }

    private static StreamPosition publish(OpenlineServer server, String channel) throws Exception {
        return server.publish(channel, "\"" + SECRET.repeat(20) + "\"")
                .get(20, TimeUnit.SECONDS)
                .orElseThrow();
    }

    private CommandRun inspected(Path directory, String... more) {
        return CommandRun.of(Stream.concat(Stream.of("inspect", directory.toString()), Stream.of(more))
                .toArray(String[]::new));
    }

    @Nested
    class Inspect {
        @Test
        void shows_channels_and_sums_and_no_payloads() {
            CommandRun run = inspected(data);
            assertThat(run.exitCode()).isEqualTo(Main.OK);
            assertThat(run.out().lines().filter(line -> line.startsWith("news ")))
                    .singleElement()
                    .satisfies(line -> assertThat(line.split(" +")).startsWith("news", news.epoch(), "1", "20", "20"));
            assertThat(run.out())
                    .contains("2 channels, 21 publications", "closed cleanly")
                    .doesNotContain(SECRET);
        }

        @Test
        void shows_what_was_asked_for_in_JSON_too() {
            CommandRun run = inspected(data, "--prefix", "chat:", "--json");
            assertThat(run.out().lines().toList()).hasSize(2);
            assertThat(run.out())
                    .contains("{\"channel\":\"chat:a\",\"epoch\":\"", "\"top\":1,\"publications\":1,")
                    .contains("{\"channels\":1,\"publications\":1,")
                    .doesNotContain("news");
            assertThat(inspected(data, "--channel", "news", "--most", "0").out())
                    .contains("1 channel, 20 publications");
            assertThat(inspected(data, "--most", "1").out()).contains("… and 1 more", "2 channels");
        }

        @Test
        void works_beside_a_server() throws Exception {
            serving(data, server -> {
                publish(server, "news");
                assertThat(inspected(data).out()).contains("22 publications", ", in use");
            });
        }

        @Test
        void refuses_what_holds_no_logs_in_one_sentence() {
            for (String command : List.of("inspect", "verify")) {
                CommandRun run = CommandRun.of(command, folder.toString());
                assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
                assertThat(run.err()).isEqualTo("openline: " + folder + " holds no logs.\n");
            }
        }
    }

    @Nested
    class Verify {
        private CommandRun verified() {
            return CommandRun.of("verify", data.toString());
        }

        private Path largest(String suffix) throws IOException {
            try (Stream<Path> files = Files.list(data)) {
                return files.filter(file -> file.toString().endsWith(suffix))
                        .max((a, b) ->
                                Long.compare(a.toFile().length(), b.toFile().length()))
                        .orElseThrow();
            }
        }

        private void flip(Path file, long at) throws IOException {
            try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                bytes.seek(at);
                int was = bytes.read();
                bytes.seek(at);
                bytes.write(was ^ 0x40);
            }
        }

        @Test
        void says_that_all_is_well() {
            CommandRun run = verified();
            assertThat(run.out()).startsWith("all is well in " + data + ": 2 channels, 21 publications, ");
            assertThat(run.exitCode()).isEqualTo(Main.OK);
        }

        @Test
        void finds_a_bit_that_is_another_one_in_a_table() throws Exception {
            Path table = largest(".sst");
            flip(table, 40);
            CommandRun run = verified();
            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(run.out()).contains("the file " + table.getFileName() + " is damaged: ");
        }

        @Test
        void finds_a_bit_that_is_another_one_in_the_log_of_writes_and_no_server_goes_on_with_it() throws Exception {
            Path killed = Files.createDirectory(folder.resolve("killed"));
            serving(data, server -> {
                publish(server, "news");
                publish(server, "news");
                try (Stream<Path> files = Files.list(data)) {
                    for (Path file : (Iterable<Path>) files::iterator)
                        Files.copy(file, killed.resolve(file.getFileName()));
                }
            });
            data = killed;
            Path writes = largest(".log");
            flip(writes, Files.size(writes) / 2);
            CommandRun run = verified();
            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(run.out()).startsWith("the write-ahead log is damaged, ");
            CommandRun serve = CommandRun.of("serve", "--port", "0", "--insecure", "--data", data.toString());
            assertThat(serve.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(serve.err()).contains(data + " is damaged ('openline verify' says how)");
        }

        @Test
        void is_refused_while_a_server_has_the_directory() throws Exception {
            serving(data, server -> {
                CommandRun run = verified();
                assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
                assertThat(run.err()).isEqualTo("openline: " + data + " is in use by another process.\n");
            });
        }

        @Test
        void finds_a_file_that_is_missing() throws Exception {
            Path table = largest(".sst");
            Files.delete(table);
            CommandRun run = verified();
            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(run.out()).contains(table.getFileName().toString());
        }
    }

    @Nested
    class Backup {
        private CommandRun backedUp(Path to) {
            return CommandRun.of("backup", data.toString(), "--to", to.toString(), "--wait", "30s");
        }

        @Test
        void of_a_server_that_runs_is_whole_and_logs_begin_a_new_epoch_in_it() throws Exception {
            Path copy = folder.resolve("copy");
            serving(data, server -> {
                CommandRun run = backedUp(copy);
                assertThat(run.err()).isEmpty();
                assertThat(run.exitCode()).isEqualTo(Main.OK);
                assertThat(publish(server, "news")).isEqualTo(new StreamPosition(21, news.epoch()));
            });
            assertThat(data.resolve("backups").resolve("asking")).isEmptyFile();
            assertThat(data.resolve("backups").toFile().list()).hasSize(1);
            assertThat(CommandRun.of("verify", copy.toString()).exitCode()).isEqualTo(Main.OK);
            assertThat(inspected(copy).out()).contains("21 publications");
            serving(copy, server -> {
                StreamPosition next = publish(server, "news");
                assertThat(next.offset()).isEqualTo(21);
                assertThat(next.epoch()).isNotEqualTo(news.epoch());
            });
            // The original goes on in its own.
            serving(
                    data,
                    server -> assertThat(publish(server, "news")).isEqualTo(new StreamPosition(22, news.epoch())));
        }

        @Test
        void clears_away_what_was_left_by_one_that_was_interrupted() throws Exception {
            Path backups = Files.createDirectories(data.resolve("backups"));
            Files.writeString(
                    Files.createDirectory(backups.resolve("a.unfinished")).resolve("x"), "x");
            Files.createDirectory(backups.resolve("b"));
            Files.createFile(backups.resolve("b.wanted"));
            Files.createFile(backups.resolve("not a name.wanted"));
            Files.createDirectory(backups.resolve("c"));
            serving(
                    data,
                    server -> assertThat(backedUp(folder.resolve("copy")).exitCode())
                            .isEqualTo(Main.OK));
            try (Stream<Path> left = Files.list(backups)) {
                assertThat(left.map(file -> file.getFileName().toString())).containsExactly("asking");
            }
        }

        @Test
        void of_a_stopped_server_is_whole_too() {
            Path copy = folder.resolve("copy");
            assertThat(backedUp(copy).exitCode()).isEqualTo(Main.OK);
            assertThat(inspected(copy).out()).contains("21 publications");
            CommandRun again = backedUp(copy);
            assertThat(again.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(again.err()).isEqualTo("openline: " + copy + " is there already.\n");
        }

        @Test
        void of_nothing_is_refused_and_makes_nothing() {
            CommandRun run = CommandRun.of(
                    "backup", folder.toString(), "--to", folder.resolve("copy").toString());
            assertThat(run.err()).isEqualTo("openline: " + folder + " holds no logs.\n");
            assertThat(folder.resolve("copy")).doesNotExist();
        }
    }
}
