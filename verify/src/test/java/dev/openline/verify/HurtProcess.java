package dev.openline.verify;

import dev.openline.net.Transport;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A server in a process of its own, whose file descriptors, CPU time and memory can be looked at from outside. Linux only. */
final class HurtProcess implements AutoCloseable {
    /** What {@code /proc} counts CPU time in, on every Linux that there is. */
    private static final Duration TICK = Duration.ofMillis(10);

    private static final Pattern PORT = Pattern.compile("^port (\\d+)$");

    private final ServerProcess process;

    private HurtProcess(ServerProcess process) {
        this.process = process;
    }

    /** @param descriptors the most files and sockets it may have open */
    static HurtProcess start(Transport transport, int descriptors) throws IOException {
        List<String> command =
                new ArrayList<>(List.of("bash", "-c", "ulimit -n " + descriptors + " && exec \"$@\"", "bash"));
        command.addAll(ServerProcess.java(
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "dev.openline.verify.HurtServer",
                transport.name()));
        return new HurtProcess(ServerProcess.start(command, PORT));
    }

    int port() {
        return process.port();
    }

    List<String> output() {
        return process.output();
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
        try (Socket socket = new Socket("127.0.0.1", port())) {
            socket.setSoTimeout((int) Waiting.PATIENCE.toMillis());
            String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
            return answer.substring(answer.indexOf("\r\n\r\n") + 4);
        }
    }

    @Override
    public void close() {
        process.close();
    }
}
