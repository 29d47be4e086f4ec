package dev.openline.hub;

import static dev.openline.hub.FanoutTest.offsets;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Who reads on when, and how much at a time. */
class CatchUpTest {
    private static final int ALL = Integer.MAX_VALUE;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final ChannelRules RULES = ChannelRules.builder()
            .namespace("news", ChannelOptions.every(1_000, HOUR).build())
            .namespace("deep", ChannelOptions.every(100_000, HOUR).build())
            .namespace("price", ChannelOptions.latest(HOUR).build())
            .build();
    private final OneLoop loop = new OneLoop(RULES);

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
    @DisplayName("lines that wake at once")
    class AmongLines {
        private final List<OneLoop.Line> lines = new ArrayList<>();

        /** Lines that lag on so many channels each, by as many pages, and can take everything from now on. */
        private void wake(int pages, int... channels) {
            for (int i = 0; i < channels.length; i++) {
                var line = loop.line("line" + i);
                lines.add(line);
                for (int c = 0; c < channels[i]; c++) line.subscribe("news:" + c);
                line.room = 0;
            }
            int most = Arrays.stream(channels).max().orElseThrow();
            for (int c = 0; c < most; c++) loop.publishMany("news:" + c, 64 * pages);
            // One of them acts within a call that wakes the others, as when one publication reaches them all.
            var trigger = loop.line("trigger");
            trigger.subscribe("news:trigger");
            trigger.onPush = () -> lines.forEach(line -> line.drain(ALL));
            loop.publish("news:trigger", "x");
        }

        private List<String> turnsOf(String line) {
            return loop.turns.stream()
                    .filter(turn -> turn.startsWith(line + " "))
                    .toList();
        }

        @Test
        void oneWithManyChannelsTakesAFewTurnsBeforeTheOthersHaveTheirs() {
            wake(3, 100, 1, 1);
            int lastOfOthers = Math.max(loop.turns.lastIndexOf("line1 news:0"), loop.turns.lastIndexOf("line2 news:0"));
            int longest = 0;
            int run = 0;
            for (String turn : loop.turns.subList(0, lastOfOthers)) {
                run = turn.startsWith("line0 ") ? run + 1 : 0;
                longest = Math.max(longest, run);
            }
            assertThat(longest).isEqualTo(FanoutLimits.DEFAULT.readsPerPipe());
            assertThat(turnsOf("line1")).hasSize(3);
            assertThat(turnsOf("line2")).hasSize(3);
            assertThat(turnsOf("line0")).hasSize(300);
            assertThat(lines.get(0).heard).hasSize(300 * 64);
        }

        @Test
        void oneThatIsFarBehindDelaysTheOthersByItsTurnsAlone() {
            wake(15, 1, 1, 1, 1);
            for (int i = 0; i + 4 <= loop.turns.size(); i += 4)
                assertThat(loop.turns.subList(i, i + 4))
                        .containsExactlyInAnyOrder("line0 news:0", "line1 news:0", "line2 news:0", "line3 news:0");
            assertThat(loop.turns).hasSize(60);
        }

        @Test
        void theChannelsOfOneLineAreNeverMoreThanATurnApart() {
            wake(5, 10, 1);
            Map<String, Integer> turns = new HashMap<>();
            for (String turn : turnsOf("line0")) {
                turns.merge(turn, 1, Integer::sum);
                int most = Collections.max(turns.values());
                int least = turns.size() < 10 ? 0 : Collections.min(turns.values());
                assertThat(most - least).isLessThanOrEqualTo(1);
            }
            assertThat(turns)
                    .hasSize(10)
                    .allSatisfy((turn, count) -> assertThat(count).isEqualTo(5));
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
        void oneThatIsFarBehindHasOnePageUnderWayAndEachIsBounded() {
            var far = new OneLoop(RULES, ShardLimits.DEFAULT, FanoutLimits.DEFAULT);
            far.holdReads = true;
            var line = far.line("far");
            line.subscribe("deep:a");
            line.room = 0;
            far.publishMany("deep:a", 100_000);
            line.drain(ALL);
            for (int page = 1; !far.held.isEmpty(); page++) {
                assertThat(far.held).hasSize(1);
                far.answerRead();
                assertThat(line.heard).hasSize(Math.min(100_000, 64 * page));
            }
            assertThat(line.heard).hasSize(100_000);
            assertThat(line.cursor("deep:a").live()).isTrue();
        }

        @Test
        void aPageOfHeavyPublicationsEndsEarly() {
            var heavy = new OneLoop(RULES);
            heavy.holdReads = true;
            var line = heavy.line("slow");
            line.subscribe("news:a");
            line.room = 0;
            for (int i = 0; i < 6; i++) heavy.publish("news:a", "x".repeat(100_000));
            line.drain(ALL);
            heavy.answerRead();
            assertThat(line.heard).as("262 144 bytes end a page").hasSize(3);
            heavy.answerRead();
            assertThat(line.heard).hasSize(6);
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
