package dev.openline.store.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.LogEntry;
import dev.openline.hub.LogStore;
import dev.openline.hub.StoredLog;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Processes that are killed while they write, one after another on the same directory. */
class KillTest {
    private static final int KILLS = 5;

    @TempDir
    Path folder;

    @ParameterizedTest
    @EnumSource(Durability.class)
    void everything_that_was_answered_is_there_in_its_order_whenever_the_process_was_killed(Durability durability)
            throws Exception {
        long seed = System.nanoTime();
        Random chance = new Random(seed);
        long answered = 0;
        String epoch = "";
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = start(durability);
            try (var lines =
                    new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                String[] opened = String.valueOf(lines.readLine()).split(" ");
                assertThat(opened[0]).isEqualTo("open");
                if (kill > 0) assertThat(opened[1]).as("seed %d", seed).isEqualTo(epoch);
                epoch = opened[1];
                assertThat(Long.parseLong(opened[2])).as("seed %d", seed).isGreaterThanOrEqualTo(answered);
                for (int more = chance.nextInt(1, 3_000); more > 0; more--) answered = Long.parseLong(lines.readLine());
                // Of the process itself this would also close what it said.
                process.toHandle().destroyForcibly();
                // What was answered before it died, and is still under way to us; the last line may be cut.
                for (String line = lines.readLine(); line != null; line = lines.readLine())
                    if (line.length() >= Long.toString(answered).length())
                        answered = Math.max(answered, whole(line, answered));
            } finally {
                process.destroyForcibly().waitFor();
            }
        }
        check(epoch, answered);
    }

    private static long whole(String line, long before) {
        long offset = Long.parseLong(line);
        return offset == before + 1 ? offset : before;
    }

    private Process start(Durability durability) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledStore.class.getName(),
                        folder.resolve("logs").toString(),
                        durability.name())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    private void check(String epoch, long answered) throws Exception {
        ExecutorService loop = Executors.newSingleThreadExecutor();
        try (DiskStore disk = DiskStore.open(DiskOptions.in(folder.resolve("logs")))) {
            LogStore store = disk.onLoop(loop, System::currentTimeMillis);
            CompletableFuture<@Nullable StoredLog> opened = new CompletableFuture<>();
            store.open("a", Integer.MAX_VALUE, (stored, now) -> opened.complete(stored));
            StoredLog log = opened.get(30, TimeUnit.SECONDS);
            assertThat(log.epoch()).isEqualTo(epoch);
            assertThat(log.top()).isGreaterThanOrEqualTo(answered);
            assertThat(log.tail()).hasSize((int) log.top());
            long expected = 1;
            for (LogEntry entry : log.tail()) {
                assertThat(entry.offset()).isEqualTo(expected);
                assertThat(entry.publication().data().text()).isEqualTo("\"" + expected + "\"");
                expected++;
            }
            assertThat(log.keys()).hasSize((int) log.top());
        } finally {
            loop.shutdownNow();
        }
    }
}
