package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A server command that is told to stop. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGTERM")
@Timeout(120)
class StopTest {
    private static final Pattern ADDRESS = Pattern.compile("echoing on ws://127\\.0\\.0\\.1:(\\d+)/");
    private static final int ENDED_BY_SIGTERM = 143;

    /** A Close with 1001, masked with zeros. */
    private static final String CLOSE_1001 = "\u0088\u0082\0\0\0\0\u0003\u00e9";

    private Process process;

    @AfterEach
    void kill() {
        process.destroyForcibly();
    }

    private int start(String... options) throws IOException {
        String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                classPath,
                "dev.openline.app.Main",
                "echo",
                "--port",
                "0"));
        command.addAll(List.of(options));
        process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) return Integer.parseInt(address.group(1));
        }
        throw new AssertionError("the server ended before it listened");
    }

    private static String get(int port, String path) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout((int) Waiting.PATIENCE.toMillis());
            String request = "GET " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private int exitCode() throws InterruptedException {
        assertThat(process.waitFor(Waiting.PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as("the process ended")
                .isTrue();
        return process.exitValue();
    }

    @Test
    void onSigtermItsLinesHear1001AndItEndsWhenTheyHaveAnswered() throws Exception {
        try (RawLine line = RawLine.open(start("--drain-seconds", "3600"))) {
            line.expectEcho("before");
            process.destroy();
            assertThat(line.nextFrame()).isEqualTo("8 \u0003\ufffd"); // 1001 is 03 e9, and e9 alone is no UTF-8
            line.say(CLOSE_1001);
            assertThat(exitCode()).isEqualTo(ENDED_BY_SIGTERM);
        }
    }

    /** The first signal would leave an hour until the first goodbye. */
    @Test
    void aSecondSignalCutsAtOnce() throws Exception {
        int port = start("--drain-seconds", "7200", "--drain-notice-seconds", "3600");
        assertThat(get(port, "/ready")).startsWith("HTTP/1.1 200 ");
        try (RawLine line = RawLine.open(port)) {
            process.destroy();
            // Its readiness says that the first one was heard.
            Awaitility.await()
                    .atMost(Waiting.PATIENCE)
                    .until(() -> get(port, "/ready").startsWith("HTTP/1.1 503 "));
            line.expectEcho("still served");
            process.destroy();
            assertThat(exitCode()).isEqualTo(ENDED_BY_SIGTERM);
        }
    }

    @Test
    void withoutTimeToDrainItEndsAtOnce() throws Exception {
        try (RawLine line = RawLine.open(start("--drain-seconds", "0"))) {
            line.expectEcho("before");
            process.destroy();
            assertThat(exitCode()).isEqualTo(ENDED_BY_SIGTERM);
        }
    }
}
