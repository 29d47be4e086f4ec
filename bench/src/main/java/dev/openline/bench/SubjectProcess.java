package dev.openline.bench;

import dev.openline.net.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A {@link Subject} that runs: started on one processor of its own where the system can do that. */
final class SubjectProcess implements AutoCloseable {
    private static final int START_SECONDS = 30;

    private final Process process;
    private final int port;

    private SubjectProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    static SubjectProcess start(Peer peer, Transport transport, int threads, Pinning pinning) throws IOException {
        List<String> command = new ArrayList<>(pinning.forServer());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), Subject.class.getName()));
        command.addAll(List.of(peer.name(), transport.name(), Integer.toString(threads)));
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new SubjectProcess(process, readyPort(process));
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw new IllegalStateException("the server '" + peer.label() + "' did not start: " + e.getMessage(), e);
        }
    }

    /** The port, once the process has said it; a process that says nothing for too long is ended. */
    private static int readyPort(Process process) throws IOException {
        CompletableFuture<Void> ready = new CompletableFuture<>();
        ready.orTimeout(START_SECONDS, TimeUnit.SECONDS).exceptionally(late -> {
            process.destroyForcibly();
            return null;
        });
        var out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (!line.startsWith(Subject.READY)) continue;
            ready.complete(null);
            return Integer.parseInt(line.substring(Subject.READY.length()));
        }
        throw new IOException("it ended, or said nothing for " + START_SECONDS + " s");
    }

    /** The same for both servers; newer JDKs want to be told that Netty may use the memory access it was built for. */
    static List<String> flags() {
        List<String> flags = new ArrayList<>(List.of("-Xms512m", "-Xmx512m", "-XX:+UseSerialGC"));
        if (Runtime.version().feature() >= 23) flags.add("--sun-misc-unsafe-memory-access=allow");
        if (Runtime.version().feature() >= 22) flags.add("--enable-native-access=ALL-UNNAMED");
        return flags;
    }

    int port() {
        return port;
    }

    ProcessHandle handle() {
        return process.toHandle();
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
}
