package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.HttpRequest;
import dev.openline.net.HttpResponse;
import dev.openline.net.UpgradeDecision;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.net.WebSocketServer;
import dev.openline.wire.CloseStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectCommandTest {
    private static String addressOf(WebSocketServer server) {
        return "ws://127.0.0.1:" + server.port() + "/";
    }

    @Nested
    @DisplayName("to an echo server")
    class ToAnEchoServer {
        WebSocketServer server;
        String address;

        @BeforeEach
        void listen() {
            EchoCommand echo = CommandRun.parsed("echo", "--port", "0");
            server = echo.open();
            address = addressOf(server);
        }

        @AfterEach
        void close() {
            server.close();
        }

        @Test
        void everyLineOfTheInputIsAMessageAndTheAnswersArePrinted() {
            CommandRun run = CommandRun.withInput("hello\n\nwörld 🚂\n", "connect", address);

            assertThat(run.out()).isEqualTo("hello\n\nwörld 🚂\n");
            assertThat(run.err()).isEmpty();
            assertThat(run.exitCode()).isEqualTo(Main.OK);
        }

        @Test
        void wireLogShowsEveryFrameInItsOrder() {
            CommandRun run = CommandRun.withInput("hello\n", "connect", "-v", address);

            List<String> lines = run.err().lines().toList();
            assertThat(lines.stream().filter(line -> line.startsWith(">")))
                    .containsExactly("> TEXT \"hello\" [5 bytes]", "> CLOSE 1000");
            assertThat(lines.stream().filter(line -> line.startsWith("<")))
                    .containsExactly("< TEXT \"hello\" [5 bytes]", "< CLOSE 1000");
        }

        @Test
        void wireLogShowsWhatCompressedFramesSay() {
            EchoCommand echo = CommandRun.parsed("echo", "--port", "0", "--deflate-takeover", "--deflate-from", "20");
            try (WebSocketServer deflating = echo.open()) {
                String hello = "hello, hello, hello, hello";
                CommandRun run = CommandRun.withInput(
                        hello + "\nshort\n",
                        "connect",
                        "-v",
                        "--deflate",
                        "--deflate-from=20",
                        "--deflate-window=12",
                        addressOf(deflating));

                assertThat(run.out()).isEqualTo(hello + "\nshort\n");
                assertThat(run.err().lines().filter(line -> line.contains("TEXT")))
                        .containsExactlyInAnyOrder(
                                "> TEXT \"" + hello + "\" [26 bytes, deflated to 12]",
                                "> TEXT \"short\" [5 bytes]",
                                "< TEXT \"" + hello + "\" [26 bytes, deflated to 12]",
                                "< TEXT \"short\" [5 bytes]");
            }
        }

        @Test
        void windowThatDoesNotExistIsBadUsage() {
            CommandRun run = CommandRun.of("connect", "--deflate", "--deflate-window=16", address);

            assertThat(run.exitCode()).isEqualTo(Main.USAGE);
            assertThat(run.err()).contains("windowBits 16 is not in 8–15");
        }

        @Test
        void messageLargerThanTheQueueIsSentWholeAndBeforeTheClose() {
            String large = "x".repeat(5_000_000);

            CommandRun run = CommandRun.withInput(large + "\n", "connect", address);

            assertThat(run.out()).hasSize(large.length() + 1);
            assertThat(run.exitCode()).isEqualTo(Main.OK);
        }

        @Test
        void moreThanTheQueueHoldsIsSentAsTheServerTakesIt() {
            String messages = ("y".repeat(700_000) + "\n").repeat(12);

            CommandRun run = CommandRun.withInput(messages, "connect", address);

            assertThat(run.out()).isEqualTo(messages);
            assertThat(run.exitCode()).isEqualTo(Main.OK);
        }

        @Test
        void refusedOriginIsAFailureInOneSentence() {
            CommandRun run = CommandRun.of("connect", "--origin", "http://elsewhere.example", address);

            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(run.err())
                    .startsWith("openline: 127.0.0.1:")
                    .contains("403")
                    .hasLineCount(1);
        }

        @Test
        void portWhereNobodyListensIsAFailureInOneSentence() {
            server.close();

            CommandRun run = CommandRun.of("connect", address);

            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(run.err()).contains("connection refused").hasLineCount(1);
        }
    }

    @Nested
    @DisplayName("to a server that looks at the request")
    class ToAServerThatLooks {
        final CompletableFuture<HttpRequest> seen = new CompletableFuture<>();

        @Test
        void headersOriginAndSubprotocolsAreSentAsGiven() throws IOException {
            try (WebSocketServer server =
                    WebSocketServer.listen(o -> o.port(0).upgrades("/", List.of("v2", "v1"), this::look))) {
                CommandRun run = CommandRun.of(
                        "connect",
                        "-H",
                        "Cookie: a=b; c=d",
                        "-H",
                        "X-Empty:",
                        "--origin",
                        "http://127.0.0.1:" + server.port(),
                        "--subprotocol",
                        "v1",
                        "--subprotocol",
                        "v3",
                        addressOf(server));

                assertThat(run.err()).isEmpty();
                assertThat(run.exitCode()).isEqualTo(Main.OK);
                assertThat(seen.join().headers().first("cookie")).isEqualTo("a=b; c=d");
                assertThat(seen.join().headers().first("x-empty")).isEmpty();
                assertThat(seen.join().headers().first("origin")).isEqualTo("http://127.0.0.1:" + server.port());
                assertThat(seen.join().headers().tokens("sec-websocket-protocol"))
                        .containsExactly("v1", "v3");
            }
        }

        private UpgradeDecision look(HttpRequest request) {
            seen.complete(request);
            return new UpgradeDecision.Open(new WebSocketHandler() {});
        }
    }

    @Nested
    @DisplayName("to a server that ends the line")
    class ToAServerThatEnds {
        /** A server that answers the first message, or the opening if there is none, in its own way. */
        private CommandRun connectTo(WebSocketHandler handler) throws IOException {
            try (WebSocketServer server = WebSocketServer.listen(o -> o.port(0).webSocket("/", request -> handler))) {
                return CommandRun.withInput("go\n", "connect", addressOf(server));
            }
        }

        @ParameterizedTest
        @ValueSource(ints = {1000, 1001})
        void ordinaryCloseIsNoFailure(int code) throws IOException {
            CommandRun run = connectTo(closing(new CloseStatus(code, "bye")));

            assertThat(run.err()).isEmpty();
            assertThat(run.exitCode()).isEqualTo(Main.OK);
        }

        @Test
        void anyOtherCloseIsAFailureThatNamesCodeAndReason() throws IOException {
            CommandRun run = connectTo(closing(new CloseStatus(4001, "no such room")));

            assertThat(run.err()).isEqualTo("openline: the line was closed with 4001 no such room.\n");
            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
        }

        @Test
        void lineCutWithoutACloseIsAFailure() throws IOException {
            CommandRun run = connectTo(new WebSocketHandler() {
                @Override
                public void onText(WebSocket line, String text) {
                    line.abort();
                }
            });

            assertThat(run.err()).isEqualTo("openline: the line broke without a close.\n");
            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
        }

        @Test
        void binaryMessageIsPrintedInHexadecimal() throws IOException {
            CommandRun run = connectTo(new WebSocketHandler() {
                @Override
                public void onText(WebSocket line, String text) {
                    line.sendBinary(ByteBuffer.wrap(new byte[] {1, 2, (byte) 0xff}));
                }
            });

            assertThat(run.out()).isEqualTo("binary 0102ff [3 bytes]\n");
        }

        private static WebSocketHandler closing(CloseStatus status) {
            return new WebSocketHandler() {
                @Override
                public void onOpen(WebSocket line) {
                    line.close(status);
                }
            };
        }
    }

    @Nested
    @DisplayName("with --redial")
    class WithRedial {
        final AtomicInteger requests = new AtomicInteger();

        /** Answers the first requests with this status, and echoes then. */
        private WebSocketServer server(int refused, int status) throws IOException {
            WebSocketHandler echo = new WebSocketHandler() {
                @Override
                public void onText(WebSocket line, String text) {
                    line.sendText(text);
                }
            };
            return WebSocketServer.listen(o -> o.port(0)
                    .upgrades(
                            "/",
                            List.of(),
                            request -> requests.incrementAndGet() <= refused
                                    ? new UpgradeDecision.Refuse(HttpResponse.text(status, "not now\n"))
                                    : new UpgradeDecision.Open(echo)));
        }

        @Test
        void whatIsPipedInWaitsForTheLineAndIsSent() throws IOException {
            try (WebSocketServer server = server(2, 503)) {
                CommandRun run = CommandRun.withInput("one\ntwo\n", "connect", "--redial", addressOf(server));

                assertThat(run.out()).isEqualTo("one\ntwo\n");
                assertThat(run.exitCode()).isEqualTo(Main.OK);
                assertThat(run.err().lines())
                        .hasSize(2)
                        .allMatch(
                                line -> line.matches(
                                        "Dialling again in \\d\\.\\d s: 127.0.0.1:\\d+ refused: the server answered 503 instead of 101."));
            }
        }

        @Test
        void anEndThatWillNotPassIsAFailureInOneSentence() throws IOException {
            try (WebSocketServer server = server(99, 403)) {
                CommandRun run = CommandRun.withInput("one\n", "connect", "--redial", addressOf(server));

                assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
                assertThat(run.err())
                        .startsWith("openline: 127.0.0.1:")
                        .contains("403")
                        .hasLineCount(1);
                assertThat(requests).hasValue(1);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost/", "localhost:9001", "wss:///path", "ws:///path", "ws://a b/", "/"})
    void whatIsNoAddressIsBadUsage(String address) {
        CommandRun run = CommandRun.of("connect", address);

        assertThat(run.exitCode()).isEqualTo(Main.USAGE);
        assertThat(run.err()).startsWith("openline: ").hasLineCount(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Name", ": value", "Na me: value", "Name: two\nlines", "Host: elsewhere", "Upgrade: h2c"})
    void whatIsNoHeaderIsBadUsage(String header) {
        CommandRun run = CommandRun.of("connect", "-H", header, "ws://127.0.0.1:1/");

        assertThat(run.exitCode()).isEqualTo(Main.USAGE);
        assertThat(run.err()).startsWith("openline: ");
    }
}
