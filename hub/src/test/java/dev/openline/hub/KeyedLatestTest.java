package dev.openline.hub;

import static dev.openline.hub.FanoutTest.offsets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Mode LATEST with keys, from the log to the line. */
class KeyedLatestTest {
    private static final int ALL = Integer.MAX_VALUE;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final ChannelRules RULES = ChannelRules.builder()
            .namespace("price", keyed(1_000).build())
            .namespace("few", keyed(3).build())
            .namespace("auto", keyed(1_000).with(Feature.AUTO_RECOVER).build())
            .namespace(
                    "single",
                    ChannelOptions.latest(HOUR).with(Feature.AUTO_RECOVER).build())
            .build();
    private final OneLoop loop = new OneLoop(RULES);

    private static ChannelOptions.Builder keyed(int size) {
        return ChannelOptions.latest(HOUR).history(size, HOUR).latestKey("k");
    }

    @AfterEach
    void allIsInOrderAndEveryFrameWasReleasedOnce() {
        FanoutAudit.check(loop.fanout);
        assertThat(loop.leaks()).isEmpty();
    }

    private void say(String channel, String... keys) {
        for (String key : keys) loop.publishKeyed(channel, key);
    }

    @Nested
    @DisplayName("a line")
    class Lines {
        @Test
        void whoKeepsUpHearsEveryPublication() {
            var line = loop.line("quick");
            line.subscribe("price:a");
            say("price:a", "a", "a", "b", "a");
            assertThat(line.heard).isEqualTo(offsets("price:a", 1, 4));
            assertThat(loop.reads).isZero();
        }

        @Test
        void whoLagsGetsTheNewestOfEachKeyInOrderOfOffsetsAndNothingElse() {
            var line = loop.line("slow");
            line.subscribe("price:a");
            line.room = 0;
            for (int i = 0; i < 500; i++) say("price:a", "hot");
            say("price:a", "x", "hot", "y", "x");
            line.drain(ALL);
            assertThat(line.heard).containsExactly("price:a 502", "price:a 503", "price:a 504");
            say("price:a", "hot");
            assertThat(line.heard).endsWith("price:a 505");
            assertThat(line.cursor("price:a").live()).isTrue();
        }

        @Test
        void aSlowLineNeverWorksOffABacklogOfOneKey() {
            var line = loop.line("slow");
            line.subscribe("price:a");
            line.room = 0;
            for (int i = 0; i < 100; i++) {
                for (int j = 0; j < 50; j++) say("price:a", "hot");
                line.drain(1);
            }
            assertThat(line.heard).hasSize(100).endsWith("price:a 5000");
        }

        @Test
        void manyKeysComePageByPage() {
            var line = loop.line("slow");
            line.subscribe("price:a");
            line.room = 0;
            for (int key = 0; key < 200; key++) say("price:a", "k" + key, "hot");
            line.drain(ALL);
            assertThat(line.heard).hasSize(201).endsWith("price:a 399", "price:a 400");
            assertThat(loop.reads).isEqualTo((201 + 63) / 64);
        }

        @Test
        void aHoleInLiveDeliveryIsFilledFromTheLog() {
            var line = loop.line("ann");
            line.subscribe("price:a");
            loop.deaf = true;
            say("price:a", "a", "b", "a");
            loop.deaf = false;
            say("price:a", "c");
            assertThat(line.heard).containsExactly("price:a 2", "price:a 3", "price:a 4");
            assertThat(line.cursor("price:a").live()).isTrue();
        }

        @Test
        void whoMissedAKeyForLackOfRoomIsTold() {
            var line = loop.line("slow");
            line.subscribe("few:a");
            line.room = 0;
            say("few:a", "a", "b", "c", "d");
            line.drain(ALL);
            assertThat(line.heard).isEmpty();
            assertThat(loop.lost).containsExactly("few:a DETACHED at 0");
        }

        @Test
        void whoMissedAKeyByAgeIsTold() {
            var line = loop.line("slow");
            line.subscribe("few:a");
            line.room = 0;
            say("few:a", "a");
            loop.now += HOUR.toMillis();
            line.drain(ALL);
            assertThat(loop.lost).containsExactly("few:a DETACHED at 0");
        }
    }

    @Nested
    @DisplayName("recovery")
    class Recoveries {
        private Recovery recovery(Subscribed.Accepted accepted) {
            return accepted.recovery();
        }

        @Test
        void whatChangedSinceIsGiven() {
            say("price:a", "a", "b", "a", "c");
            var line = loop.line("back");
            line.subscribe("price:a", new StreamPosition(1, "epoch1"));
            assertThat(line.heard).containsExactly("price:a 2", "price:a 3", "price:a 4");
            var current = loop.line("current").subscribe("price:a", new StreamPosition(4, "epoch1"));
            assertThat(recovery(current)).isEqualTo(new Recovery.Complete(List.of(), false));
        }

        @Test
        void aLongOneGoesOnBehindTheFirstPage() {
            for (int key = 0; key < 300; key++) say("price:a", "k" + key, "hot");
            var line = loop.line("back");
            var accepted = line.subscribe("price:a", new StreamPosition(0, "epoch1"));
            assertThat(((Recovery.Complete) recovery(accepted)).page()).hasSize(64);
            assertThat(((Recovery.Complete) recovery(accepted)).more()).isTrue();
            assertThat(line.heard).hasSize(301).doesNotHaveDuplicates().endsWith("price:a 600");
            assertThat(line.cursor("price:a").live()).isTrue();
        }

        @Test
        void whatWentForLackOfRoomOrAgeIsAGapForWhoMissedItAlone() {
            say("few:a", "a", "b", "c", "d");
            assertThat(recovery(loop.line("1").subscribe("few:a", new StreamPosition(0, "epoch1"))))
                    .isEqualTo(new Recovery.Gap());
            assertThat(recovery(loop.line("2").subscribe("few:a", new StreamPosition(1, "epoch1"))))
                    .isInstanceOf(Recovery.Complete.class);
            loop.now += HOUR.toMillis();
            assertThat(recovery(loop.line("3").subscribe("few:a", new StreamPosition(3, "epoch1"))))
                    .isEqualTo(new Recovery.Gap());
            assertThat(recovery(loop.line("4").subscribe("few:a", new StreamPosition(4, "epoch1"))))
                    .isEqualTo(new Recovery.Complete(List.of(), false));
        }

        @Test
        void anotherLifeOfTheLogIsSaidToBeOne() {
            say("price:a", "a");
            assertThat(recovery(loop.line("1").subscribe("price:a", new StreamPosition(1, "other"))))
                    .isEqualTo(new Recovery.NewEpoch());
            assertThat(recovery(loop.line("2").subscribe("price:a", new StreamPosition(7, "epoch1"))))
                    .isEqualTo(new Recovery.Gap());
        }

        @Test
        void whoHasNothingIsGivenAllThatIsKept() {
            say("few:a", "a", "b", "c", "d");
            var line = loop.line("new");
            line.subscribe("few:a", new StreamPosition(0, ""));
            assertThat(line.heard).isEqualTo(offsets("few:a", 2, 4));
        }

        @Test
        void aChannelThatRecoversByItselfGivesWhatIsKeptToWhoHandsNothingBack() {
            say("auto:a", "a", "b", "a");
            loop.publishMany("single:a", 3);
            var line = loop.line("new");
            assertThat(recovery(line.subscribe("auto:a"))).isInstanceOf(Recovery.Complete.class);
            assertThat(recovery(line.subscribe("single:a"))).isInstanceOf(Recovery.Complete.class);
            assertThat(recovery(line.subscribe("price:a"))).isEqualTo(new Recovery.NotAsked());
            assertThat(line.heard).containsExactly("auto:a 2", "auto:a 3", "single:a 3");
            assertThat(recovery(line.subscribe("auto:empty"))).isEqualTo(new Recovery.Complete(List.of(), false));
            assertThat(recovery(line.subscribe("single:empty"))).isEqualTo(new Recovery.Complete(List.of(), false));
        }
    }

    @Test
    void historyHasTheNewestOfEachKey() {
        say("price:a", "a", "b", "a");
        var query = new HistoryQuery(null, 10, HistoryQuery.Direction.BACKWARD);
        var found = (Page.Found) AtOnce.history(loop.shard, "price:a", query, loop.now);
        assertThat(found.publications()).extracting(Publication::offset).containsExactly(3L, 2L);
        assertThat(found.top()).isEqualTo(new StreamPosition(3, "epoch1"));
    }

    @Test
    void pagesOfAReadEndWhenTheyAreHeavyEnough() {
        var limits = new ShardLimits(99, 64, 100, 1 << 20, 10, 10, Duration.ofMinutes(5), 16_384, HOUR, 10);
        var small = new OneLoop(RULES, limits, FanoutLimits.DEFAULT);
        for (int i = 0; i < 5; i++)
            AtOnce.publish(
                    small.shard,
                    PublishRequest.of("price:a", Payload.of("1".repeat(60))).tagged(Map.of("k", "" + i)),
                    small.now);
        var page = (Page.Found) AtOnce.read(small.shard, "price:a", new StreamPosition(0, ""), 64, small.now);
        assertThat(page.publications()).hasSize(2);
    }
}
