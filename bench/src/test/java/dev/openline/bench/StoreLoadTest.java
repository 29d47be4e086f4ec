package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class StoreLoadTest {
    @TempDir
    Path folder;

    private static void append(Keeping keeping, int count) {
        for (int i = 0; i < count; i++) keeping.append(i % 10, i / 10 + 1, new byte[100], i);
    }

    private static List<Long> upTo(long count) {
        return LongStream.range(0, count).boxed().toList();
    }

    @Test
    void each_that_is_compared_answers_all_in_the_order_in_which_they_were_handed_over() throws Exception {
        interface Open {
            Keeping at(LongConsumer answered) throws Exception;
        }
        List<Open> all = List.of(
                answered -> new DiskLogs(folder, false, 10, answered),
                answered -> new GroupCommit(new SqliteFile(folder, true), answered),
                answered -> new GroupCommit(new BareFile(folder, true), answered));
        for (Open open : all) {
            List<Long> answers = new ArrayList<>();
            CountDownLatch last = new CountDownLatch(1_000);
            try (Keeping keeping = open.at(token -> {
                answers.add(token);
                last.countDown();
            })) {
                append(keeping, 1_000);
                assertThat(last.await(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(answers).isEqualTo(upTo(1_000));
        }
        try (var connection = DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("publications.db"));
                var statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("select count(*), max(offset) from publications")) {
            assertThat(rows.getLong(1)).isEqualTo(1_000);
            assertThat(rows.getLong(2)).isEqualTo(100);
        }
        assertThat(folder.resolve("bare")).hasSize(1_000 * 116);
    }

    /** Answers at once but for one stretch. */
    private static final class Stalling implements Keeping {
        private final LongConsumer answered;

        Stalling(LongConsumer answered) {
            this.answered = answered;
        }

        @Override
        public void append(int channel, long offset, byte[] data, long token) {
            if (token == 250) busy(100);
            answered.accept(token);
        }

        private static void busy(long millis) {
            long end = System.nanoTime() + millis * 1_000_000;
            while (System.nanoTime() - end < 0) Thread.onSpinWait();
        }

        @Override
        public void close() {}
    }

    @Test
    void a_stall_is_counted_for_all_that_should_have_been_handed_over_meanwhile() throws Exception {
        Histogram latency = new StoreLoad(1, 10, 0.4).paced(Stalling::new, 1_000);
        assertThat(latency.getTotalCount()).isEqualTo(400);
        // 100 ms at 1,000 a second: half of the hundred that were due meanwhile waited for more than 50 ms.
        assertThat(latency.getTotalCount() - latency.getCountBetweenValues(0, 50_000_000))
                .isGreaterThanOrEqualTo(45);
    }

    @Test
    void a_start_after_filling_is_told_and_nothing_of_ours_or_others_is_deleted_but_what_it_wrote() throws Exception {
        Path others = Files.createDirectories(folder.resolve("store"));
        Files.writeString(others.resolve("mine"), "x");
        StringWriter out = new StringWriter();
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
        int code = line.execute(
                "store", "--directory", folder.toString(), "--fill", "1000", "--channels", "10", "--bytes", "20");
        assertThat(out.toString())
                .contains("1,000 publications of 20 bytes over 10 channels", "a start took", "RocksDB ");
        assertThat(code).isZero();
        assertThat(others.resolve("mine")).exists();
        assertThat(folder.toFile().list()).containsExactly("store");
    }
}
