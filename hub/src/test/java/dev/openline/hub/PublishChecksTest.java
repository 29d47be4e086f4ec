package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.PublishRequest.Version;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.regex.Pattern;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What is not published, and what that changes: nothing. */
class PublishChecksTest {
    private static final Duration TTL = Duration.ofMinutes(1);
    private static final ErrorReply NAME = ErrorReply.badRequest("a channel may not be called so");

    private static Published bad(String what) {
        return new Published.Refused(ErrorReply.badRequest(what));
    }

    private static final Published TOO_MANY = new Published.Refused(ErrorReply.TOO_MANY_REQUESTS);

    private final ShardHarness hub = new ShardHarness(ShardLimits.DEFAULT, rules());
    private final Shard shard = hub.shard;

    private static ChannelRules rules() {
        return ChannelRules.builder()
                .namespace("news", ChannelOptions.every(10, TTL).metaTtl(TTL).build())
                .namespace("typing", ChannelOptions.unlogged().build())
                .namespace("json", format(PublicationFormat.JSON))
                .namespace("object", format(PublicationFormat.JSON_OBJECT))
                .namespace("text", format(PublicationFormat.NON_EMPTY))
                .namespace("binary", format(PublicationFormat.BINARY))
                .namespace(
                        "busy",
                        ChannelOptions.every(10, TTL)
                                .rates(new PublishRates(3, 0))
                                .build())
                .namespace(
                        "dots",
                        ChannelOptions.unlogged().rates(new PublishRates(2, 0)).build())
                .namespace(
                        "words",
                        ChannelOptions.every(10, TTL)
                                .names(Pattern.compile("\\p{L}+"))
                                .build())
                .build();
    }

    private static ChannelOptions format(PublicationFormat format) {
        return ChannelOptions.every(10, TTL).format(format).build();
    }

    private Published publish(PublishRequest request) {
        return AtOnce.publish(shard, request, hub.now);
    }

    private static PublishRequest say(String channel, String text) {
        return PublishRequest.of(channel, Payload.of(text));
    }

    private static Published at(long offset, String epoch) {
        return new Published.At(new StreamPosition(offset, epoch));
    }

    @Nested
    @DisplayName("versions")
    class Versions {
        private Published version(String channel, long number, String epoch) {
            return publish(say(channel, "1").version(new Version(number, epoch)));
        }

        @Test
        void aNumberThatIsNotAboveTheLastOneIsAnsweredWithTheTopAndNotPublished() {
            hub.subscribe("news:a", "ann", null);
            assertThat(version("news:a", 5, "v")).isEqualTo(at(1, "epoch1"));
            hub.publish("news:a");
            assertThat(version("news:a", 5, "v")).isEqualTo(at(2, "epoch1"));
            assertThat(version("news:a", 4, "v")).isEqualTo(at(2, "epoch1"));
            assertThat(version("news:a", 6, "v")).isEqualTo(at(3, "epoch1"));
            assertThat(hub.effects).hasSize(3);
            assertThat(hub.offsets("news:a")).containsExactly(1L, 2L, 3L);
        }

        @Test
        void anotherEpochIsAlwaysPublishedAndAnEmptyOneIsComparedWithAny() {
            version("news:a", 5, "v");
            assertThat(version("news:a", 5, "")).isEqualTo(at(1, "epoch1"));
            assertThat(version("news:a", 1, "w")).isEqualTo(at(2, "epoch1"));
            assertThat(version("news:a", 5, "v")).isEqualTo(at(3, "epoch1"));
            assertThat(version("news:a", 6, "")).isEqualTo(at(4, "epoch1"));
            assertThat(version("news:a", 6, "v"))
                    .as("the last one has no epoch")
                    .isEqualTo(at(5, "epoch1"));
        }

        @Test
        void aPublishWithoutAVersionChangesNoVersion() {
            version("news:a", 5, "v");
            hub.publish("news:a");
            assertThat(version("news:a", 5, "v")).isEqualTo(at(2, "epoch1"));
        }

        @Test
        void withoutALogVersionsDoNotCount() {
            hub.subscribe("typing:a", "ann", null);
            hub.subscribe("news:a", "ann", null);
            for (int i = 0; i < 2; i++) assertThat(version("typing:a", 5, "v")).isEqualTo(new Published.Unlogged());
            version("news:a", 5, "v");
            var skipping = say("news:a", "1").version(new Version(9, "v")).history(PublishRequest.History.SKIP);
            assertThat(publish(skipping)).isEqualTo(new Published.Unlogged());
            assertThat(version("news:a", 6, "v")).isEqualTo(at(2, "epoch1"));
        }

        @Test
        void theLastVersionLivesAsLongAsThePosition() {
            version("news:a", 5, "v");
            hub.now += TTL.toMillis() - 1;
            assertThat(version("news:a", 5, "v")).isEqualTo(at(1, "epoch1"));
            hub.now += TTL.toMillis() - 1;
            assertThat(version("news:a", 5, "v")).isEqualTo(at(1, "epoch1"));
            hub.now += TTL.toMillis();
            assertThat(version("news:a", 5, "v")).isEqualTo(at(1, "epoch2"));
        }

        @Test
        void aKeyOfASuppressedPublishIsRememberedWithItsAnswer() {
            version("news:a", 5, "v");
            var late = say("news:a", "1").version(new Version(4, "v")).once("k");
            assertThat(publish(late)).isEqualTo(at(1, "epoch1"));
            hub.publish("news:a");
            assertThat(publish(late)).isEqualTo(at(1, "epoch1"));
        }
    }

    @Nested
    @DisplayName("formats")
    class Formats {
        @Test
        void nothingIsRefusedUnlessTheChannelTakesAnything() {
            for (String channel : new String[] {"news:a", "json:a", "object:a"})
                assertThat(publish(say(channel, ""))).as(channel).isEqualTo(bad("data is missing"));
            assertThat(publish(say("binary:a", ""))).isEqualTo(at(1, "epoch1"));
        }

        @Test
        void jsonIsOneValue() {
            for (String bad : new String[] {"{", "1 2", "x", "{}{}", " ", "\"\\x\""})
                assertThat(publish(say("json:a", bad))).as(bad).isEqualTo(bad("data is not JSON"));
            for (String good : new String[] {"1", " {}\n", "null", "[1,{\"a\":\"b\"}]"})
                assertThat(publish(say("json:a", good))).as(good).isInstanceOf(Published.At.class);
            assertThat(publish(say("text:a", "{"))).isInstanceOf(Published.At.class);
        }

        @Test
        void unlessSaidItIsJson() {
            assertThat(publish(say("news:a", "{"))).isEqualTo(bad("data is not JSON"));
        }

        @Test
        void anObjectIsOneInBraces() {
            for (String bad : new String[] {"1", "[{}]", "\"{}\"", "{", "null", "{} {}"})
                assertThat(publish(say("object:a", bad))).as(bad).isEqualTo(bad("data is not a JSON object"));
            for (String good : new String[] {"{}", " \n{\"a\":1} "})
                assertThat(publish(say("object:a", good))).as(good).isInstanceOf(Published.At.class);
        }

        @Test
        void whatIsRefusedMakesNoChannelAndLeavesNoKey() {
            publish(say("json:a", "{").once("k"));
            assertThat(shard.channelCount()).isZero();
            assertThat(publish(say("json:a", "{}").once("k"))).isEqualTo(at(1, "epoch1"));
        }
    }

    @Nested
    @DisplayName("rates")
    class Rates {
        @Test
        void beyondOneSecondsWorthIsTooMuchAndATimeLaterIsNot() {
            for (int i = 1; i <= 3; i++) assertThat(publish(say("busy:a", "1"))).isEqualTo(at(i, "epoch1"));
            assertThat(publish(say("busy:a", "1").once("k"))).isEqualTo(TOO_MANY);
            assertThat(publish(say("busy:b", "1"))).as("another channel").isEqualTo(at(1, "epoch2"));
            hub.now += 334;
            assertThat(publish(say("busy:a", "1").once("k"))).isEqualTo(at(4, "epoch1"));
            assertThat(publish(say("busy:a", "1"))).isEqualTo(TOO_MANY);
            assertThat(hub.offsets("busy:a")).containsExactly(1L, 2L, 3L, 4L);
        }

        @Test
        void repeatsAndOldVersionsCostNothing() {
            var once = say("busy:a", "1").once("k").version(new Version(7, ""));
            for (int i = 0; i < 9; i++) assertThat(publish(once)).isEqualTo(at(1, "epoch1"));
            for (int i = 0; i < 9; i++)
                assertThat(publish(say("busy:a", "1").version(new Version(7, ""))))
                        .isEqualTo(at(1, "epoch1"));
            for (int i = 2; i <= 3; i++) assertThat(publish(say("busy:a", "1"))).isEqualTo(at(i, "epoch1"));
            assertThat(publish(say("busy:a", "1"))).isEqualTo(TOO_MANY);
            assertThat(publish(once)).isEqualTo(at(1, "epoch1"));
        }

        @Test
        void aTransientChannelIsRememberedWhileItsRateIsUsedUpAndNoLonger() {
            for (int i = 0; i < 2; i++) publish(say("dots:a", "1"));
            assertThat(publish(say("dots:a", "1"))).isEqualTo(TOO_MANY);
            hub.now += 999;
            shard.onTime(hub.now);
            assertThat(shard.channelCount()).isEqualTo(1);
            assertThat(shard.nextDeadline()).isEqualTo(hub.now + 1);
            hub.now += 1;
            shard.onTime(hub.now);
            assertThat(shard.channelCount()).isZero();
            assertThat(shard.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        }
    }

    @Test
    void aNameThatItsChannelDoesNotAllowIsABadRequestEverywhere() {
        assertThat(publish(say("words:caf\u00e9", "1"))).isEqualTo(at(1, "epoch1"));
        assertThat(publish(say("words:1", "1"))).isEqualTo(new Published.Refused(NAME));
        assertThat(publish(say("news:caf\u00e9", "1"))).isEqualTo(new Published.Refused(NAME));
        assertThat(hub.answer("words:1", "ann", null)).isEqualTo(new Subscribed.Refused(NAME));
        assertThat(AtOnce.read(shard, "words:1", new StreamPosition(0, ""), 1, hub.now))
                .isEqualTo(new Page.Refused(NAME));
        assertThat(shard.channelCount()).isEqualTo(1);
    }
}
