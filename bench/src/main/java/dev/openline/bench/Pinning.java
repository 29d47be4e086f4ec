package dev.openline.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which processors the servers and the load run on.
 *
 * @param processors how many this process could use before it was pinned
 * @param forServer what to put before a server's command line
 * @param description for the report
 */
record Pinning(int processors, List<String> forServer, String description) {
    /** Everything runs where the system puts it. */
    static Pinning none(String why) {
        int processors = Runtime.getRuntime().availableProcessors();
        return new Pinning(processors, List.of(), "not pinned (" + why + "): server and load share the processors");
    }

    /**
     * Keeps servers to the first processors that this process may use, one for each event loop, and this process with all its threads
     * to the others; where there are too few of them, or no {@code taskset}, leaves everything as it is.
     */
    static Pinning choose(int serverThreads) throws IOException {
        Optional<Path> taskset = onPath("taskset");
        Path status = Path.of("/proc/self/status");
        if (taskset.isEmpty() || !Files.isReadable(status)) return none("there is no taskset");
        List<Integer> allowed = allowed(Files.readAllLines(status));
        if (allowed.size() <= serverThreads) return none("too few processors");
        String command = taskset.get().toString();
        String server = list(allowed.subList(0, serverThreads));
        String load = list(allowed.subList(serverThreads, allowed.size()));
        long self = ProcessHandle.current().pid();
        if (!succeeds(List.of(command, "-acp", load, Long.toString(self)))) return none("taskset was refused");
        String description = "server on processor " + server + ", load on " + load;
        return new Pinning(allowed.size(), List.of(command, "-c", server), description);
    }

    /** Moves all threads of a process to the servers' processors, if this process is pinned at all. */
    void moveServer(long pid) throws IOException {
        if (forServer.isEmpty()) return;
        String processors = forServer.get(forServer.size() - 1);
        if (!succeeds(List.of(forServer.get(0), "-acp", processors, Long.toString(pid))))
            throw new IOException("process " + pid + " can't be moved to processor " + processors);
    }

    /** The processors in proc(5)'s {@code Cpus_allowed_list}, such as {@code 0-3,8}. */
    static List<Integer> allowed(List<String> status) {
        List<Integer> processors = new ArrayList<>();
        for (String line : status) {
            if (!line.startsWith("Cpus_allowed_list:")) continue;
            for (String range : line.substring(line.indexOf(':') + 1).trim().split(",")) {
                int dash = range.indexOf('-');
                int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
                int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
                for (int processor = first; processor <= last; processor++) processors.add(processor);
            }
        }
        return processors;
    }

    private static String list(List<Integer> processors) {
        return processors.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static Optional<Path> onPath(String program) {
        String path = System.getenv().getOrDefault("PATH", "");
        return Pattern.compile(Pattern.quote(File.pathSeparator))
                .splitAsStream(path)
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Whether a command could be run and ended well; its output is dropped. */
    static boolean succeeds(List<String> command) throws IOException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getInputStream().readAllBytes();
            return process.waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
