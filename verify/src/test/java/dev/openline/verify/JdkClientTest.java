package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.wire.CloseStatus;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's own WebSocket client talks to our server: an end that nobody here wrote. */
class JdkClientTest {
    private static EchoServer server;
    private static HttpClient http;

    @BeforeAll
    static void start() throws Exception {
        server = EchoServer.start();
        http = HttpClient.newHttpClient();
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** The JDK's end of a line, and ours. */
    private record Line(WebSocket jdk, Ear jdkEar, EchoServer.End ours) {
        static Line open() throws ExecutionException {
            JdkEar listener = new JdkEar();
            WebSocket jdk = Waiting.forAnswer(http.newWebSocketBuilder().buildAsync(server.uri("/"), listener));
            return new Line(jdk, listener.ear, server.nextEnd());
        }
    }

    @Nested
    @DisplayName("RFC 6455 §5.2 and §5.6 messages of all lengths")
    class Sizes {
        @ParameterizedTest
        @MethodSource("dev.openline.verify.Messages#sizes")
        void aTextComesBackWhole(int bytes) throws Exception {
            Line line = Line.open();
            String text = Messages.text(bytes);

            Waiting.forAnswer(line.jdk.sendText(text, true));

            assertThat(line.jdkEar.next()).isEqualTo(new Event.Text(text));
            line.jdk.abort();
        }

        @ParameterizedTest
        @MethodSource("dev.openline.verify.Messages#sizes")
        void bytesComeBackWhole(int bytes) throws Exception {
            Line line = Line.open();

            Waiting.forAnswer(line.jdk.sendBinary(Messages.binary(bytes), true));

            assertThat(line.jdkEar.next()).isEqualTo(new Event.Binary(Messages.binary(bytes)));
            line.jdk.abort();
        }

        @Test
        void manyMessagesComeBackInOrderOnOneLine() throws Exception {
            Line line = Line.open();
            for (int i = 0; i < 500; i++) Waiting.forAnswer(line.jdk.sendText("message " + i, true));
            for (int i = 0; i < 500; i++) assertThat(line.jdkEar.next()).isEqualTo(new Event.Text("message " + i));
            line.jdk.abort();
        }

        @Test
        void aMessageOverTheLimitEndsTheLineWith1009() throws Exception {
            Line line = Line.open();
            // The answer may overtake the end of so long a message, and then the send fails: that is no news.
            line.jdk.sendBinary(Messages.binary(EchoServer.MAX_MESSAGE_BYTES + 1), true);

            assertThat(line.ours.ear.next())
                    .isInstanceOfSatisfying(
                            Event.Closed.class,
                            closed -> assertThat(closed.code()).isEqualTo(1009));
        }
    }

    @Nested
    @DisplayName("RFC 6455 §5.4 fragments")
    class Fragments {
        @Test
        void fragmentsOfATextAreOneMessage() throws Exception {
            Line line = Line.open();
            Waiting.forAnswer(line.jdk.sendText("one ", false));
            Waiting.forAnswer(line.jdk.sendText("", false));
            Waiting.forAnswer(line.jdk.sendText("two ", false));
            Waiting.forAnswer(line.jdk.sendText("three", true));

            assertThat(line.jdkEar.next()).isEqualTo(new Event.Text("one two three"));
            line.jdk.abort();
        }

        @Test
        void fragmentsOfAllLengthsAreOneMessage() throws Exception {
            Line line = Line.open();
            ByteBuffer whole = Messages.binary(65_537 + 65_535 + 127 + 126 + 1);
            int at = 0;
            for (int bytes : new int[] {65_537, 65_535, 127, 126}) {
                Waiting.forAnswer(line.jdk.sendBinary(whole.slice(at, bytes), false));
                at += bytes;
            }
            Waiting.forAnswer(line.jdk.sendBinary(whole.slice(at, 1), true));

            assertThat(line.jdkEar.next()).isEqualTo(new Event.Binary(whole));
            line.jdk.abort();
        }

        @Test
        void aPingBetweenFragmentsIsAnsweredBeforeTheMessageEnds() throws Exception {
            Line line = Line.open();
            Waiting.forAnswer(line.jdk.sendText("begun, ", false));
            Waiting.forAnswer(line.jdk.sendPing(Messages.bytes("still there?")));

            assertThat(line.jdkEar.next()).isEqualTo(new Event.Pong(Messages.bytes("still there?")));

            Waiting.forAnswer(line.jdk.sendText("done", true));
            assertThat(line.jdkEar.next()).isEqualTo(new Event.Text("begun, done"));
            line.jdk.abort();
        }
    }

    @Nested
    @DisplayName("RFC 6455 §5.5.2 and §5.5.3 ping and pong")
    class Pings {
        @ParameterizedTest
        @ValueSource(ints = {0, 1, 125})
        void ourServerAnswersAPingWithItsPayload(int bytes) throws Exception {
            Line line = Line.open();
            Waiting.forAnswer(line.jdk.sendPing(Messages.binary(bytes)));

            assertThat(line.jdkEar.next()).isEqualTo(new Event.Pong(Messages.binary(bytes)));
            line.jdk.abort();
        }

        @ParameterizedTest
        @ValueSource(ints = {0, 1, 125})
        void theClientAnswersOurPingWithItsPayload(int bytes) throws Exception {
            Line line = Line.open();
            line.ours.line().ping(Messages.binary(bytes));

            assertThat(line.ours.ear.next()).isEqualTo(new Event.Pong(Messages.binary(bytes)));
            line.jdk.abort();
        }

        @Test
        void anUnaskedPongIsHeardAndNotAnswered() throws Exception {
            Line line = Line.open();
            Waiting.forAnswer(line.jdk.sendPong(Messages.bytes("by the way")));
            Waiting.forAnswer(line.jdk.sendText("and now", true));

            assertThat(line.jdkEar.next()).isEqualTo(new Event.Text("and now"));
            assertThat(line.ours.ear.next()).isEqualTo(new Event.Pong(Messages.bytes("by the way")));
            line.jdk.abort();
        }
    }

    @Nested
    @DisplayName("RFC 6455 §7 closing")
    class Closing {
        /** The JDK refuses to send the other codes that RFC 6455 allows. */
        @ParameterizedTest
        @ValueSource(ints = {1000, 1001, 1008, 1011, 3000, 4000, 4999})
        void theClientSaysGoodbyeAndIsAnswered(int code) throws Exception {
            Line line = Line.open();
            Waiting.forAnswer(line.jdk.sendClose(code, "grüße"));

            assertThat(line.ours.ear.next()).isEqualTo(new Event.Closed(code, "grüße"));
            assertThat(line.jdkEar.next())
                    .isInstanceOfSatisfying(
                            Event.Closed.class,
                            closed -> assertThat(closed.code()).isEqualTo(code));
        }

        @ParameterizedTest
        @ValueSource(ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1011, 1012, 1013, 1014, 3000, 4000, 4999})
        void ourServerSaysGoodbyeAndIsAnswered(int code) throws Exception {
            Line line = Line.open();
            line.ours.line().close(new CloseStatus(code, "grüße"));

            assertThat(line.jdkEar.next()).isEqualTo(new Event.Closed(code, "grüße"));
            assertThat(line.ours.ear.next())
                    .isInstanceOfSatisfying(
                            Event.Closed.class,
                            closed -> assertThat(closed.code()).isEqualTo(code));
        }

        @Test
        void aGoodbyeWithoutACodeIs1005() throws Exception {
            Line line = Line.open();
            line.ours.line().close(CloseStatus.NO_STATUS);

            assertThat(line.jdkEar.next()).isEqualTo(new Event.Closed(1005, ""));
        }

        @Test
        void whatWasSentBeforeTheGoodbyeStillArrives() throws Exception {
            Line line = Line.open();
            dev.openline.net.WebSocket ours = line.ours.line();
            for (int i = 0; i < 100; i++) ours.sendText("message " + i);
            ours.close(CloseStatus.NORMAL);

            for (int i = 0; i < 100; i++) assertThat(line.jdkEar.next()).isEqualTo(new Event.Text("message " + i));
            assertThat(line.jdkEar.next()).isEqualTo(new Event.Closed(1000, ""));
        }

        @Test
        void aLineThatTheClientDropsIs1006() throws Exception {
            Line line = Line.open();
            line.jdk.abort();

            assertThat(line.ours.ear.next())
                    .isInstanceOfSatisfying(
                            Event.Closed.class,
                            closed -> assertThat(closed.code()).isEqualTo(1006));
        }

        @Test
        void aLineThatOurServerDropsIsBrokenOrIs1006() throws Exception {
            Line line = Line.open();
            line.ours.line().abort();

            assertThat(line.jdkEar.next())
                    .satisfiesAnyOf(
                            event -> assertThat(event).isInstanceOf(Event.Broken.class),
                            event -> assertThat(event).isEqualTo(new Event.Closed(1006, "")));
        }
    }

    @Nested
    @DisplayName("RFC 6455 §4 opening")
    class Opening {
        @Test
        void theFirstSubprotocolOfTheServersThatTheClientOffersIsAgreed() throws Exception {
            WebSocket jdk = Waiting.forAnswer(http.newWebSocketBuilder()
                    .subprotocols("unheard", "second", "first")
                    .buildAsync(server.uri("/pick"), new JdkEar()));

            assertThat(jdk.getSubprotocol()).isEqualTo("first");
            jdk.abort();
            server.nextEnd();
        }

        @Test
        void aPathWithoutLinesIsRefusedWith404() {
            assertThatThrownBy(() -> Waiting.forAnswer(
                            http.newWebSocketBuilder().buildAsync(server.uri("/nowhere"), new JdkEar())))
                    .cause()
                    .isInstanceOfSatisfying(
                            WebSocketHandshakeException.class,
                            refused -> assertThat(refused.getResponse().statusCode())
                                    .isEqualTo(404));
        }

        @Test
        void aPageOfAnotherSiteIsRefusedWith403() {
            assertThatThrownBy(() -> Waiting.forAnswer(http.newWebSocketBuilder()
                            .header("Origin", "https://elsewhere.example")
                            .buildAsync(server.uri("/"), new JdkEar())))
                    .cause()
                    .isInstanceOfSatisfying(
                            WebSocketHandshakeException.class,
                            refused -> assertThat(refused.getResponse().statusCode())
                                    .isEqualTo(403));
        }
    }
}
