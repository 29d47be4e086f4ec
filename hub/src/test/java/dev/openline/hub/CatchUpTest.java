package dev.openline.hub;

import static dev.openline.hub.FanoutTest.offsets;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who reads on when, and how much at a time. */
class CatchUpTest {
    private static final int ALL = Integer.MAX_VALUE;
    private static final Duration HOUR = Duration.ofHours(1);
    private final OneLoop loop = new OneLoop(ChannelRules.builder()
            .namespace("news", ChannelOptions.every(1_000, HOUR).build())
            .namespace("price", ChannelOptions.latest(HOUR).build())
            .build());

    @AfterEach
    void allIsInOrderAndEveryFrameWasReleasedOnce() {
        FanoutAudit.check(loop.fanout);
        assertThat(loop.leaks()).isEmpty();
    }

    @Nested
    @DisplayName("a pipe with several lagging cursors")
    class Fairness {
        @Test
        void eachHasItsTurn() {
            var line = loop.line("slow");
            for (String channel : List.of("news:a", "news:b", "news:c")) line.subscribe(channel);
            line.room = 0;
            for (String channel : List.of("news:a", "news:b", "news:c")) loop.publishMany(channel, 200);
            line.drain(3 * 64);
            for (String channel : List.of("news:a", "news:b", "news:c"))
                assertThat(line.heard).containsAll(offsets(channel, 1, 64)).doesNotContain(channel + " 65");
            line.drain(ALL);
            assertThat(line.heard).hasSize(600);
        }

        @Test
        void oneThatGetsASinglePlaceAtATimeStillServesAll() {
            var line = loop.line("slow");
            for (String channel : List.of("news:a", "news:b", "price:c")) line.subscribe(channel);
            line.room = 0;
            for (String channel : List.of("news:a", "news:b", "price:c")) loop.publishMany(channel, 3);
            for (int i = 0; i < 7; i++) line.drain(1);
            assertThat(line.heard)
                    .containsExactlyInAnyOrder(
                            "news:a 1", "news:a 2", "news:a 3", "news:b 1", "news:b 2", "news:b 3", "price:c 3");
        }
    }

    @Nested
    @DisplayName("a home that answers later")
    class Later {
        @Test
        void noMorePagesAreUnderWayThanTheLimit() {
            loop.holdReads = true;
            var line = loop.line("slow");
            for (int i = 0; i < 10; i++) line.subscribe("news:" + i);
            line.room = 0;
            for (int i = 0; i < 10; i++) loop.publish("news:" + i, "x");
            line.drain(ALL);
            assertThat(loop.held).hasSize(4);
            loop.answerRead();
            assertThat(loop.held).hasSize(4);
            while (!loop.held.isEmpty()) loop.answerRead();
            assertThat(line.heard).hasSize(10);
            assertThat(loop.reads).isEqualTo(10);
        }

        @Test
        void aPageForASubscriptionThatEndedIsIgnoredAndMakesRoomForAnother() {
            loop.holdReads = true;
            var line = loop.line("slow");
            for (int i = 0; i < 5; i++) line.subscribe("news:" + i);
            line.room = 0;
            for (int i = 0; i < 5; i++) loop.publish("news:" + i, "x");
            line.drain(ALL);
            assertThat(loop.held).hasSize(4);
            line.unsubscribe("news:0");
            assertThat(loop.held).hasSize(5);
            while (!loop.held.isEmpty()) loop.answerRead();
            assertThat(line.heard).containsExactlyInAnyOrder("news:1 1", "news:2 1", "news:3 1", "news:4 1");
        }

        @Test
        void publicationsThatPassWhileAPageIsUnderWayAreHeardOnceAndInOrder() {
            loop.holdReads = true;
            var line = loop.line("slow");
            line.subscribe("news:a");
            line.room = 0;
            loop.publishMany("news:a", 3);
            line.drain(ALL);
            loop.publishMany("news:a", 2);
            loop.answerRead();
            loop.publish("news:a", "x");
            while (!loop.held.isEmpty()) loop.answerRead();
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 6));
            assertThat(line.cursor("news:a").live()).isTrue();
        }

        @Test
        void whatThePipeCantTakeFromAPageIsReadAgain() {
            loop.holdReads = true;
            var line = loop.line("slow");
            line.subscribe("news:a");
            line.room = 0;
            loop.publishMany("news:a", 5);
            line.drain(2);
            loop.answerRead();
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 2));
            assertThat(loop.held).isEmpty();
            line.drain(ALL);
            loop.answerRead();
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 5));
        }
    }
}
