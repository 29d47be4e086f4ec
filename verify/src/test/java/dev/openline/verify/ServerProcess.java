package dev.openline.verify;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in a process of its own, which tells its port on its output. What it says is kept for when something goes wrong. */
final class ServerProcess implements AutoCloseable {
    private final Process process;
    private final List<String> output = new ArrayList<>();
    private final BlockingQueue<Integer> ports = new LinkedBlockingQueue<>();
    private final int port;

    private ServerProcess(Process process, Pattern portLine) {
        this.process = process;
        Thread reader = new Thread(() -> read(portLine), "output of the server");
        reader.setDaemon(true);
        reader.start();
        try {
            port = Waiting.forNext(ports, "port from the server");
        } catch (AssertionError e) {
            process.destroyForcibly();
            throw new AssertionError(e.getMessage() + "; it said:\n" + String.join("\n", output()), e);
        }
    }

    /**
     * Starts it and waits until it has told its port.
     *
     * @param portLine found in the line that tells it, the port as its first group
     */
    static ServerProcess start(List<String> command, Pattern portLine) throws IOException {
        return new ServerProcess(
                new ProcessBuilder(command).redirectErrorStream(true).start(), portLine);
    }

    /** A command that runs Java with these arguments on the class path of this test. */
    static List<String> java(String... arguments) {
        // The test runner may hide the class path in the manifest of a jar.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-cp", classPath));
        command.addAll(List.of(arguments));
        return command;
    }

    private void read(Pattern portLine) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said(line);
                Matcher told = portLine.matcher(line);
                if (told.find()) ports.add(Integer.valueOf(told.group(1)));
            }
        } catch (IOException e) {
            said("(its output broke: " + e.getMessage() + ")");
        }
    }

    private void said(String line) {
        synchronized (output) {
            output.add(line);
        }
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    /** The lines that it has said so far. */
    List<String> output() {
        synchronized (output) {
            return List.copyOf(output);
        }
    }

    /** Ends the process without giving it a chance to say goodbye, and waits until it is gone. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the server outlived being killed");
        }
    }

    /** Tells it to leave, waits until it has, and gives its exit code. */
    int terminate() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the server has not left");
        }
        return process.exitValue();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
