package dev.openline.hub;

import static dev.openline.hub.ShardHarness.who;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.hub.HistoryQuery.Direction;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class ShardTest {
    private final ShardHarness hub = new ShardHarness();
    private final Shard shard = hub.shard;

    @Nested
    @DisplayName("the log")
    class TheLog {
        @Test
        void offsetsAre1And2And3WithinAnEpoch() {
            assertThat(hub.publish("news:a")).isEqualTo(new StreamPosition(1, "epoch1"));
            assertThat(hub.publish("news:a")).isEqualTo(new StreamPosition(2, "epoch1"));
            assertThat(hub.publish("news:b")).isEqualTo(new StreamPosition(1, "epoch2"));
            assertThat(hub.publish("news:a")).isEqualTo(new StreamPosition(3, "epoch1"));
        }

        @Test
        void anAcknowledgedPublicationIsInTheLogWithAllThatWasSaid() {
            var data = Payload.of("{}");
            AtOnce.publish(
                    shard, PublishRequest.of("news:a", data).by(who("ann")).tagged(Map.of("k", "v")), hub.now);
            var found = hub.history("news:a", 10);
            assertThat(found).singleElement().satisfies(p -> {
                assertThat(p.data()).isSameAs(data);
                assertThat(p.info()).isEqualTo(who("ann"));
                assertThat(p.tags()).containsEntry("k", "v");
            });
        }

        @Test
        void sizeKeepsTheNewestAndTheOffsets() {
            hub.publishMany("news:a", 13);
            assertThat(hub.offsets("news:a")).containsExactly(4L, 5L, 6L, 7L, 8L, 9L, 10L, 11L, 12L, 13L);
        }

        @Test
        void ageDropsItemsAndKeepsThePosition() {
            hub.publish("news:a");
            hub.now += ShardHarness.TTL.toMillis() - 1;
            assertThat(hub.offsets("news:a")).containsExactly(1L);
            hub.now += 1;
            assertThat(hub.offsets("news:a")).isEmpty();
            assertThat(hub.top("news:a")).isEqualTo(new StreamPosition(1, "epoch1"));
            assertThat(hub.publish("news:a")).isEqualTo(new StreamPosition(2, "epoch1"));
        }

        @Test
        void readingBringsALogToLifeAtOffset0() {
            assertThat(hub.top("news:a")).isEqualTo(new StreamPosition(0, "epoch1"));
            assertThat(hub.publish("news:a")).isEqualTo(new StreamPosition(1, "epoch1"));
        }

        @Test
        void thePositionIsForgottenAfterItsTimeWithoutPublishOrRead() {
            hub.publish("news:a");
            hub.now += ShardHarness.META_TTL.toMillis() - 1;
            assertThat(hub.top("news:a").epoch()).isEqualTo("epoch1");
            hub.now += ShardHarness.META_TTL.toMillis() - 1;
            assertThat(hub.publish("news:a")).isEqualTo(new StreamPosition(2, "epoch1"));
            hub.now += ShardHarness.META_TTL.toMillis();
            assertThat(hub.top("news:a")).isEqualTo(new StreamPosition(0, "epoch2"));
        }

        @Test
        void aPositionWithoutAnyPublicationIsForgottenSoon() {
            hub.top("news:a");
            hub.now += ShardLimits.DEFAULT.neverPublishedTtl().toMillis();
            shard.onTime(hub.now);
            assertThat(shard.channelCount()).isZero();
        }

        @Test
        void anEpochNeverChangesUnderASubscriber() {
            hub.subscribe("news:a", "ann", null);
            hub.now += 10 * ShardHarness.META_TTL.toMillis();
            shard.onTime(hub.now);
            assertThat(hub.publish("news:a")).isEqualTo(new StreamPosition(1, "epoch1"));
        }

        @Test
        void historyIsReadInBothDirectionsFromAnywhere() {
            hub.publishMany("news:a", 13);
            assertThat(hub.query("news:a", 5L, 3, Direction.FORWARD)).containsExactly(6L, 7L, 8L);
            assertThat(hub.query("news:a", 5L, 3, Direction.BACKWARD)).containsExactly(4L);
            assertThat(hub.query("news:a", 9L, 3, Direction.BACKWARD)).containsExactly(8L, 7L, 6L);
            assertThat(hub.query("news:a", null, 2, Direction.FORWARD)).containsExactly(4L, 5L);
            assertThat(hub.query("news:a", null, 2, Direction.BACKWARD)).containsExactly(13L, 12L);
            assertThat(hub.query("news:a", 1L, 2, Direction.FORWARD))
                    .as("begins with what is kept")
                    .containsExactly(4L, 5L);
            assertThat(hub.query("news:a", 13L, 2, Direction.FORWARD)).isEmpty();
            assertThat(hub.query("news:a", 99L, 2, Direction.FORWARD)).isEmpty();
            assertThat(hub.query("news:a", null, 0, Direction.FORWARD)).isEmpty();
        }

        @Test
        void historySinceAnotherEpochSaysSo() {
            hub.publish("news:a");
            var query = new HistoryQuery(new StreamPosition(0, "other"), 1, Direction.FORWARD);
            assertThat(AtOnce.history(shard, "news:a", query, hub.now))
                    .isEqualTo(new Page.NewEpoch(new StreamPosition(1, "epoch1")));
        }

        @Test
        void withoutALogThereIsNothingToRead() {
            var query = new HistoryQuery(null, 1, Direction.FORWARD);
            assertThat(AtOnce.history(shard, "typing:a", query, hub.now))
                    .isEqualTo(new Page.Refused(ErrorReply.NOT_AVAILABLE));
            assertThat(AtOnce.history(shard, "nowhere:a", query, hub.now))
                    .isEqualTo(new Page.Refused(ErrorReply.UNKNOWN_CHANNEL));
            assertThat(AtOnce.read(shard, "typing:a", new StreamPosition(0, ""), 1, hub.now))
                    .isEqualTo(new Page.Refused(ErrorReply.NOT_AVAILABLE));
            hub.subscribe("typing:a", "ann", null);
            assertThat(AtOnce.history(shard, "typing:a", query, hub.now))
                    .isEqualTo(new Page.Refused(ErrorReply.NOT_AVAILABLE));
        }

        @Test
        void aPublicationThatSkipsHistoryHasNoOffsetAndLeavesTheLogAlone() {
            hub.subscribe("news:a", "ann", null);
            hub.publish("news:a");
            var skipping = PublishRequest.of("news:a", Payload.of("1")).history(PublishRequest.History.SKIP);
            assertThat(AtOnce.publish(shard, skipping, hub.now)).isEqualTo(new Published.Unlogged());
            assertThat(hub.publish("news:a").offset()).isEqualTo(2);
            assertThat(hub.effects)
                    .containsExactly(
                            "news:a 1 epoch1 to loops 1", "news:a 0  to loops 1", "news:a 2 epoch1 to loops 1");
        }
    }

    @Nested
    @DisplayName("removing history")
    class Removal {
        @Test
        void itemsGoAndThePositionStays() {
            hub.publishMany("news:a", 12);
            shard.removeHistory("news:a", hub.now, error -> {});
            assertThat(hub.offsets("news:a")).isEmpty();
            assertThat(hub.top("news:a")).isEqualTo(new StreamPosition(12, "epoch1"));
            assertThat(hub.publish("news:a")).isEqualTo(new StreamPosition(13, "epoch1"));
            assertThat(hub.offsets("news:a")).containsExactly(13L);
        }

        @Test
        void onlyWhoHadReachedTheTopHasMissedNothing() {
            hub.publishMany("news:a", 3);
            shard.removeHistory("news:a", hub.now, error -> {});
            var missed = hub.subscribe("news:a", "ann", new StreamPosition(2, "epoch1"));
            assertThat(missed.recovery()).isEqualTo(new Recovery.Gap());
            var current = hub.subscribe("news:a", "bob", new StreamPosition(3, "epoch1"));
            assertThat(current.recovery()).isEqualTo(new Recovery.Complete(List.of(), false));
            assertThat(AtOnce.read(shard, "news:a", new StreamPosition(2, "epoch1"), 9, hub.now))
                    .isInstanceOf(Page.Gap.class);
        }

        @Test
        void keysAreStillKnown() {
            hub.publish("news:a", "k");
            shard.removeHistory("news:a", hub.now, error -> {});
            assertThat(hub.publish("news:a", "k").offset()).isEqualTo(1);
        }

        @Test
        void whereThereIsNothingNothingHappens() {
            shard.removeHistory("news:a", hub.now, error -> {});
            shard.removeHistory("nowhere:a", hub.now, error -> {});
            hub.subscribe("typing:a", "ann", null);
            shard.removeHistory("typing:a", hub.now, error -> {});
            assertThat(shard.channelCount()).isEqualTo(1);
        }
    }

    @Nested
    @DisplayName("idempotency keys")
    class Keys {
        private final PublishRequest once =
                PublishRequest.of("news:a", Payload.of("1")).once("k");

        @Test
        void theSameKeyYieldsTheSamePositionOnce() {
            hub.subscribe("news:a", "ann", null);
            var first = AtOnce.publish(shard, once, hub.now);
            hub.publish("news:a");
            assertThat(AtOnce.publish(shard, once, hub.now))
                    .isEqualTo(first)
                    .isEqualTo(new Published.At(new StreamPosition(1, "epoch1")));
            assertThat(hub.offsets("news:a")).containsExactly(1L, 2L);
            assertThat(hub.effects).hasSize(2);
        }

        @Test
        void aKeyBelongsToItsChannel() {
            AtOnce.publish(shard, once, hub.now);
            AtOnce.publish(shard, PublishRequest.of("news:b", Payload.of("1")).once("k"), hub.now);
            assertThat(hub.offsets("news:b")).containsExactly(1L);
        }

        @Test
        void aKeyIsForgottenAfterFiveMinutes() {
            AtOnce.publish(shard, once, hub.now);
            hub.now += Duration.ofMinutes(5).toMillis() - 1;
            assertThat(AtOnce.publish(shard, once, hub.now))
                    .isEqualTo(new Published.At(new StreamPosition(1, "epoch1")));
            hub.now += 1;
            assertThat(AtOnce.publish(shard, once, hub.now))
                    .isEqualTo(new Published.At(new StreamPosition(2, "epoch1")));
        }

        @Test
        void aRememberedKeyKeepsItsChannelsEpoch() {
            var short1 = PublishRequest.of("blink:a", Payload.of("1")).once("k");
            var first = AtOnce.publish(shard, short1, hub.now);
            hub.now += 60_000;
            shard.onTime(hub.now);
            assertThat(AtOnce.publish(shard, short1, hub.now)).isEqualTo(first);
            assertThat(hub.publish("blink:a")).isEqualTo(new StreamPosition(2, "epoch1"));
        }

        @Test
        void withoutALogTheKeyStillStopsTheSecondTime() {
            hub.subscribe("typing:a", "ann", null);
            var typing = PublishRequest.of("typing:a", Payload.of("1")).once("k");
            assertThat(AtOnce.publish(shard, typing, hub.now)).isEqualTo(new Published.Unlogged());
            assertThat(AtOnce.publish(shard, typing, hub.now)).isEqualTo(new Published.Unlogged());
            assertThat(hub.effects).hasSize(1);
        }

        @Test
        void atTheLimitTheOldestKeyIsForgottenEarly() {
            var small = new ShardHarness(new ShardLimits(
                    10, 10, 1_000, 1 << 20, 2, 8, Duration.ofMinutes(5), 16_384, Duration.ofHours(1), 10));
            for (String key : List.of("a", "b", "c")) small.publish("news:a", key);
            assertThat(small.publish("news:a", "c").offset()).isEqualTo(3);
            assertThat(small.publish("news:a", "b").offset()).isEqualTo(2);
            assertThat(small.publish("news:a", "a").offset()).isEqualTo(4);
        }

        @Test
        void anEmptyOrOverlongKeyIsABadRequest() {
            assertThat(AtOnce.publish(shard, once.once(""), hub.now))
                    .isEqualTo(new Published.Refused(
                            ErrorReply.badRequest("idempotency_key is not 1–128 characters long")));
            assertThat(AtOnce.publish(shard, once.once("k".repeat(129)), hub.now))
                    .isEqualTo(new Published.Refused(
                            ErrorReply.badRequest("idempotency_key is not 1–128 characters long")));
            assertThat(AtOnce.publish(shard, once.once("k".repeat(128)), hub.now))
                    .isInstanceOf(Published.At.class);
        }
    }

    @Nested
    @DisplayName("limits and memory")
    class Memory {
        private final ShardLimits two =
                new ShardLimits(2, 10, 1_000, 1 << 20, 10, 10, Duration.ofMinutes(5), 16_384, Duration.ofHours(1), 10);

        @Test
        void oneChannelMoreThanTheLimitIsRefusedAndTheOthersGoOn() {
            var small = new ShardHarness(two);
            small.publish("news:a");
            small.subscribe("news:b", "ann", null);
            var request = PublishRequest.of("news:c", Payload.of("1"));
            assertThat(AtOnce.publish(small.shard, request, small.now))
                    .isEqualTo(new Published.Refused(ErrorReply.LIMIT_EXCEEDED));
            assertThat(small.answer("news:c", "bob", null))
                    .isEqualTo(new Subscribed.Refused(ErrorReply.LIMIT_EXCEEDED));
            assertThat(AtOnce.read(small.shard, "news:c", new StreamPosition(0, ""), 1, small.now))
                    .isEqualTo(new Page.Refused(ErrorReply.LIMIT_EXCEEDED));
            assertThat(small.publish("news:a").offset()).isEqualTo(2);
            assertThat(small.shard.channelCount()).isEqualTo(2);
        }

        @Test
        void ofNamesThatNobodySaidAnythingOnTheFirstLeftAreForgottenEarly() {
            var small = new ShardHarness(
                    new ShardLimits(99, 10, 1_000, 1 << 20, 10, 10, Duration.ofMinutes(5), 3, Duration.ofHours(1), 10));
            small.publish("news:said");
            small.subscribe("news:read", "ann", null);
            String first = small.top("news:0").epoch();
            for (int i = 1; i < 20; i++) small.top("news:" + i);
            assertThat(small.shard.channelCount()).isEqualTo(5);
            assertThat(small.top("news:0").epoch()).isNotEqualTo(first);
            assertThat(small.top("news:19").epoch())
                    .isEqualTo(small.top("news:19").epoch());
            assertThat(small.top("news:said").offset()).isEqualTo(1);
            small.shard.unsubscribe(1, "news:read", "ann", small.now);
            assertThat(small.shard.channelCount()).isEqualTo(4);
        }

        @Test
        void anAnswerToHistoryEndsWhereItIsLargeEnough() {
            var small = new ShardHarness(
                    new ShardLimits(99, 10, 1_000, 2, 10, 10, Duration.ofMinutes(5), 3, Duration.ofHours(1), 10));
            for (int i = 0; i < 5; i++) small.publish("news:a");
            assertThat(small.history("news:a", 9)).hasSize(2);
        }

        @Test
        void anUnknownChannelIsRefused() {
            var request = PublishRequest.of("nowhere:a", Payload.of("1"));
            assertThat(AtOnce.publish(shard, request, hub.now))
                    .isEqualTo(new Published.Refused(ErrorReply.UNKNOWN_CHANNEL));
            assertThat(hub.answer("bad\nname", "ann", null))
                    .isEqualTo(new Subscribed.Refused(ErrorReply.UNKNOWN_CHANNEL));
            assertThat(shard.channelCount()).isZero();
        }

        @Test
        void aTransientChannelWithoutSubscribersLeavesNothingBehind() {
            AtOnce.publish(shard, PublishRequest.of("typing:a", Payload.of("1")), hub.now);
            assertThat(shard.channelCount()).isZero();
            hub.subscribe("typing:a", "ann", null);
            shard.unsubscribe(1, "typing:a", "ann", hub.now);
            assertThat(shard.channelCount()).isZero();
            assertThat(shard.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void timeAloneEmptiesAShardInBoundedSteps() {
            var small = new ShardHarness(new ShardLimits(
                    99, 10, 1_000, 1 << 20, 10, 10, Duration.ofMinutes(5), 16_384, Duration.ofHours(1), 10));
            for (int i = 0; i < 35; i++) small.publish("news:" + i, "key");
            small.now += 10 * ShardHarness.META_TTL.toMillis();
            for (int left : new int[] {25, 15, 5, 0}) {
                assertThat(small.shard.nextDeadline()).isLessThanOrEqualTo(small.now);
                small.shard.onTime(small.now);
                assertThat(small.shard.channelCount()).isEqualTo(left);
            }
            assertThat(small.shard.nextDeadline()).isEqualTo(Long.MAX_VALUE);
        }

        @Test
        void theNextDeadlineIsNeverLaterThanWhatIsDue() {
            hub.publish("news:a");
            assertThat(shard.nextDeadline()).isEqualTo(hub.now + ShardHarness.TTL.toMillis());
            hub.top("news:b");
            assertThat(shard.nextDeadline())
                    .isEqualTo(hub.now + Duration.ofHours(1).toMillis());
            hub.publish("news:b", "key");
            assertThat(shard.nextDeadline())
                    .isEqualTo(hub.now + Duration.ofMinutes(5).toMillis());
        }
    }

    @Test
    void homesAreSpreadAndStable() {
        int[] counts = new int[8];
        for (int i = 0; i < 8_000; i++) counts[ChannelHome.homeOf("chat:room" + i, 8)]++;
        for (int count : counts) assertThat(count).isBetween(800, 1_200);
        assertThat(ChannelHome.homeOf("chat:1", 8)).isEqualTo(ChannelHome.homeOf("chat:1", 8));
        assertThat(ChannelHome.homeOf("anything", 1)).isZero();
    }

    @Test
    void anUnsubscribeTooManyIsTheCallersFault() {
        assertThatThrownBy(() -> shard.unsubscribe(1, "news:a", "ann", hub.now))
                .isInstanceOf(IllegalStateException.class);
        hub.subscribe("plain:a", "ann", null);
        assertThatThrownBy(() -> shard.unsubscribe(2, "plain:a", "ann", hub.now))
                .isInstanceOf(IllegalStateException.class);
        shard.unsubscribe(1, "plain:a", "ann", hub.now);
        assertThatThrownBy(() -> shard.unsubscribe(1, "plain:a", "ann", hub.now))
                .isInstanceOf(IllegalStateException.class);
    }
}
