package dev.openline.verify;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A script that node runs for a test. The script tells the test something by a line of words between tabs, the first of them {@code @};
 * every other line is for the reader of a failed test.
 */
final class NodeScript implements AutoCloseable {
    private final String name;
    private final Process process;
    private final Writer toScript;
    private final BlockingQueue<List<String>> told = new LinkedBlockingQueue<>();
    private final List<String> output = new ArrayList<>();
    private final Thread reader;

    private NodeScript(String name, Process process) {
        this.name = name;
        this.process = process;
        this.toScript = process.outputWriter(StandardCharsets.UTF_8);
        this.reader = new Thread(this::read, "output of " + name);
        reader.setDaemon(true);
        reader.start();
    }

    /** Starts a script of {@code src/test/node}, or skips the test where that can't be done. */
    static NodeScript start(String script, Map<String, String> environment, String... options) {
        NodePackages.require();
        List<String> command = new ArrayList<>(List.of("node"));
        command.addAll(List.of(options));
        command.add(script);
        ProcessBuilder node = new ProcessBuilder(command)
                .directory(NodePackages.FOLDER.toFile())
                .redirectErrorStream(true);
        node.environment().putAll(environment);
        try {
            return new NodeScript(script, node.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (output) {
                    output.add(line);
                }
                if (line.startsWith("@\t")) told.add(List.of(line.substring(2).split("\t", -1)));
            }
        } catch (IOException e) {
            synchronized (output) {
                output.add("(its output broke: " + e.getMessage() + ")");
            }
        }
    }

    /** Says something to the script: one line of words between tabs. */
    void say(String... words) {
        try {
            toScript.write(String.join("\t", words) + "\n");
            toScript.flush();
        } catch (IOException e) {
            throw new AssertionError(name + " doesn't listen any more, it said:\n" + output(), e);
        }
    }

    /** What the script tells next; it fails the test if nothing comes. */
    List<String> next() {
        try {
            return Waiting.forNext(told, "word of " + name);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; it said:\n" + output(), e);
        }
    }

    /** Waits for the script's own end and answers its exit code. */
    int exitCode() {
        try {
            if (!process.waitFor(Waiting.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AssertionError(name + " didn't end within " + Waiting.PATIENCE + "; it said:\n" + output());
            }
            reader.join(Waiting.PATIENCE.toMillis());
            return process.exitValue();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + name, e);
        }
    }

    /** All that the script has written so far. */
    String output() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
