package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.wire.CloseStatus;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The npm {@code ws}, which node runs, on the other end of our lines: as a client of our server, and as a server of our client. */
class NodeWsTest {
    @Nested
    @DisplayName("ws as a client of our server")
    class AsClient {
        /** The facts are in {@code ws-client.test.mjs}; if one doesn't hold, the output says which. */
        @Test
        void allItsFactsHold() throws Exception {
            try (EchoServer server = EchoServer.start();
                    NodeScript facts = NodeScript.start(
                            "ws-client.test.mjs",
                            Map.of("OPENLINE_URL", "ws://127.0.0.1:" + server.port()),
                            "--test-reporter=tap")) {
                assertThat(facts.exitCode()).as(facts::output).isZero();
                assertThat(facts.output())
                        .contains("# fail 0")
                        .contains("# skipped 0")
                        .containsPattern("# pass [6-9]\\d");
            }
        }
    }

    @Nested
    @DisplayName("ws as a server of our client")
    class AsServer {
        private static NodeScript node;
        private static WebSocketClient client;
        private static String address;

        @BeforeAll
        static void start() {
            node = NodeScript.start("ws-server.mjs", Map.of());
            List<String> listening = node.next();
            assertThat(listening).startsWith("listening").hasSize(2);
            address = "ws://127.0.0.1:" + listening.get(1);
            client = WebSocketClient.create(o -> o.line(EchoServer.ROOMY));
        }

        @AfterAll
        static void stop() {
            if (client != null) client.close();
            if (node != null) node.close();
        }

        private final OpenlineEar handler = new OpenlineEar();
        private final Ear ear = handler.ear;

        private WebSocket open(String path) throws ExecutionException {
            return Waiting.forAnswer(client.dial(URI.create(address + path), handler));
        }

        private void closeAndHear(WebSocket line) {
            line.close(CloseStatus.NORMAL);
            assertThat(node.next()).isEqualTo(List.of("closed", "1000", ""));
            assertThat(ear.next()).isEqualTo(new Event.Closed(1000, ""));
        }

        @ParameterizedTest
        @MethodSource("dev.openline.verify.Messages#sizes")
        void aTextComesBackWhole(int bytes) throws Exception {
            WebSocket line = open("/echo");
            line.sendText(Messages.text(bytes));

            assertThat(ear.next()).isEqualTo(new Event.Text(Messages.text(bytes)));
            closeAndHear(line);
        }

        @ParameterizedTest
        @MethodSource("dev.openline.verify.Messages#sizes")
        void bytesComeBackWhole(int bytes) throws Exception {
            WebSocket line = open("/echo");
            line.sendBinary(Messages.binary(bytes));

            assertThat(ear.next()).isEqualTo(new Event.Binary(Messages.binary(bytes)));
            closeAndHear(line);
        }

        /** Letters of several bytes lie across the fragments' borders. */
        @ParameterizedTest
        @MethodSource("dev.openline.verify.Messages#sizes")
        void aTextInFragmentsWithAPingBetweenThemIsOneMessage(int bytes) throws Exception {
            WebSocket line = open("/fragments");
            line.sendText(Messages.text(bytes));

            assertThat(ear.next()).isEqualTo(new Event.Text(Messages.text(bytes)));
            assertThat(node.next()).isEqualTo(List.of("pong", "10"));
            closeAndHear(line);
        }

        @ParameterizedTest
        @MethodSource("dev.openline.verify.Messages#sizes")
        void bytesInFragmentsAreOneMessage(int bytes) throws Exception {
            WebSocket line = open("/fragments");
            line.sendBinary(Messages.binary(bytes));

            assertThat(ear.next()).isEqualTo(new Event.Binary(Messages.binary(bytes)));
            assertThat(node.next()).isEqualTo(List.of("pong", "10"));
            closeAndHear(line);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 125})
        void ourPingIsAnsweredWithItsPayload(int bytes) throws Exception {
            WebSocket line = open("/echo");
            line.ping(Messages.binary(bytes));

            assertThat(ear.next()).isEqualTo(new Event.Pong(Messages.binary(bytes)));
            closeAndHear(line);
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 125})
        void itsPingIsAnsweredWithItsPayload(int bytes) throws Exception {
            WebSocket line = open("/ping?bytes=" + bytes);

            assertThat(node.next()).isEqualTo(List.of("pong", Integer.toString(bytes)));
            closeAndHear(line);
        }

        @ParameterizedTest
        @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4000, 4999})
        void ourGoodbyeIsHeardAndAnswered(int code) throws Exception {
            open("/echo").close(new CloseStatus(code, "grüße"));

            assertThat(node.next()).isEqualTo(List.of("closed", Integer.toString(code), "grüße"));
            assertThat(ear.next())
                    .isInstanceOfSatisfying(
                            Event.Closed.class,
                            closed -> assertThat(closed.code()).isEqualTo(code));
        }

        @Test
        void ourGoodbyeWithoutACodeIs1005() throws Exception {
            open("/echo").close(CloseStatus.NO_STATUS);

            assertThat(node.next()).isEqualTo(List.of("closed", "1005", ""));
            assertThat(ear.next()).isEqualTo(new Event.Closed(1005, ""));
        }

        @ParameterizedTest
        @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 3000, 4000, 4999})
        void itsGoodbyeIsHeardAndAnswered(int code) throws Exception {
            open("/close?reason=told&code=" + code);

            assertThat(ear.next()).isEqualTo(new Event.Closed(code, "told"));
            assertThat(node.next()).startsWith("closed", Integer.toString(code));
        }

        @Test
        void itsGoodbyeWithoutACodeIs1005() throws Exception {
            open("/close-without-a-code");

            assertThat(ear.next()).isEqualTo(new Event.Closed(1005, ""));
            assertThat(node.next()).startsWith("closed", "1005");
        }

        @Test
        void aLineThatItDropsIs1006() throws Exception {
            open("/terminate");

            assertThat(ear.next())
                    .isInstanceOfSatisfying(
                            Event.Closed.class,
                            closed -> assertThat(closed.code()).isEqualTo(1006));
            assertThat(node.next()).startsWith("closed", "1006");
        }

        @Test
        void aLineThatWeDropIs1006ForIt() throws Exception {
            open("/echo").abort();

            assertThat(node.next()).startsWith("closed", "1006");
        }
    }
}
