package dev.openline.protocol;

import static dev.openline.protocol.Frames.serverMessages;
import static dev.openline.protocol.Frames.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.protocol.Result.HistoryResult;
import dev.openline.protocol.Result.PresenceResult;
import dev.openline.protocol.Result.PresenceStatsResult;
import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

@DisplayName("what is written")
class EncodingTest {
    private static final Payload FIVE = Payload.of("5");

    private static Push.PublicationPush push(String channel, long offset, ClientInfo info) {
        return new Push.PublicationPush(channel, new Publication(offset, FIVE, info, Map.of()));
    }

    @Nested
    @DisplayName("zero values")
    class ZeroValues {
        @Test
        void membersThatSdksReadUnaskedAreAlwaysWritten() {
            assertThat(text(new Reply.Done(1, new PresenceResult(Map.of()))))
                    .isEqualTo("{\"id\":1,\"presence\":{\"presence\":{}}}");
            assertThat(text(new Reply.Done(1, new PresenceStatsResult(0, 0))))
                    .isEqualTo("{\"id\":1,\"presence_stats\":{\"num_clients\":0,\"num_users\":0}}");
            assertThat(text(new Reply.Done(1, new HistoryResult(List.of(), new StreamPosition(0, "")))))
                    .isEqualTo("{\"id\":1,\"history\":{\"publications\":[],\"epoch\":\"\",\"offset\":0}}");
            assertThat(text(new Push.Join("x", new ClientInfo("", "", null, null))))
                    .isEqualTo("{\"push\":{\"channel\":\"x\",\"join\":{\"info\":{\"user\":\"\",\"client\":\"\"}}}}");
        }

        @Test
        void othersAreLeftOutAndTheirObjectsAreNot() {
            assertThat(text(new Reply.Done(1, SubscribeResult.untracked()))).isEqualTo("{\"id\":1,\"subscribe\":{}}");
            assertThat(text(new Reply.Done(1, new Result.UnsubscribeResult())))
                    .isEqualTo("{\"id\":1,\"unsubscribe\":{}}");
            assertThat(text(new Reply.Done(1, new Result.RefreshResult(null)))).isEqualTo("{\"id\":1,\"refresh\":{}}");
            assertThat(text(new Reply.Done(1, new Result.RpcResult(null)))).isEqualTo("{\"id\":1,\"rpc\":{}}");
            assertThat(text(Command.Connect.by(1, "", ""))).isEqualTo("{\"id\":1,\"connect\":{}}");
            assertThat(text(push("x", 0, null))).isEqualTo("{\"push\":{\"channel\":\"x\",\"pub\":{\"data\":5}}}");
        }

        @Test
        void emptyPayloadIsAnAbsentOneForJsonHasNoEmptyValue() {
            assertThat(text(new Command.Publish(1, "x", Payload.of(""))))
                    .isEqualTo("{\"id\":1,\"publish\":{\"channel\":\"x\"}}");
        }

        @Test
        void historySinceTheBeginningIsNotHistoryWithoutSince() {
            assertThat(text(new Command.History(1, "x", -1, new StreamPosition(0, ""), Direction.OLDEST_FIRST)))
                    .isEqualTo("{\"id\":1,\"history\":{\"channel\":\"x\",\"limit\":-1,\"since\":{}}}");
            assertThat(text(new Command.History(1, "x", 0, null, Direction.NEWEST_FIRST)))
                    .isEqualTo("{\"id\":1,\"history\":{\"channel\":\"x\",\"reverse\":true}}");
        }
    }

    @Nested
    @DisplayName("strings")
    class Strings {
        @Test
        void onlyWhatMustBeIsEscaped() {
            StringBuilder controls = new StringBuilder();
            for (char c = 0; c < 0x20; c++) controls.append(c);
            assertThat(text(new Command.Refresh(1, controls + "\"\\/<>&'\u007f é漢😀\u2028")))
                    .isEqualTo("{\"id\":1,\"refresh\":{\"token\":\""
                            + "\\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\u0008\\t\\n\\u000b\\u000c\\r\\u000e\\u000f"
                            + "\\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f"
                            + "\\\"\\\\/<>&'\u007f é漢😀\u2028\"}}");
        }

        @Test
        void halfACharacterIsTheCallersFaultAndLeavesTheFrameAsItWas() {
            JsonFrame frame = new JsonFrame().add(new Ping());
            for (String half : List.of("\ud800", "a\udc00b", "\ud83d\ud83d\ude00", "x".repeat(300) + "\ude00\ud83d")) {
                assertThatThrownBy(() -> frame.add(push(half, 1, null))).isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> frame.add(new Command.Refresh(1, half)))
                        .isInstanceOf(IllegalArgumentException.class);
                assertThatThrownBy(() -> JsonCodec.encode(push(half, 1, null)))
                        .isInstanceOf(IllegalArgumentException.class);
            }
            assertThat(new String(frame.bytes(), StandardCharsets.UTF_8)).isEqualTo("{}");
        }
    }

    @Nested
    @DisplayName("frames")
    class FramesOfMessages {
        @Test
        void messagesAreJoinedByOneLineBreak() {
            JsonFrame frame = new JsonFrame();
            assertThat(frame.size()).isZero();
            frame.add(new Reply.Done(1, new Result.PublishResult()))
                    .add(JsonCodec.encode(push("x", 7, null)))
                    .add(new Ping());
            String expected =
                    "{\"id\":1,\"publish\":{}}\n{\"push\":{\"channel\":\"x\",\"pub\":{\"data\":5,\"offset\":7}}}\n{}";
            assertThat(new String(frame.bytes(), StandardCharsets.UTF_8)).isEqualTo(expected);
            assertThat(StandardCharsets.UTF_8.decode(frame.buffer()).toString()).isEqualTo(expected);
            assertThat(frame.size()).isEqualTo(expected.length());
            frame.clear();
            frame.add(new Command.Pong()).add(new Command.Pong());
            assertThat(new String(frame.bytes(), StandardCharsets.UTF_8)).isEqualTo("{}\n{}");
        }

        @Test
        void frameGrowsWithWhatIsAdded() throws MalformedFrame {
            Payload large = Payload.of('"' + "x".repeat(100_000) + '"');
            ServerMessage message = new Push.MessagePush(large);
            JsonFrame frame = new JsonFrame().add(message).add(message);
            assertThat(serverMessages(frame.buffer())).containsExactly(message, message);
        }

        @Test
        void arrayOfAPlainPublicationIsMadeOnceInItsFinalSize() {
            ClientInfo info = new ClientInfo("42", "c1", FIVE, Payload.of("{\"n\":1}"));
            for (long offset : new long[] {0, 1, 9, 10, 99, 100, 1234567890L, Long.MAX_VALUE}) {
                for (ClientInfo who : new ClientInfo[] {null, info, new ClientInfo("", "", null, null)}) {
                    Push.PublicationPush push = push("news:today", offset, who);
                    assertThat(JsonCodec.sizeOf(push)).isEqualTo(JsonCodec.encode(push).length);
                }
            }
        }
    }

    @Test
    void numbersAreWrittenWhole() {
        for (long value : new long[] {0, 1, -1, 9, 10, -10, Long.MAX_VALUE, Long.MIN_VALUE, Long.MIN_VALUE + 1}) {
            JsonOutput out = new JsonOutput(1);
            assertThat(new String(out.digits(value).copy(), StandardCharsets.US_ASCII))
                    .isEqualTo(Long.toString(value));
        }
    }

    @Test
    void unrecoveredSubscriptionTellsWhereTheLogIs() {
        assertThat(text(new Reply.Done(
                        1,
                        new SubscribeResult(
                                Tracking.POSITIONED,
                                new StreamPosition(0, "_"),
                                Recovery.NOT_RECOVERED,
                                List.of(),
                                new Expiry(60),
                                FIVE))))
                .isEqualTo("{\"id\":1,\"subscribe\":{\"expires\":true,\"ttl\":60,\"positioned\":true,\"epoch\":\"_\","
                        + "\"data\":5,\"was_recovering\":true}}");
    }
}
