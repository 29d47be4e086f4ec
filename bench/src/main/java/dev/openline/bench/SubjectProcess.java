package dev.openline.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A {@link Subject} that runs: started on processors of its own where the system can do that. */
final class SubjectProcess implements Server {
    private static final int ANSWER_SECONDS = 30;

    private final Contender contender;
    private final Process process;
    private final BufferedReader out;
    private final Variant variant;
    private final int port;

    private SubjectProcess(Contender contender, Variant variant, Process process) throws IOException {
        this.contender = contender;
        this.variant = variant;
        this.process = process;
        this.out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        this.port = Integer.parseInt(answer(Subject.READY));
    }

    static SubjectProcess start(Contender contender, SubjectOptions options, Pinning pinning) throws IOException {
        Peer peer = contender.peer();
        if (peer == null) throw new IllegalArgumentException(contender.label() + " is not ours to start");
        List<String> arguments = new ArrayList<>(List.of(peer.name()));
        arguments.addAll(options.arguments());
        return start(contender, options.variant(), pinning, Subject.class, arguments);
    }

    // More than 4 parameters because a process takes them.
    static SubjectProcess start(
            Contender contender, Variant variant, Pinning pinning, Class<?> main, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>(pinning.forServer());
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(flags());
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        command.addAll(arguments);
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try {
            return new SubjectProcess(contender, variant, process);
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            throw new IllegalStateException(
                    "the server '" + contender.label() + "' did not start: " + e.getMessage(), e);
        }
    }

    /** What the process says after this word; one that says nothing for too long is ended. */
    private String answer(String word) throws IOException {
        CompletableFuture<Void> answered = new CompletableFuture<>();
        answered.orTimeout(ANSWER_SECONDS, TimeUnit.SECONDS).exceptionally(late -> {
            process.destroyForcibly();
            return null;
        });
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (!line.startsWith(word)) continue;
            answered.complete(null);
            return line.substring(word.length());
        }
        throw new IOException("it ended, or said nothing for " + ANSWER_SECONDS + " s");
    }

    /**
     * The same for all servers; newer JDKs want to be told that Netty may use the memory access it was built for. The heap is touched at
     * the start, so that what the process grows by later is memory outside of it. Netty's leak detection, which records a stack trace for
     * one buffer of 128, is off for all: Vert.x switches it off by itself.
     */
    static List<String> flags() {
        List<String> flags = new ArrayList<>(List.of(
                "-Xms512m",
                "-Xmx512m",
                "-XX:+AlwaysPreTouch",
                "-XX:+UseSerialGC",
                "-Dio.netty.leakDetection.level=disabled"));
        if (Runtime.version().feature() >= 23) flags.add("--sun-misc-unsafe-memory-access=allow");
        if (Runtime.version().feature() >= 22) flags.add("--enable-native-access=ALL-UNNAMED");
        return flags;
    }

    @Override
    public Contender contender() {
        return contender;
    }

    @Override
    public int port() {
        return port;
    }

    @Override
    public Variant variant() {
        return variant;
    }

    @Override
    public ProcessHandle handle() {
        return process.toHandle();
    }

    @Override
    public long liveHeapBytes() throws IOException {
        OutputStream in = process.getOutputStream();
        in.write(Subject.ASK_HEAP);
        in.flush();
        return Long.parseLong(answer(Subject.HEAP));
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
