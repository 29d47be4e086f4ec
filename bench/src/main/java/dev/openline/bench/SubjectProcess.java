package dev.openline.bench;

import dev.openline.net.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link Subject} that runs: started on one processor of its own where the system can do that. */
final class SubjectProcess implements AutoCloseable {
    private final String name;
    private final Process process;
    private final int port;

    private SubjectProcess(String name, Process process, int port) {
        this.name = name;
        this.process = process;
        this.port = port;
    }

    static SubjectProcess start(String name, Transport transport, int threads, Pinning pinning) throws IOException {
        List<String> command = new ArrayList<>(pinning.forServer());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Subject.class.getName()));
        command.addAll(List.of(name, transport.name(), Integer.toString(threads)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith(Subject.READY)) {
                return new SubjectProcess(name, process, Integer.parseInt(line.substring(Subject.READY.length())));
            }
        }
        throw new IllegalStateException("the server '" + name + "' did not start");
    }

    /** The same for both servers. Without the second one Netty does without the memory access it was built for. */
    private static List<String> flags() {
        List<String> flags = new ArrayList<>(List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC"));
        if (Runtime.version().feature() >= 23) flags.add("--sun-misc-unsafe-memory-access=allow");
        if (Runtime.version().feature() >= 22) flags.add("--enable-native-access=ALL-UNNAMED");
        return flags;
    }

    String name() {
        return name;
    }

    int port() {
        return port;
    }

    ServerCpu cpu() throws IOException {
        return ServerCpu.of(process.toHandle());
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) process.destroyForcibly();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }

    /** Which processors the server and the load run on. */
    record Pinning(List<String> forServer, String description) {
        /** Puts this process on all processors but the first, and servers on the first, if there are two and {@code taskset}. */
        static Pinning choose(int serverThreads) throws IOException {
            int processors = Runtime.getRuntime().availableProcessors();
            boolean possible = Files.isExecutable(Path.of("/usr/bin/taskset")) && processors > serverThreads;
            if (!possible) return new Pinning(List.of(), "not pinned: server and load share the processors");
            String server = serverThreads == 1 ? "0" : "0-" + (serverThreads - 1);
            String load = serverThreads + "-" + (processors - 1);
            List<String> self = List.of(
                    "taskset",
                    "-acp",
                    load,
                    Long.toString(ProcessHandle.current().pid()));
            try {
                Process pinned =
                        new ProcessBuilder(self).redirectErrorStream(true).start();
                pinned.getInputStream().readAllBytes();
                if (pinned.waitFor() != 0) return new Pinning(List.of(), "not pinned: taskset was refused");
            } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted", e);
            }
            return new Pinning(
                    List.of("taskset", "-c", server), "server on processors " + server + ", load on " + load);
        }
    }
}
