package dev.openline.store.redis;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The program of a Redis server, and the processes that run it. It is the one that {@code openline.redis.binary} names, or else
 * the static one that embedded-redis carries.
 *
 * <p>No process outlives this JVM: in an ordinary end a shutdown hook kills it and removes the files; should the JVM itself be
 * killed, a shell at the other end of a pipe notices and kills it (the files then stay).
 */
final class RedisBinary {
    static final String PROPERTY = "openline.redis.binary";

    /** The version is part of the name in embedded-redis 0.9.1. */
    private static final @Nullable String CARRIED = carried("redis-server-7.0.15");

    /** Each process with its guard. The guard must stay reachable: a collected one would close its pipe, which means death. */
    private static final Map<Process, Process> GUARDED = new ConcurrentHashMap<>();

    private RedisBinary() {}

    static boolean isAvailable() {
        return !named().isEmpty() || CARRIED != null;
    }

    private static String named() {
        return System.getProperty(PROPERTY, "");
    }

    /** A new, empty directory that goes with this JVM. */
    static Path newFolder() {
        try {
            return Files.createTempDirectory(Home.FOLDER, "redis-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs it in {@code folder}; everything it says is added to {@code log}. */
    static Process run(Path folder, Path log, List<String> arguments) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(named().isEmpty() ? Home.program() : named());
        builder.command().addAll(arguments);
        Process process = builder.directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
        Process guard = shell("read line || kill -9 " + process.pid());
        GUARDED.put(process, guard);
        process.onExit().thenRun(() -> {
            guard.destroyForcibly();
            GUARDED.remove(process);
        });
        return process;
    }

    static Process shell(String script) throws IOException {
        return new ProcessBuilder("sh", "-c", script)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Deletes it with all that is in it, if it is there. */
    static void delete(Path folder) {
        if (!Files.exists(folder)) return;
        try (Stream<Path> inside = Files.walk(folder)) {
            for (Path path : inside.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(path);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static @Nullable String carried(String name) {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String os = system.startsWith("linux") ? "linux" : system.startsWith("mac") ? "darwin" : null;
        String processor = switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "amd64";
            case "aarch64", "arm64" -> "arm64";
            default -> null;
        };
        return os == null || processor == null ? null : name + "-" + os + "-" + processor;
    }

    /** Made when the first server is. */
    private static final class Home {
        private static final Path FOLDER = create();

        private static Path create() {
            try {
                Path folder = Files.createTempDirectory("openline-redis-");
                Runtime.getRuntime().addShutdownHook(new Thread(Home::leave, "end of the Redis servers"));
                return folder;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void leave() {
            for (Process process : GUARDED.keySet())
                process.destroyForcibly().onExit().join();
            delete(FOLDER);
        }

        private static synchronized String program() throws IOException {
            Path program = FOLDER.resolve("redis-server");
            if (Files.exists(program)) return program.toString();
            try (InputStream carried = RedisBinary.class.getResourceAsStream("/" + CARRIED)) {
                if (carried == null)
                    throw new IllegalStateException(
                            "No " + CARRIED
                                    + " on the class path: a module that uses these servers needs org.signal:embedded-redis for its tests");
                Files.copy(carried, program);
            }
            Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
            return program.toString();
        }
    }
}
