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

/** {@code openline demo} as a process of its own, so that it can be killed. */
final class DemoProcess implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("http://localhost:(\\d+)/");

    private final Process process;
    private final List<String> output = new ArrayList<>();
    private final BlockingQueue<Integer> ports = new LinkedBlockingQueue<>();
    private final int port;

    private DemoProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "output of the demo");
        reader.setDaemon(true);
        reader.start();
        try {
            port = Waiting.forNext(ports, "address from the demo");
        } catch (AssertionError e) {
            process.destroyForcibly();
            throw new AssertionError(e.getMessage() + "; it said:\n" + output(), e);
        }
    }

    /** @param port 0 for any free one */
    static DemoProcess start(int port) throws IOException {
        // The test runner may hide the class path in the manifest of a jar.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new DemoProcess(new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx256m",
                        "-cp",
                        classPath,
                        "dev.openline.app.Main",
                        "demo",
                        "--port",
                        Integer.toString(port))
                .redirectErrorStream(true)
                .start());
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (output) {
                    output.add(line);
                }
                Matcher address = ADDRESS.matcher(line);
                if (address.find()) ports.add(Integer.valueOf(address.group(1)));
            }
        } catch (IOException e) {
            synchronized (output) {
                output.add("(its output broke: " + e.getMessage() + ")");
            }
        }
    }

    int port() {
        return port;
    }

    String output() {
        synchronized (output) {
            return String.join("\n", output);
        }
    }

    /** Ends the process without giving it a chance to say goodbye. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        if (!process.waitFor(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
            throw new AssertionError("the demo outlived being killed");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
