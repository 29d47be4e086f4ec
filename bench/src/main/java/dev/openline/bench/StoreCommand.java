package dev.openline.bench;

import dev.openline.store.disk.DiskOptions;
import dev.openline.store.disk.DiskStore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench store}: how fast publications are kept on disk. */
@Command(
        name = "store",
        mixinStandardHelpOptions = true,
        description =
                "How fast publications are kept in a directory: by our store, by SQLite, and by a bare loop that appends to a file, which"
                        + " is what the disk leaves to have. All commit in groups, from one thread. Latencies are from when a publication should have"
                        + " been handed over to its answer, at half of what was taken at most.")
final class StoreCommand implements Callable<Integer> {
    @Option(
            names = "--directory",
            paramLabel = "DIR",
            description = "Where to write; default a temporary directory. What is written is deleted at the end.")
    private @Nullable Path directory;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "8",
            description =
                    "How long each figure is measured, after a quarter of it to warm up; default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(names = "--channels", paramLabel = "N", defaultValue = "1000", description = "Default ${DEFAULT-VALUE}.")
    private int channels;

    @Option(
            names = "--bytes",
            paramLabel = "N",
            defaultValue = "100",
            description = "Data of a publication; default ${DEFAULT-VALUE}.")
    private int bytes;

    @Option(
            names = "--durability",
            paramLabel = "WORD",
            split = ",",
            defaultValue = "os,fsync",
            description = "os, fsync; default both.")
    private List<String> durabilities;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Publications a second for latencies; default 0, half of what is taken at most.")
    private int rate;

    @Option(
            names = "--fill",
            paramLabel = "N",
            defaultValue = "0",
            description = "Instead: fills our store with so many publications, and tells what a start on them takes.")
    private long fill;

    @Spec
    private CommandSpec spec;

    private PrintWriter out;

    @Override
    public Integer call() throws Exception {
        within("--seconds", seconds, 1, 600);
        within("--channels", channels, 1, 1_000_000);
        within("--bytes", bytes, 1, 100_000);
        within("--rate", rate, 0, 1_000_000);
        within("--fill", fill, 0, 100_000_000);
        out = spec.commandLine().getOut();
        for (String durability : durabilities)
            if (!List.of("os", "fsync").contains(durability))
                throw refused("--durability '" + durability + "' is neither os nor fsync.");
        // A new one of our own, also in one that is given: it is deleted with all that is in it.
        Path base = directory == null
                ? Files.createTempDirectory("openline-bench")
                : Files.createTempDirectory(Files.createDirectories(directory), "openline-bench");
        new TableReport(out, "").begin(Environment.writingTo(base));
        try {
            if (fill > 0) fill(fresh(base));
            else for (String durability : durabilities) compare(base, durability);
        } finally {
            delete(base);
        }
        return 0;
    }

    private void within(String option, long value, long least, long most) {
        if (value < least || value > most) throw refused(option + " must be " + least + " to " + most + ".");
    }

    private ParameterException refused(String sentence) {
        return new ParameterException(spec.commandLine(), sentence);
    }

    private interface Place {
        Keeping.Opening at(Path directory, boolean sync);
    }

    private void compare(Path base, String durability) throws Exception {
        boolean sync = durability.equals("fsync");
        out.printf(Locale.ROOT, "%n%s: %,d bytes, %,d channels, %d s%n", durability, bytes, channels, seconds);
        out.printf(
                "%-14s %12s %12s %10s %10s %10s %12s%n",
                "", "a second", "at a second", "p50 ms", "p99 ms", "max ms", "disk MB");
        measure(base, "openline", sync, (at, synced) -> answered -> new DiskLogs(at, synced, channels, answered));
        measure(
                base,
                "sqlite",
                sync,
                (at, synced) -> answered -> new GroupCommit(new SqliteFile(at, synced), answered));
        measure(
                base,
                "bare file",
                sync,
                (at, synced) -> answered -> new GroupCommit(new BareFile(at, synced), answered));
    }

    private void measure(Path base, String name, boolean sync, Place place) throws Exception {
        StoreLoad load = new StoreLoad(channels, bytes, seconds);
        double most = load.full(place.at(fresh(base), sync));
        double disk = size(base.resolve("store")) / 1e6;
        int half = rate > 0 ? rate : (int) (most / 2);
        Histogram latency = load.paced(place.at(fresh(base), sync), half);
        out.printf(
                Locale.ROOT,
                "%-14s %,12.0f %,12d %10.2f %10.2f %10.2f %,12.0f%n",
                name,
                most,
                half,
                latency.getValueAtPercentile(50) / 1e6,
                latency.getValueAtPercentile(99) / 1e6,
                latency.getMaxValue() / 1e6,
                disk);
        out.flush();
    }

    private void fill(Path at) throws Exception {
        Semaphore room = StoreLoad.room();
        long begun = System.nanoTime();
        try (DiskLogs logs = new DiskLogs(at, false, channels, token -> room.release())) {
            new StoreLoad(channels, bytes, seconds).fill(logs, fill, room);
        }
        double took = (System.nanoTime() - begun) / 1e9;
        out.printf(
                Locale.ROOT,
                "%,d publications of %d bytes over %,d channels: kept in %.1f s, %,.0f MB on disk%n",
                fill,
                bytes,
                channels,
                took,
                size(at) / 1e6);
        for (int i = 0; i < 3; i++) {
            begun = System.nanoTime();
            DiskStore store = DiskStore.open(DiskOptions.in(at.resolve("logs")));
            out.printf(Locale.ROOT, "a start took %.2f s%n", (System.nanoTime() - begun) / 1e9);
            store.close();
        }
        out.flush();
    }

    private static Path fresh(Path base) throws IOException {
        delete(base.resolve("store"));
        return Files.createDirectory(base.resolve("store"));
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) return;
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path one : (Iterable<Path>) all.sorted(Comparator.reverseOrder())::iterator) Files.delete(one);
        }
    }

    private static long size(Path directory) throws IOException {
        try (Stream<Path> all = Files.walk(directory)) {
            return all.mapToLong(file -> file.toFile().length()).sum();
        }
    }
}
