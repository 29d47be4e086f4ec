package dev.openline.store.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What was handed to the system and not synced may come to the disk in any order: there may be a hole with something whole behind it. */
class AfterAPowerCutTest {
    @TempDir
    Path folder;

    private String epoch;
    private Path logs;

    @BeforeEach
    void publish() throws Exception {
        try (LogsInUse use = new LogsInUse(folder.resolve("before"))) {
            epoch = use.publish("news", 10).epoch();
            logs = use.asIfKilled(folder.resolve("logs"));
        }
    }

    private void cutPower(String boot) throws Exception {
        RawLogs.change(logs, raw -> {
            long id = raw.record("news").id();
            raw.put("facts", "boot", boot);
            for (long offset = 11; offset <= 30; offset++)
                raw.put("publications", RawLogs.key(id, offset), EntryBytes.of(LogsInUse.entry("", offset)));
        });
        Path log = largestLog();
        long size = Files.size(log);
        try (FileChannel file = FileChannel.open(log, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.allocate(100), size / 2);
        }
    }

    private Path largestLog() throws IOException {
        try (Stream<Path> files = Files.list(logs)) {
            return files.filter(file -> file.toString().endsWith(".log"))
                    .max(Comparator.comparingLong(file -> file.toFile().length()))
                    .orElseThrow();
        }
    }

    @Test
    void a_store_goes_on_from_before_the_hole_in_new_lives() throws Exception {
        cutPower("another");
        try (LogsInUse use = new LogsInUse(logs)) {
            assertThat(use.opened("news").top()).isBetween(10L, 29L);
            assertThat(use.opened("news").epoch()).isNotEqualTo(epoch);
        }
    }

    @Test
    void a_hole_without_a_power_cut_is_damage_with_which_no_store_goes_on() throws Exception {
        cutPower(Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip());
        assertThatThrownBy(() -> new LogsInUse(logs))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(" is damaged");
    }
}
