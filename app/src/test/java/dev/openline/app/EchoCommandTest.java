package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.openline.net.Transport;
import dev.openline.net.WebSocketServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EchoCommandTest {
    private static WebSocketServer echo(String... args) {
        EchoCommand command = CommandRun.parsed("echo", args);
        return command.open();
    }

    @ParameterizedTest
    @EnumSource
    void echoesOnEveryTransportThatWorksHere(Transport transport) {
        assumeTrue(transport.isAvailable(), () -> transport.optionName() + " does not work on this machine");
        try (WebSocketServer server = echo("--port", "0", "--transport", transport.optionName())) {
            assertThat(server.loops().transport()).isEqualTo(transport);
            assertThat(CommandRun.withInput("hello\n", "connect", "ws://127.0.0.1:" + server.port() + "/")
                            .out())
                    .isEqualTo("hello\n");
        }
    }

    @Test
    void transportThatDoesNotWorkHereIsAFailureInOneSentence() {
        Transport foreign = Transport.KQUEUE.isAvailable() ? Transport.EPOLL : Transport.KQUEUE;

        CommandRun run = CommandRun.of("echo", "--transport", foreign.optionName());

        assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
        assertThat(run.err())
                .startsWith("openline: transport " + foreign.optionName() + " does not work on this machine")
                .hasLineCount(1);
    }

    @Test
    void unknownTransportIsBadUsage() {
        CommandRun run = CommandRun.of("echo", "--transport", "pigeon");

        assertThat(run.exitCode()).isEqualTo(Main.USAGE);
        assertThat(run.err()).contains("'pigeon' is unknown; there are auto, io_uring, epoll, kqueue, nio");
    }

    @Test
    void portInUseIsAFailureInOneSentence() {
        try (WebSocketServer server = echo("--port", "0")) {
            CommandRun run = CommandRun.of("echo", "--port", String.valueOf(server.port()));

            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(run.err()).isEqualTo("openline: port " + server.port() + " on 127.0.0.1 is already in use.\n");
        }
    }

    @Test
    void portOutOfRangeIsBadUsage() {
        CommandRun run = CommandRun.of("echo", "--port", "65536");

        assertThat(run.exitCode()).isEqualTo(Main.USAGE);
        assertThat(run.err())
                .startsWith("openline: port 65536 is not in 0–65535.")
                .hasLineCount(2);
    }

    @Test
    void messageOverTheLimitClosesTheLineWith1009() {
        try (WebSocketServer server = echo("--port", "0", "--max-message", "1000")) {
            CommandRun run =
                    CommandRun.withInput("x".repeat(1001) + "\n", "connect", "ws://127.0.0.1:" + server.port() + "/");

            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(run.err()).contains("the line was closed with 1009");
        }
    }
}
