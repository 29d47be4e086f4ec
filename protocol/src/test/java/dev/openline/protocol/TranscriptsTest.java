package dev.openline.protocol;

import static dev.openline.protocol.Frames.commands;
import static dev.openline.protocol.Frames.serverMessages;
import static dev.openline.protocol.Frames.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Result.ConnectResult;
import dev.openline.protocol.Result.PublishResult;
import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("conversations as they are on the wire")
class TranscriptsTest {
    private static final StreamPosition FOURTH = new StreamPosition(4, "pKqL");

    /** What the server says is written and read back; both must give the other exactly. */
    private static void said(String line, ServerMessage message) throws MalformedFrame {
        assertThat(text(message)).isEqualTo(line);
        assertThat(serverMessages(line)).containsExactly(message);
    }

    /** What a client says is read by the server. */
    private static void heard(String line, Command... expected) throws MalformedFrame {
        assertThat(commands(line)).containsExactly(expected);
    }

    @Nested
    @DisplayName("connect and subscribe in one frame, then publish")
    class ConnectSubscribePublish {
        @Test
        void clientConnectsAndSubscribesInOneFrame() throws MalformedFrame {
            heard(
                    "{\"id\":1,\"connect\":{\"token\":\"eyJ…\",\"name\":\"js\"}}\n"
                            + "{\"id\":2,\"subscribe\":{\"channel\":\"news\",\"flag\":1}}",
                    Command.Connect.by(1, "js", "eyJ…"),
                    new Command.Subscribe(2, SubscribeRequest.to("news").withFlags(1)));
        }

        @Test
        void serverOpensTheSession() throws MalformedFrame {
            said(
                    "{\"id\":1,\"connect\":{\"client\":\"7f1c…\",\"version\":\"0.1.0\",\"expires\":true,\"ttl\":3599,"
                            + "\"ping\":25,\"pong\":true}}",
                    new Reply.Done(
                            1,
                            new ConnectResult(
                                    "7f1c…", "0.1.0", new Expiry(3599), null, Map.of(), new Heartbeat(25, true))));
        }

        @Test
        void serverSubscribes() throws MalformedFrame {
            said(
                    "{\"id\":2,\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\"pKqL\",\"offset\":3}}",
                    new Reply.Done(
                            2,
                            new SubscribeResult(
                                    Tracking.RECOVERABLE,
                                    new StreamPosition(3, "pKqL"),
                                    Recovery.NOT_ASKED,
                                    List.of(),
                                    null,
                                    null)));
        }

        @Test
        void clientPublishes() throws MalformedFrame {
            String line = "{\"id\":3,\"publish\":{\"channel\":\"news\",\"data\":{\"t\":\"hi\"}}}";
            Command.Publish command = new Command.Publish(3, "news", Payload.of("{\"t\":\"hi\"}"));
            heard(line, command);
            assertThat(text(command)).isEqualTo(line);
        }

        @Test
        void publisherHearsItself() throws MalformedFrame {
            said(
                    "{\"push\":{\"channel\":\"news\",\"pub\":{\"data\":{\"t\":\"hi\"},"
                            + "\"info\":{\"user\":\"42\",\"client\":\"7f1c…\"},\"offset\":4}}}",
                    new Push.PublicationPush(
                            "news",
                            new Publication(
                                    4,
                                    Payload.of("{\"t\":\"hi\"}"),
                                    new ClientInfo("42", "7f1c…", null, null),
                                    Map.of())));
        }

        @Test
        void publishIsAnsweredByAnEmptyResult() throws MalformedFrame {
            said("{\"id\":3,\"publish\":{}}", new Reply.Done(3, new PublishResult()));
        }

        @Test
        void pingAndPongAreEmpty() throws MalformedFrame {
            said("{}", new Ping());
            heard("{}", new Command.Pong());
            assertThat(text(new Command.Pong())).isEqualTo("{}");
        }
    }

    @Nested
    @DisplayName("recovery")
    class Recovering {
        private static final String NEITHER =
                "{\"id\":2,\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\"Zr1o\",\"offset\":9,"
                        + "\"was_recovering\":true}}";

        @Test
        void clientHandsItsPositionBack() throws MalformedFrame {
            heard(
                    "{\"id\":1,\"connect\":{}}\n"
                            + "{\"id\":2,\"subscribe\":{\"channel\":\"news\",\"recover\":true,\"offset\":4,\"epoch\":\"pKqL\",\"flag\":1}}",
                    Command.Connect.by(1, "", ""),
                    new Command.Subscribe(
                            2, SubscribeRequest.to("news").withRecover(FOURTH).withFlags(1)));
        }

        @Test
        void serverHandsOverWhatWasMissed() throws MalformedFrame {
            said(
                    "{\"id\":2,\"subscribe\":{\"recoverable\":true,\"positioned\":true,\"epoch\":\"pKqL\",\"publications\":["
                            + "{\"data\":5.0,\"offset\":5},{\"data\":\"six\",\"offset\":6}],\"recovered\":true,\"offset\":4,"
                            + "\"was_recovering\":true}}",
                    new Reply.Done(
                            2,
                            new SubscribeResult(
                                    Tracking.RECOVERABLE,
                                    FOURTH,
                                    Recovery.RECOVERED,
                                    List.of(
                                            new Publication(5, Payload.of("5.0"), null, Map.of()),
                                            new Publication(6, Payload.of("\"six\""), null, Map.of())),
                                    null,
                                    null)));
        }

        @Test
        void serverCanNotRecover() throws MalformedFrame {
            said(
                    NEITHER,
                    new Reply.Done(
                            2,
                            new SubscribeResult(
                                    Tracking.RECOVERABLE,
                                    new StreamPosition(9, "Zr1o"),
                                    Recovery.NOT_RECOVERED,
                                    List.of(),
                                    null,
                                    null)));
        }

        @Test
        void serverRefusesWhatItCanNotRecover() throws MalformedFrame {
            said(
                    "{\"id\":2,\"error\":{\"code\":112,\"message\":\"unrecoverable position\"}}",
                    new Reply.Failed(2, ErrorReply.UNRECOVERABLE_POSITION));
        }

        @Test
        void serverSeesAGap() throws MalformedFrame {
            said(
                    "{\"push\":{\"channel\":\"news\",\"unsubscribe\":{\"code\":2500,\"reason\":\"insufficient state\"}}}",
                    new Push.UnsubscribePush("news", Unsubscribed.INSUFFICIENT_STATE));
        }
    }

    @Test
    void tokenHasExpired() throws MalformedFrame {
        said(
                "{\"id\":1,\"error\":{\"code\":109,\"message\":\"token expired\"}}",
                new Reply.Failed(1, ErrorReply.TOKEN_EXPIRED));
    }

    @Test
    void temporaryErrorSaysSo() throws MalformedFrame {
        said(
                "{\"id\":7,\"error\":{\"code\":100,\"message\":\"internal server error\",\"temporary\":true}}",
                new Reply.Failed(7, ErrorReply.INTERNAL));
    }

    @Test
    void payloadThatIsAStringTravelsAsOne() throws MalformedFrame {
        said(
                "{\"push\":{\"channel\":\"d\",\"pub\":{\"data\":\"{\\\"a\\\":1,\\\"b\\\":2}\",\"offset\":1}}}",
                new Push.PublicationPush(
                        "d", new Publication(1, Payload.of("\"{\\\"a\\\":1,\\\"b\\\":2}\""), null, Map.of())));
    }

    @Test
    void patchTravelsAsTheTextOfAString() throws MalformedFrame {
        Payload patch = Payload.of("D\nC@0,1:é;");
        said(
                "{\"push\":{\"channel\":\"d\",\"pub\":{\"data\":\"D\\nC@0,1:é;\",\"offset\":2,\"delta\":true}}}",
                new Push.PublicationPush(
                        "d", new Publication(2, patch, null, Map.of()).coded(Publication.Coding.PATCH, patch)));
    }
}
