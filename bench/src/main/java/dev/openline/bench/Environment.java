package dev.openline.bench;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.rocksdb.RocksDB;
import org.sqlite.SQLiteJDBCLoader;

/** What has to be known about a run to repeat it: names and values, in the order they are reported. */
final class Environment {
    private Environment() {}

    static Map<String, String> of(RunOptions options, Pinning pinning, Congestion congestion) throws IOException {
        Map<String, String> about = new LinkedHashMap<>();
        about.put(
                "servers",
                options.contenders().stream()
                        .map(each -> each.label() + each.variant().suffix())
                        .collect(Collectors.joining(", ")));
        about.put("event loops", Integer.toString(options.serverThreads()));
        about.put("processors", pinning.processors() + " of " + model() + "; " + pinning.description());
        about.put("java", java());
        about.put("server flags", String.join(" ", SubjectProcess.flags()));
        about.put("kernel", kernel());
        about.put("congestion control", congestion.description());
        about.put("network", "loopback");
        about.put(
                "rounds",
                options.rounds() + ", alternating; " + options.warmUp() + " s warm-up before the first, a third of it "
                        + "before others; " + options.window() + " s window; medians");
        if (congestion.inUse().equals("bbr"))
            about.put("! bbr", "is bistable on loopback: as root give --congestion cubic, or expect jumps");
        return about;
    }

    /** Of what is measured in this process, and writes to a directory. */
    static Map<String, String> writingTo(Path directory) throws IOException {
        FileStore disk = Files.getFileStore(directory);
        Map<String, String> about = new LinkedHashMap<>();
        about.put("processors", Runtime.getRuntime().availableProcessors() + " of " + model());
        about.put("java", java());
        about.put("kernel", kernel());
        about.put("file system", disk.type() + " on " + disk.name());
        about.put("engines", "RocksDB " + RocksDB.rocksdbVersion() + ", SQLite " + SQLiteJDBCLoader.getVersion());
        return about;
    }

    /** Of what is measured in this process, with a Redis that may be anywhere. */
    static Map<String, String> besideRedis(String version) throws IOException {
        Map<String, String> about = new LinkedHashMap<>();
        about.put("processors", Runtime.getRuntime().availableProcessors() + " of " + model());
        about.put("java", java());
        about.put("kernel", kernel());
        about.put("Redis", version);
        return about;
    }

    private static String java() {
        return System.getProperty("java.vendor") + " " + Runtime.version();
    }

    private static String kernel() {
        return System.getProperty("os.name") + " " + System.getProperty("os.version");
    }

    private static String model() throws IOException {
        Path info = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(info)) return System.getProperty("os.arch");
        return Files.readAllLines(info).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse(System.getProperty("os.arch"));
    }
}
