package dev.openline.hub;

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

/** What a subscriber has when it is given the next publication, and what it is spared. */
class StepTest {
    private static final int ALL = Integer.MAX_VALUE;
    private static final Duration HOUR = Duration.ofHours(1);
    /** Spares all without the tag {@code k=odd}. */
    private static final Reader ODD =
            new Reader(JoinLeave.UNWANTED, p -> !p.tags().getOrDefault("k", "").equals("odd"));

    private final OneLoop loop = new OneLoop(ChannelRules.builder()
            .namespace("news", delta(ChannelOptions.every(1_000, HOUR)))
            .namespace("price", delta(ChannelOptions.latest(HOUR)))
            .namespace("typing", ChannelOptions.unlogged().build())
            .namespace(
                    "asked", ChannelOptions.every(10, HOUR).with(Feature.DELTA).build())
            .build());
    private final OneLoop.Line line = loop.line("ann");

    private static ChannelOptions delta(ChannelOptions.Builder options) {
        return options.with(Feature.DELTA, Feature.DELTA_PUBLISH).build();
    }

    @AfterEach
    void allIsInOrderAndEveryFrameWasReleasedOnce() {
        FanoutAudit.check(loop.fanout);
        assertThat(loop.leaks()).isEmpty();
    }

    /** Says {@code count} things, of which every other is odd, the first too. */
    private void sayOddAndEven(String channel, int count) {
        for (int i = 1; i <= count; i++) loop.publishKeyed(channel, i % 2 == 1 ? "odd" : "even");
    }

    private void skipHistory(String channel) {
        var skipping = PublishRequest.of(channel, Payload.of("\"psst\"")).history(PublishRequest.History.SKIP);
        AtOnce.publish(loop.shard, skipping, loop.now);
    }

    @Nested
    @DisplayName("steps")
    class Steps {
        @Test
        void theFirstIsWholeAndEachAfterItIsTheNext() {
            line.subscribe("news:a");
            loop.publishMany("news:a", 3);
            assertThat(line.steps).containsExactly(Step.FIRST, Step.NEXT, Step.NEXT);
            assertThat(loop.patches).containsExactly("1 after nothing", "2 after 1", "3 after 2");
        }

        @Test
        void afterALagThePageBeginsWithAFirst() {
            line.subscribe("news:a");
            loop.publish("news:a", "x");
            line.room = 0;
            loop.publishMany("news:a", 3);
            line.drain(ALL);
            loop.publish("news:a", "x");
            assertThat(line.steps).containsExactly(Step.FIRST, Step.FIRST, Step.NEXT, Step.NEXT, Step.NEXT);
            assertThat(loop.encoded).containsExactly("2 after nothing", "3 after 2", "4 after 3");
        }

        @Test
        void eachPageBeginsWithAFirst() {
            line.subscribe("news:a");
            line.room = 0;
            loop.publishMany("news:a", 130);
            line.drain(ALL);
            for (int i = 0; i < 130; i++) assertThat(line.steps.get(i)).isEqualTo(i % 64 == 0 ? Step.FIRST : Step.NEXT);
            assertThat(loop.encoded).contains("64 after 63", "65 after nothing", "66 after 65", "129 after nothing");
        }

        @Test
        void whatFollowsTheFirstPageOfARecoveryIsTheNextIfThatPageWasAll() {
            loop.publishMany("news:a", 3);
            line.subscribe("news:a", new StreamPosition(1, "epoch1"));
            loop.publish("news:a", "x");
            assertThat(line.steps).containsExactly(Step.NEXT);
        }

        @Test
        void whoMissedNothingIsGivenAWholeOneFirst() {
            loop.publishMany("news:a", 3);
            line.subscribe("news:a", new StreamPosition(3, "epoch1"));
            loop.publishMany("news:a", 2);
            assertThat(line.steps).containsExactly(Step.FIRST, Step.NEXT);
        }

        @Test
        void aJumpToTheNewestIsAFirst() {
            line.subscribe("price:a");
            loop.publish("price:a", "x");
            line.room = 0;
            loop.publishMany("price:a", 3);
            line.drain(ALL);
            loop.publish("price:a", "x");
            assertThat(line.heard).containsExactly("price:a 1", "price:a 4", "price:a 5");
            assertThat(line.steps).containsExactly(Step.FIRST, Step.FIRST, Step.NEXT);
        }

        @Test
        void aHoleInLiveDeliveryIsAFirstInModeLatest() {
            line.subscribe("price:a");
            loop.publish("price:a", "x");
            loop.deaf = true;
            loop.publish("price:a", "x");
            loop.deaf = false;
            loop.publishMany("price:a", 2);
            assertThat(line.heard).containsExactly("price:a 1", "price:a 3", "price:a 4");
            assertThat(line.steps).containsExactly(Step.FIRST, Step.FIRST, Step.NEXT);
        }

        @Test
        void afterOneWithoutAnOffsetTheNextIsAFirst() {
            line.subscribe("news:a");
            loop.publishMany("news:a", 2);
            skipHistory("news:a");
            loop.publishMany("news:a", 2);
            assertThat(line.heard).containsExactly("news:a 1", "news:a 2", "news:a psst", "news:a 3", "news:a 4");
            assertThat(line.steps).containsExactly(Step.FIRST, Step.NEXT, Step.FIRST, Step.FIRST, Step.NEXT);
        }

        @Test
        void withoutALogEachIsAFirst() {
            line.subscribe("typing:a");
            loop.publishMany("typing:a", 3);
            assertThat(line.steps).containsExactly(Step.FIRST, Step.FIRST, Step.FIRST);
        }

        @Test
        void onlyAPublisherWhoWantsAPatchSendsOneUnlessTheChannelDoes() {
            line.subscribe("asked:a");
            loop.publishMany("asked:a", 2);
            var patch = PublishRequest.of("asked:a", Payload.of("\"x\"")).encoded(PublishRequest.Encoding.DELTA);
            AtOnce.publish(loop.shard, patch, loop.now);
            assertThat(loop.patches).containsExactly("1 after nothing", "2 after nothing", "3 after 2");
            assertThat(line.steps).containsExactly(Step.FIRST, Step.NEXT, Step.NEXT);
        }

        @Test
        void whatTheLogNoLongerHasIsNoBase() {
            line.subscribe("news:a");
            loop.publish("news:a", "x");
            loop.shard.removeHistory("news:a", loop.now, error -> {});
            loop.publish("news:a", "x");
            assertThat(loop.patches).containsExactly("1 after nothing", "2 after nothing");
        }
    }

    @Nested
    @DisplayName("filters")
    class Filters {
        @Test
        void theCursorPassesWhatItsSubscriberIsSpared() {
            line.reader = ODD;
            line.subscribe("news:a");
            sayOddAndEven("news:a", 6);
            assertThat(line.heard).containsExactly("news:a 1", "news:a 3", "news:a 5");
            assertThat(line.cursor("news:a").position().offset()).isEqualTo(6);
            assertThat(loop.reads).isZero();
        }

        @Test
        void whatIsSparedNeedsNoRoom() {
            line.reader = ODD;
            line.subscribe("news:a");
            line.room = 0;
            loop.publishKeyed("news:a", "even");
            assertThat(line.cursor("news:a").live()).isTrue();
            assertThat(line.cursor("news:a").position().offset()).isEqualTo(1);
        }

        @Test
        void inPagesOfARecoveryTooTheyArePassed() {
            sayOddAndEven("news:a", 300);
            line.reader = ODD;
            line.subscribe("news:a", new StreamPosition(0, "epoch1"));
            assertThat(line.heard)
                    .hasSize(150)
                    .startsWith("news:a 1", "news:a 3")
                    .endsWith("news:a 299");
            assertThat(line.cursor("news:a").live()).isTrue();
            assertThat(line.cursor("news:a").position().offset()).isEqualTo(300);
        }

        @Test
        void aFullPipeStopsAtTheFirstThatItWants() {
            line.reader = ODD;
            line.subscribe("news:a");
            line.room = 1;
            sayOddAndEven("news:a", 6);
            assertThat(line.cursor("news:a").position().offset()).isEqualTo(2);
            line.drain(1);
            assertThat(line.cursor("news:a").position().offset()).isEqualTo(4);
            line.drain(ALL);
            assertThat(line.heard).containsExactly("news:a 1", "news:a 3", "news:a 5");
        }

        @Test
        void whoIsSparedSomeIsNeverGivenANext() {
            line.reader = new Reader(JoinLeave.UNWANTED, publication -> false);
            loop.publishMany("news:a", 2);
            line.subscribe("news:a", new StreamPosition(0, "epoch1"));
            loop.publishMany("news:a", 3);
            line.room = 0;
            loop.publishMany("news:a", 3);
            line.drain(ALL);
            assertThat(line.steps).hasSize(6).containsOnly(Step.FIRST);
        }

        @Test
        void theNewestIsNotForcedOnWhoIsSparedIt() {
            line.reader = ODD;
            line.subscribe("price:a");
            line.room = 0;
            sayOddAndEven("price:a", 4);
            line.drain(ALL);
            assertThat(line.heard).isEmpty();
            assertThat(line.cursor("price:a").live()).isTrue();
            loop.publishKeyed("price:a", "odd");
            assertThat(line.heard).containsExactly("price:a 5");
        }

        @Test
        void withoutALogTheyAreLeftOut() {
            line.reader = ODD;
            line.subscribe("typing:a");
            var odd = PublishRequest.of("typing:a", Payload.of("\"odd\"")).tagged(Map.of("k", "odd"));
            AtOnce.publish(loop.shard, odd, loop.now);
            loop.publish("typing:a", "none");
            assertThat(line.heard).containsExactly("typing:a odd");
        }
    }

    @Test
    void aPageThatRepeatsIsNoBaseForWhatFollows() {
        line.subscribe("news:a");
        loop.publishMany("news:a", 2);
        line.room = 0;
        loop.publish("news:a", "x");
        var two = new Publication(2, Payload.of("\"x\""), null, Map.of());
        var three = new Publication(3, Payload.of("\"x\""), null, Map.of());
        loop.nextPages.add(new Page.Found(List.of(two, three), new StreamPosition(3, "epoch1")));
        line.drain(ALL);
        assertThat(loop.encoded).containsExactly("3 after nothing");
        assertThat(line.steps).endsWith(Step.FIRST);
    }
}
