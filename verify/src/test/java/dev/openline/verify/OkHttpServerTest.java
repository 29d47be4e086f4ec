package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.net.DialFailed;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import okhttp3.Response;
import okhttp3.WebSocketListener;
import okhttp3.mockwebserver.MockResponse;
import okhttp3.mockwebserver.MockWebServer;
import okhttp3.mockwebserver.RecordedRequest;
import okio.ByteString;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Our client talks to OkHttp's server. */
class OkHttpServerTest {
    private final MockWebServer server = new MockWebServer();
    private final WebSocketClient client = WebSocketClient.create(o -> o.line(EchoServer.ROOMY));

    @BeforeEach
    void start() throws Exception {
        server.start();
    }

    @AfterEach
    void stop() throws Exception {
        client.close();
        server.shutdown();
    }

    private URI uri() {
        return URI.create("ws://" + server.getHostName() + ":" + server.getPort() + "/");
    }

    /** Echoes, and tells what it heard; a goodbye is answered with the same code. */
    private static final class OkHttpEnd extends WebSocketListener {
        private final Ear ear = new Ear();
        private final BlockingQueue<okhttp3.WebSocket> opened = new LinkedBlockingQueue<>();

        @Override
        public void onOpen(okhttp3.WebSocket line, Response response) {
            opened.add(line);
        }

        @Override
        public void onMessage(okhttp3.WebSocket line, String text) {
            ear.hear(new Event.Text(text));
            line.send(text);
        }

        @Override
        public void onMessage(okhttp3.WebSocket line, ByteString bytes) {
            ear.hear(new Event.Binary(bytes.asByteBuffer()));
            line.send(bytes);
        }

        @Override
        public void onClosing(okhttp3.WebSocket line, int code, String reason) {
            ear.hear(new Event.Closed(code, reason));
            line.close(code == 1005 ? 1000 : code, null);
        }

        @Override
        public void onFailure(okhttp3.WebSocket line, Throwable fault, Response response) {
            ear.hear(new Event.Broken(fault.toString()));
        }

        okhttp3.WebSocket line() {
            return Waiting.forNext(opened, "line");
        }
    }

    /** Our end of a line, and OkHttp's. */
    private record Line(WebSocket ours, Ear ourEar, OkHttpEnd okHttp) {}

    private Line open() throws ExecutionException {
        OkHttpEnd end = new OkHttpEnd();
        server.enqueue(new MockResponse().withWebSocketUpgrade(end));
        OpenlineEar handler = new OpenlineEar();
        WebSocket ours = Waiting.forAnswer(client.dial(uri(), handler));
        return new Line(ours, handler.ear, end);
    }

    private DialFailed failedDial() {
        try {
            Waiting.forAnswer(client.dial(uri(), new OpenlineEar()));
        } catch (ExecutionException e) {
            assertThat(e).hasCauseInstanceOf(DialFailed.class);
            return (DialFailed) e.getCause();
        }
        throw new AssertionError("the dial ended in an open line");
    }

    @Nested
    @DisplayName("RFC 6455 §5.2 and §5.6 messages of all lengths")
    class Sizes {
        @ParameterizedTest
        @MethodSource("dev.openline.verify.Messages#sizes")
        void aTextComesBackWhole(int bytes) throws Exception {
            Line line = open();
            Event.Text text = new Event.Text(Messages.text(bytes));
            line.ours.sendText(text.text());

            assertThat(line.okHttp.ear.next()).isEqualTo(text);
            assertThat(line.ourEar.next()).isEqualTo(text);
        }

        @ParameterizedTest
        @MethodSource("dev.openline.verify.Messages#sizes")
        void bytesComeBackWhole(int bytes) throws Exception {
            Line line = open();
            Event.Binary data = new Event.Binary(Messages.binary(bytes));
            line.ours.sendBinary(Messages.binary(bytes));

            assertThat(line.okHttp.ear.next()).isEqualTo(data);
            assertThat(line.ourEar.next()).isEqualTo(data);
        }

        @Test
        void manyMessagesComeBackInOrder() throws Exception {
            Line line = open();
            for (int i = 0; i < 500; i++) line.ours.sendText("message " + i);
            for (int i = 0; i < 500; i++) assertThat(line.ourEar.next()).isEqualTo(new Event.Text("message " + i));
        }

        @Test
        void aTextFromBytesIsAText() throws Exception {
            Line line = open();
            line.ours.send(MessageKind.TEXT, ByteBuffer.wrap("grüße".getBytes(StandardCharsets.UTF_8)));

            assertThat(line.okHttp.ear.next()).isEqualTo(new Event.Text("grüße"));
        }
    }

    @Nested
    @DisplayName("RFC 6455 §5.5.2 ping and pong")
    class Pings {
        @ParameterizedTest
        @ValueSource(ints = {0, 1, 125})
        void aPingIsAnsweredWithItsPayload(int bytes) throws Exception {
            Line line = open();
            line.ours.ping(Messages.binary(bytes));

            assertThat(line.ourEar.next()).isEqualTo(new Event.Pong(Messages.binary(bytes)));
        }
    }

    @Nested
    @DisplayName("RFC 6455 §7 closing")
    class Closing {
        @ParameterizedTest
        @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 3000, 4000, 4999})
        void ourGoodbyeIsAnswered(int code) throws Exception {
            Line line = open();
            line.ours.close(new CloseStatus(code, "grüße"));

            assertThat(line.okHttp.ear.next()).isEqualTo(new Event.Closed(code, "grüße"));
            assertThat(line.ourEar.next()).isEqualTo(new Event.Closed(code, ""));
        }

        @ParameterizedTest
        @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 3000, 4000, 4999})
        void theServersGoodbyeIsHeardAndAnswered(int code) throws Exception {
            Line line = open();
            line.okHttp.line().close(code, "grüße");

            assertThat(line.ourEar.next()).isEqualTo(new Event.Closed(code, "grüße"));
            assertThat(line.okHttp.ear.next())
                    .isInstanceOfSatisfying(
                            Event.Closed.class,
                            closed -> assertThat(closed.code()).isEqualTo(code));
        }

        @Test
        void aLineThatWeDropIsBrokenForTheServer() throws Exception {
            Line line = open();
            line.ours.abort();

            assertThat(line.okHttp.ear.next()).isInstanceOf(Event.Broken.class);
        }
    }

    @Nested
    @DisplayName("RFC 6455 §4.1 the client's opening handshake")
    class Opening {
        @Test
        void theRequestIsTheOneOfTheRfc() throws Exception {
            open();
            RecordedRequest request = server.takeRequest();

            assertThat(request.getMethod()).isEqualTo("GET");
            assertThat(request.getHeader("Upgrade")).isEqualToIgnoringCase("websocket");
            assertThat(request.getHeader("Connection")).isEqualToIgnoringCase("Upgrade");
            assertThat(request.getHeader("Sec-WebSocket-Version")).isEqualTo("13");
            assertThat(request.getHeader("Sec-WebSocket-Key")).matches("[A-Za-z0-9+/]{22}==");
            assertThat(request.getHeader("Host")).isEqualTo(server.getHostName() + ":" + server.getPort());
        }

        @Test
        void everyLineHasANonceOfItsOwn() throws Exception {
            open();
            open();

            assertThat(server.takeRequest().getHeader("Sec-WebSocket-Key"))
                    .isNotEqualTo(server.takeRequest().getHeader("Sec-WebSocket-Key"));
        }

        @ParameterizedTest
        @ValueSource(ints = {200, 401, 403, 404, 500, 503})
        void aServerThatAnswersOtherwiseFailsTheDialWithItsStatus(int status) {
            server.enqueue(new MockResponse().setResponseCode(status));

            assertThat(failedDial().status()).isEqualTo(OptionalInt.of(status));
        }

        @Test
        void aServerThatCannotHashFailsTheDial() {
            server.enqueue(new MockResponse()
                    .setStatus("HTTP/1.1 101 Switching Protocols")
                    .setHeader("Upgrade", "websocket")
                    .setHeader("Connection", "Upgrade")
                    .setHeader("Sec-WebSocket-Accept", "bm90IHRoZSBoYXNoIG9mIHRoZSBrZXk="));

            assertThat(failedDial()).hasMessageContaining("Sec-WebSocket-Accept");
        }

        @Test
        void aSubprotocolIsOfferedAndTheChosenOneIsKnown() throws Exception {
            try (WebSocketClient picky = WebSocketClient.create(o -> o.subprotocols(List.of("first", "second")))) {
                server.enqueue(new MockResponse()
                        .withWebSocketUpgrade(new OkHttpEnd())
                        .setHeader("Sec-WebSocket-Protocol", "second"));
                WebSocket line = Waiting.forAnswer(picky.dial(uri(), new OpenlineEar()));

                assertThat(server.takeRequest().getHeader("Sec-WebSocket-Protocol"))
                        .isEqualTo("first, second");
                assertThat(line.subprotocol()).isEqualTo("second");
            }
        }

        @Test
        void aSubprotocolThatNobodyOfferedFailsTheDial() {
            server.enqueue(new MockResponse()
                    .withWebSocketUpgrade(new OkHttpEnd())
                    .setHeader("Sec-WebSocket-Protocol", "unheard-of"));

            assertThatThrownBy(() -> Waiting.forAnswer(client.dial(uri(), new OpenlineEar())))
                    .hasCauseInstanceOf(DialFailed.class);
        }
    }
}
