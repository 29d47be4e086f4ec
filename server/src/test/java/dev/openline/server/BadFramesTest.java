package dev.openline.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Command;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Push;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result;
import dev.openline.protocol.ServerMessage;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.SubscribeRequest.Wish;
import dev.openline.tokens.TokenDraft;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Frames that hold too much, too little, or what must not have any effect, over real lines. */
class BadFramesTest {
    private static final int FRAME_LIMIT = 65_536;

    private static ServedSessions sessions;

    @BeforeAll
    static void start() throws Exception {
        sessions = new ServedSessions();
    }

    @AfterAll
    static void stop() {
        sessions.close();
    }

    private static Command.Subscribe subscribe(long id, String channel) {
        return new Command.Subscribe(id, SubscribeRequest.to(channel));
    }

    private static Command.Publish publish(long id, String channel) {
        return new Command.Publish(id, channel, Payload.of("\"" + ServedSessions.MARK + "\""));
    }

    /** Somebody who hears what is said on a channel, and who comes and goes. */
    private static Caller observer(String channel) throws InterruptedException {
        Caller observer = sessions.connected(Encoding.JSON);
        SubscribeRequest request = SubscribeRequest.to(channel).withWishes(Set.of(Wish.JOIN_LEAVE));
        observer.says(new Command.Subscribe(2, request));
        assertThat(observer.answerTo(2)).isEqualTo("reply");
        assertThat(observer.next()).as("its own").isInstanceOf(Push.Join.class);
        return observer;
    }

    /** The observer has heard nothing, and is alone. */
    private static void assertAlone(Caller observer, String channel) throws InterruptedException {
        observer.says(new Command.PresenceStats(3, channel));
        Reply.Done stats = (Reply.Done) observer.next();
        assertThat(stats.result()).isEqualTo(new Result.PresenceStatsResult(1, 1));
    }

    @Nested
    @DisplayName("a frame that is cut")
    class Cut {
        @ParameterizedTest
        @EnumSource(Encoding.class)
        void anywhereInsideAMessageIs3501AndItsCommandHasNoEffect(Encoding encoding) throws Exception {
            String channel = "news:cut" + encoding;
            try (Caller observer = observer(channel)) {
                byte[] whole = encoding.encode(publish(2, channel));
                for (int end = 0; end < whole.length; end++) {
                    try (Caller caller = sessions.connected(encoding)) {
                        caller.says(Arrays.copyOf(whole, end)).says(Arrays.copyOfRange(whole, end, whole.length));
                        assertThat(caller.answerTo(2)).as("cut at " + end).isEqualTo("closed 3501");
                        sessions.goesOn();
                    }
                }
                assertAlone(observer, channel);
            }
        }

        /** With a client that is not ours, since ours does not fragment. */
        @ParameterizedTest
        @EnumSource(Encoding.class)
        void intoFragmentsOfAMessageIsWholeAgain(Encoding encoding) throws Exception {
            Fragments caller = new Fragments(encoding);
            caller.says(encoding.encode(Command.Connect.by(
                    1, "test", ServedSessions.connection("alice").sign())));
            caller.expectReply(1);
            for (int at = 0, end = encoding.encode(publish(2, "news:fragments")).length; at <= end; at++) {
                byte[] whole = encoding.encode(publish(2 + at, "news:fragments"));
                caller.says(Arrays.copyOf(whole, at), Arrays.copyOfRange(whole, at, whole.length));
                caller.expectReply(2 + at);
            }
            byte[] last = encoding.encode(new Command.Rpc(9_999, "echo", null));
            byte[][] each = new byte[last.length][];
            for (int i = 0; i < last.length; i++) each[i] = new byte[] {last[i]};
            caller.says(each);
            caller.expectReply(9_999);
            sessions.goesOn();
            caller.close();
        }
    }

    /** A WebSocket of the JDK's, whose messages leave in the pieces that they are given in. */
    private static final class Fragments implements WebSocket.Listener {
        private final Encoding encoding;
        private final LinkedBlockingQueue<ServerMessage> heard = new LinkedBlockingQueue<>();
        private final WebSocket line;

        Fragments(Encoding encoding) {
            this.encoding = encoding;
            String format = encoding.isText() ? "" : "?format=protobuf";
            URI address = URI.create("ws://127.0.0.1:" + sessions.server.port() + "/connection/websocket" + format);
            line = HttpClient.newHttpClient()
                    .newWebSocketBuilder()
                    .buildAsync(address, this)
                    .join();
        }

        void says(byte[]... pieces) {
            for (int i = 0; i < pieces.length; i++) {
                boolean last = i == pieces.length - 1;
                if (encoding.isText())
                    line.sendText(new String(pieces[i], StandardCharsets.US_ASCII), last)
                            .join();
                else line.sendBinary(ByteBuffer.wrap(pieces[i]), last).join();
            }
        }

        void expectReply(long id) throws InterruptedException {
            ServerMessage next = heard.poll(20, TimeUnit.SECONDS);
            assertThat(next)
                    .isInstanceOfSatisfying(
                            Reply.Done.class, reply -> assertThat(reply.id()).isEqualTo(id));
        }

        @Override
        public CompletionStage<?> onText(WebSocket from, CharSequence text, boolean last) {
            return hears(from, ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8)));
        }

        @Override
        public CompletionStage<?> onBinary(WebSocket from, ByteBuffer bytes, boolean last) {
            return hears(from, bytes);
        }

        private CompletionStage<?> hears(WebSocket from, ByteBuffer message) {
            try {
                var messages = encoding.serverMessages(message);
                for (ServerMessage next = messages.next(); next != null; next = messages.next()) heard.add(next);
            } catch (dev.openline.protocol.MalformedFrame fault) {
                throw new AssertionError(fault);
            }
            from.request(1);
            return null;
        }

        void close() {
            line.abort();
        }
    }

    @Nested
    @DisplayName("subscribes and publishes behind a connect that fails")
    class Glued {
        private record Failure(String answer, TokenDraft token) {}

        private List<Failure> failures() {
            return List.of(
                    new Failure(
                            "closed 3500", ServedSessions.connection("alice").audience("you")),
                    new Failure("error 109", ServedSessions.connection("alice").expiresAt(Instant.EPOCH)),
                    new Failure("error 110", ServedSessions.connection("alice").expireAt(Instant.ofEpochSecond(1))),
                    new Failure("error 102", ServedSessions.connection("alice").channels(List.of("news:g", "no:x"))),
                    new Failure("closed 3505", tooManyChannels()));
        }

        private TokenDraft tooManyChannels() {
            List<String> channels = new ArrayList<>();
            for (int i = 0; i < 129; i++) channels.add("news:g" + i);
            return ServedSessions.connection("alice").channels(channels);
        }

        @ParameterizedTest
        @EnumSource(Encoding.class)
        void haveNoEffect(Encoding encoding) throws Exception {
            try (Caller observer = observer("news:glued")) {
                for (Failure failure : failures()) fails(encoding, failure.answer, failure.token.sign());
                fails(encoding, "closed 3501", "");
                assertAlone(observer, "news:glued");
            }
        }

        private void fails(Encoding encoding, String answer, String token) throws InterruptedException {
            try (Caller caller = sessions.dial(encoding)) {
                SubscribeRequest request = SubscribeRequest.to("news:glued").withWishes(Set.of(Wish.JOIN_LEAVE));
                caller.says(
                        Command.Connect.by(1, "test", token),
                        new Command.Subscribe(2, request),
                        publish(3, "news:glued"),
                        subscribe(4, "news:other"));
                assertThat(caller.answerTo(1)).isEqualTo(answer);
                if (answer.startsWith("error"))
                    assertThat(Caller.nameOf(caller.next())).isEqualTo("closed 3501");
                sessions.goesOn();
            }
        }
    }

    @Nested
    @DisplayName("a frame that holds too much")
    class TooMuch {
        @ParameterizedTest
        @EnumSource(Encoding.class)
        void byteIs1009AndOneLessIsPublished(Encoding encoding) throws Exception {
            String channel = "news:large" + encoding;
            try (Caller observer = observer(channel);
                    Caller fits = sessions.connected(encoding);
                    Caller doesNot = sessions.connected(encoding)) {
                assertThat(fits.says(publishOf(encoding, channel, FRAME_LIMIT)).answerTo(2))
                        .isEqualTo("reply");
                sessions.goesOn();
                assertThat(doesNot.says(publishOf(encoding, channel, FRAME_LIMIT + 1))
                                .answerTo(2))
                        .isEqualTo("closed 1009");
                sessions.goesOn();
                assertThat(Caller.nameOf(observer.next())).isEqualTo("publication 1");
                assertAlone(observer, channel);
            }
        }

        @ParameterizedTest
        @EnumSource(Encoding.class)
        void commandIs1009AndNoneOfThemHasAnEffect(Encoding encoding) throws Exception {
            try (Caller observer = observer("news:0");
                    Caller crowd = sessions.connected(encoding)) {
                Command[] all = new Command[10_000];
                for (int i = 0; i < all.length; i++) all[i] = subscribe(2 + i, "news:" + i);
                assertThat(crowd.says(all).answerTo(2)).isEqualTo("closed 1009");
                sessions.goesOn();
                assertAlone(observer, "news:0");
            }
        }

        /** A frame of just so many bytes. */
        private byte[] publishOf(Encoding encoding, String channel, int bytes) {
            int around = encoding.encode(new Command.Publish(2, channel, text(60_000))).length - 60_000;
            byte[] frame = encoding.encode(new Command.Publish(2, channel, text(bytes - around)));
            assertThat(frame).hasSize(bytes);
            return frame;
        }

        private Payload text(int bytes) {
            return Payload.of('"' + "x".repeat(bytes - 2) + '"');
        }
    }

    @Nested
    @DisplayName("a channel that is flooded over its rate")
    class Flooded {
        private static final int SAID = 500;

        @ParameterizedTest
        @EnumSource(Encoding.class)
        void refusesTheRestWith111AndItsSubscribersHearWhatWasNotRefused(Encoding encoding) throws Exception {
            for (String namespace : List.of("slow", "calm")) {
                String channel = namespace + ":" + encoding;
                try (Caller observer = observer(channel);
                        Caller flood = sessions.connected(encoding)) {
                    Command[] all = new Command[SAID];
                    for (int i = 0; i < SAID; i++) all[i] = publish(2 + i, channel);
                    flood.says(all);
                    // In any order: what this loop refuses does not wait for what the channel's home does.
                    List<String> answers = new ArrayList<>();
                    for (int i = 0; i < SAID; i++) answers.add(Caller.nameOf(flood.next()));
                    assertThat(answers).containsOnly("reply", "error 111");
                    long published = answers.stream().filter("reply"::equals).count();
                    for (long offset = 1; offset <= published; offset++)
                        assertThat(Caller.nameOf(observer.next())).isEqualTo("publication " + offset);
                    assertAlone(observer, channel);
                    sessions.goesOn();
                }
            }
        }
    }
}
