package dev.openline.verify;

import dev.openline.net.Transport;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;

/** A server in a process of its own, whose file descriptors, CPU time and memory can be looked at from outside. Linux only. */
final class HurtProcess implements AutoCloseable {
    /** What {@code /proc} counts CPU time in, on every Linux that there is. */
    private static final Duration TICK = Duration.ofMillis(10);

    private final Process process;
    private final List<String> output = new ArrayList<>();
    private final BlockingQueue<Integer> ports = new LinkedBlockingQueue<>();
    private final int port;

    private HurtProcess(Process process) {
        this.process = process;
        Thread reader = new Thread(this::read, "output of the server");
        reader.setDaemon(true);
        reader.start();
        try {
            port = Waiting.forNext(ports, "port from the server");
        } catch (AssertionError e) {
            process.destroyForcibly();
            throw new AssertionError(e.getMessage() + "; it said:\n" + String.join("\n", output()), e);
        }
    }

    /** @param descriptors the most files and sockets it may have open */
    static HurtProcess start(Transport transport, int descriptors) throws IOException {
        // The test runner may hide the class path in the manifest of a jar.
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return new HurtProcess(new ProcessBuilder(
                        "bash",
                        "-c",
                        "ulimit -n " + descriptors + " && exec \"$@\"",
                        "bash",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        classPath,
                        "dev.openline.verify.HurtServer",
                        transport.name())
                .redirectErrorStream(true)
                .start());
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                synchronized (output) {
                    output.add(line);
                }
                if (line.startsWith("port ")) ports.add(Integer.valueOf(line.substring("port ".length())));
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

    List<String> output() {
        synchronized (output) {
            return List.copyOf(output);
        }
    }

    /** Files and sockets that it has open. */
    int descriptors() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc", Long.toString(process.pid()), "fd"))) {
            return (int) open.count();
        }
    }

    /** CPU time that it has used, of all its threads, in its own code and in the kernel. */
    Duration cpu() throws IOException {
        String stat = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return TICK.multipliedBy(Long.parseLong(fields[11]) + Long.parseLong(fields[12]));
    }

    /** Bytes that live on its heap. */
    long liveBytes() throws IOException {
        return Long.parseLong(tell("/heap"));
    }

    /** Its lines and its connections, such as {@code "2 3"}. */
    String counts() throws IOException {
        return tell("/lines");
    }

    private String tell(String path) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout((int) Waiting.PATIENCE.toMillis());
            String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
