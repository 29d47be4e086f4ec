package dev.openline.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.PublicationFormat;
import dev.openline.protocol.Command;
import dev.openline.protocol.Direction;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Push;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.SubscribeRequest;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What breaks clients in the field when a server gets it wrong, as far as it takes real lines to see it. */
class ProtocolTrapsTest {
    private static ServedSessions sessions;

    @BeforeAll
    static void start() throws Exception {
        sessions = new ServedSessions(o -> o.namespace(
                        "json",
                        ServedSessions.open().format(PublicationFormat.JSON).build())
                .namespace(
                        "bytes",
                        ServedSessions.open().format(PublicationFormat.BINARY).build()));
    }

    @AfterAll
    static void stop() {
        sessions.close();
    }

    private static Caller subscribed(Encoding encoding, String channel) throws InterruptedException {
        Caller caller = sessions.connected(encoding);
        caller.says(new Command.Subscribe(2, SubscribeRequest.to(channel)));
        assertThat(caller.answerTo(2)).isEqualTo("reply");
        return caller;
    }

    /** With a client that is not ours, and that says which subprotocol was agreed on. */
    @ParameterizedTest(name = "offered {0} and asked {1}: {2}, {3}")
    @CsvSource({
        "'', '', '', JSON",
        "'', ?format=protobuf, '', PROTOBUF",
        "'', ?cf_protocol=protobuf, '', PROTOBUF",
        "'', ?format=other, '', JSON",
        "centrifuge-json, '', centrifuge-json, JSON",
        "centrifuge-json, ?format=protobuf, centrifuge-json, JSON",
        "centrifuge-protobuf, '', centrifuge-protobuf, PROTOBUF",
        "graphql-ws, '', '', JSON"
    })
    void theEncodingIsJsonUnlessTheClientAsksAndOnlyWhatWasOfferedIsAgreedOn(
            String offered, String asked, String agreed, Encoding encoding) {
        var first = new CompletableFuture<ByteBuffer>();
        var builder = HttpClient.newHttpClient().newWebSocketBuilder();
        if (!offered.isEmpty()) builder.subprotocols(offered);
        WebSocket line = builder.buildAsync(
                        URI.create("ws://127.0.0.1:" + sessions.server.port() + "/connection/websocket" + asked),
                        new FirstMessage(first))
                .join();
        assertThat(line.getSubprotocol()).isEqualTo(agreed);
        byte[] connect = encoding.encode(
                Command.Connect.by(1, "test", ServedSessions.connection("alice").sign()));
        if (encoding.isText()) line.sendText(new String(connect, UTF_8), true);
        else line.sendBinary(ByteBuffer.wrap(connect), true);
        ByteBuffer reply = first.orTimeout(20, TimeUnit.SECONDS).join();
        assertThat(reply.get(0) == '{').isEqualTo(encoding.isText());
        line.abort();
    }

    private record FirstMessage(CompletableFuture<ByteBuffer> heard) implements WebSocket.Listener {
        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            heard.complete(ByteBuffer.wrap(text.toString().getBytes(UTF_8)));
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer bytes, boolean last) {
            heard.complete(bytes);
            return CompletableFuture.completedStage(null);
        }
    }

    @Test
    void everybodyHearsOneOrderWhetherClientsOrTheBackendPublish() throws Exception {
        String channel = "news:order";
        int each = 100;
        int publishers = 4;
        List<Caller> all = new ArrayList<>();
        for (int i = 0; i < publishers; i++) all.add(subscribed(Encoding.values()[i % 2], channel));
        for (int n = 0; n < each; n++) {
            for (int i = 0; i < publishers; i++)
                all.get(i).says(new Command.Publish(10 + n, channel, Payload.of("[" + i + "," + n + "]")));
            sessions.server.publish(channel, "[\"backend\"," + n + "]");
        }
        List<List<String>> heard = new ArrayList<>();
        for (Caller caller : all) {
            List<String> order = new ArrayList<>();
            while (order.size() < each * (publishers + 1)) {
                if (!(caller.next() instanceof Push.PublicationPush push)) continue;
                assertThat(push.publication().offset()).isEqualTo(order.size() + 1);
                order.add(push.publication().data().text());
            }
            heard.add(order);
            caller.close();
        }
        assertThat(heard).allMatch(order -> order.equals(heard.get(0)));
        assertThat(heard.get(0)).doesNotHaveDuplicates();
        sessions.goesOn();
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void comingAndGoingInOneFrameEndsWithTheRightPresenceWhereverTheChannelIsAtHome(Encoding encoding)
            throws Exception {
        try (Caller caller = sessions.connected(encoding)) {
            for (int i = 0; i < 30; i++) {
                String channel = "news:loop" + i + encoding;
                Command.Subscribe comes = new Command.Subscribe(2, SubscribeRequest.to(channel));
                Command.Unsubscribe goes = new Command.Unsubscribe(3, channel);
                caller.says(comes, goes, comes, goes, comes, new Command.PresenceStats(4, channel));
                assertThat(stats(caller, 4)).isEqualTo(new Result.PresenceStatsResult(1, 1));
                caller.says(goes, comes, goes, new Command.PresenceStats(5, channel));
                assertThat(stats(caller, 5)).isEqualTo(new Result.PresenceStatsResult(0, 0));
            }
            sessions.goesOn();
        }
    }

    private static Result stats(Caller caller, long id) throws InterruptedException {
        return ((Reply.Done) caller.replyTo(id)).result();
    }

    @ParameterizedTest
    @ValueSource(strings = {"_", "other", "\u00e9\ud83d\ude00", "null", "{}", "\"\\\n"})
    void anyTextIsAnEpochAndAnotherThanTheLogsIsToldNotPunished(String epoch) throws Exception {
        sessions.server.publish("news:epoch", "1").join();
        SubscribeRequest request = SubscribeRequest.to("news:epoch").withRecover(new StreamPosition(0, epoch));
        for (Encoding encoding : Encoding.values()) {
            try (Caller caller = sessions.connected(encoding)) {
                SubscribeRequest strict = request.withFlags(SubscribeRequest.REJECT_UNRECOVERABLE);
                caller.says(
                        new Command.Subscribe(2, strict),
                        new Command.Subscribe(
                                3, request.withWishes(java.util.Set.of(SubscribeRequest.Wish.RECOVERABLE))));
                assertThat(caller.answerTo(2)).isEqualTo("error 112");
                var result = (Result.SubscribeResult) ((Reply.Done) caller.replyTo(3)).result();
                assertThat(result.recovery()).isEqualTo(Result.SubscribeResult.Recovery.NOT_RECOVERED);
                assertThat(result.missed()).isEmpty();
            }
        }
        sessions.goesOn();
    }

    @ParameterizedTest
    @EnumSource(Encoding.class)
    void historyWithoutALimitIsThePositionAndWithoutABoundAllThatMayBeAtOnce(Encoding encoding) throws Exception {
        String channel = "news:pages" + encoding;
        for (int i = 1; i <= 310; i++) sessions.server.publish(channel, "" + i);
        try (Caller caller = sessions.connected(encoding)) {
            StreamPosition beginning = new StreamPosition(0, "");
            assertThat(offsets(caller, channel, 0, null)).isEmpty();
            assertThat(offsets(caller, channel, 0, beginning)).isEmpty();
            assertThat(offsets(caller, channel, -1, null)).isEqualTo(Bench.offsets(1, 300));
            assertThat(offsets(caller, channel, 301, null)).isEqualTo(Bench.offsets(1, 300));
            assertThat(offsets(caller, channel, 2, beginning)).isEqualTo(Bench.offsets(1, 2));
            assertThat(offsets(caller, channel, 9, new StreamPosition(308, ""))).isEqualTo(Bench.offsets(309, 310));
            // Before the beginning is nothing, but where no beginning is named the newest come first.
            caller.says(new Command.History(7, channel, 2, beginning, Direction.NEWEST_FIRST));
            assertThat(caller.answerTo(7)).isEqualTo("error 107");
            caller.says(new Command.History(8, channel, 2, null, Direction.NEWEST_FIRST));
            assertThat(offsets(caller, 8)).containsExactly(310L, 309L);
            sessions.goesOn();
        }
    }

    private static List<Long> offsets(Caller caller, String channel, int limit, StreamPosition since)
            throws InterruptedException {
        caller.says(new Command.History(6, channel, limit, since, Direction.OLDEST_FIRST));
        return offsets(caller, 6);
    }

    private static List<Long> offsets(Caller caller, long id) throws InterruptedException {
        var history = (Result.HistoryResult) ((Reply.Done) caller.replyTo(id)).result();
        assertThat(history.position().offset()).isEqualTo(310);
        return history.publications().stream()
                .map(publication -> publication.offset())
                .toList();
    }

    @Nested
    class APayloadThatIsNoJson {
        @ParameterizedTest
        @ValueSource(strings = {"", "{", "{} {}", "{\"a\":1}\n{\"push\":{}}", "\u0000"})
        void isRefusedWhereTheChannelSaysSo(String bytes) throws Exception {
            try (Caller hears = subscribed(Encoding.JSON, "json:a");
                    Caller says = sessions.connected(Encoding.PROTOBUF)) {
                says.says(new Command.Publish(3, "json:a", Payload.wrap(bytes.getBytes(UTF_8))));
                assertThat(says.answerTo(3)).isEqualTo("error 107");
                hears.says(new Command.Rpc(4, "echo", null));
                assertThat(hears.before(4)).isEmpty();
                sessions.goesOn();
            }
        }

        @Test
        void closesTheLinesThatCanNotSayItWith3506AndNoOthers() throws Exception {
            try (Caller json = subscribed(Encoding.JSON, "bytes:a");
                    Caller protobuf = subscribed(Encoding.PROTOBUF, "bytes:a")) {
                Payload bytes = Payload.wrap(new byte[] {'{', 0, (byte) 0xff});
                protobuf.says(new Command.Publish(3, "bytes:a", bytes));
                assertThat(Caller.nameOf(json.next())).isEqualTo("closed 3506");
                List<Object> both = List.of(protobuf.next(), protobuf.next());
                assertThat(both)
                        .anySatisfy(heard -> assertThat(heard)
                                .isInstanceOfSatisfying(
                                        Push.PublicationPush.class,
                                        push -> assertThat(push.publication().data())
                                                .isEqualTo(bytes)));
                try (Caller asks = sessions.connected(Encoding.JSON)) {
                    asks.says(new Command.History(3, "bytes:a", 1, null, Direction.NEWEST_FIRST));
                    assertThat(asks.answerTo(3)).as("asking for it").isEqualTo("closed 3506");
                }
                sessions.goesOn();
            }
        }

        @Test
        void isMadeSoByLineBreaksBetweenItsTokensNowhere() throws Exception {
            try (Caller hears = subscribed(Encoding.JSON, "json:b");
                    Caller says = sessions.connected(Encoding.PROTOBUF)) {
                says.says(new Command.Publish(3, "json:b", Payload.wrap("{\n\"a\":\r\n[1,\n2]}\n".getBytes(UTF_8))));
                assertThat(says.answerTo(3)).isEqualTo("reply");
                // Our own reader would take the rest of a broken line for another message.
                assertThat(hears.next())
                        .isInstanceOfSatisfying(
                                Push.PublicationPush.class,
                                push -> assertThat(
                                                push.publication().data().text().replaceAll("\\s", ""))
                                        .isEqualTo("{\"a\":[1,2]}"));
                sessions.goesOn();
            }
        }
    }
}
