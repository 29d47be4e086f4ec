package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Here a shard and a fan-out share a loop, and a read is answered within the call. */
class FanoutTest {
    private static final int ALL = Integer.MAX_VALUE;
    private static final Duration HOUR = Duration.ofHours(1);
    private static final ChannelRules RULES = ChannelRules.builder()
            .namespace("news", ChannelOptions.every(100_000, HOUR).build())
            .namespace(
                    "room",
                    ChannelOptions.every(10, HOUR).with(Feature.JOIN_LEAVE).build())
            .namespace("short", ChannelOptions.every(5, HOUR).build())
            .namespace("price", ChannelOptions.latest(HOUR).build())
            .namespace("typing", ChannelOptions.unlogged().build())
            .build();
    private final OneLoop loop = new OneLoop(RULES);

    @AfterEach
    void allIsInOrderAndEveryFrameWasReleasedOnce() {
        FanoutAudit.check(loop.fanout);
        assertThat(loop.leaks()).isEmpty();
    }

    static List<String> offsets(String channel, long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(o -> channel + " " + o).toList();
    }

    @Nested
    @DisplayName("mode EVERY")
    class Every {
        @Test
        void aSlowReaderReadsOnFromTheLogAndIsLiveAgain() {
            var line = loop.line("slow");
            line.subscribe("news:a");
            line.room = 2;
            loop.publishMany("news:a", 300);
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 2));
            line.drain(10);
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 12));
            line.drain(ALL);
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 300));
            assertThat(line.cursor("news:a").live()).isTrue();
            loop.publish("news:a", "more");
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 301));
        }

        @Test
        void aStalledReaderDelaysNobodyAndQueuesNothing() {
            var slow = loop.line("slow");
            var quick = loop.line("quick");
            slow.subscribe("news:a");
            quick.subscribe("news:a");
            slow.room = 0;
            loop.publishMany("news:a", 50);
            assertThat(quick.heard).isEqualTo(offsets("news:a", 1, 50));
            assertThat(slow.heard).isEmpty();
            assertThat(loop.reads).isZero();
        }

        @Test
        void aReaderWhomHistoryOvertookIsToldAndDetached() {
            var slow = loop.line("slow");
            slow.subscribe("short:a");
            slow.room = 1;
            loop.publishMany("short:a", 6);
            slow.drain(ALL);
            assertThat(slow.heard).as("2 to 6 are still kept").isEqualTo(offsets("short:a", 1, 6));
            slow.room = 0;
            loop.publishMany("short:a", 6);
            slow.drain(ALL);
            assertThat(slow.heard).isEqualTo(offsets("short:a", 1, 6));
            assertThat(loop.lost).containsExactly("short:a DETACHED at 6");
            assertThat(loop.fanout.groups).isEmpty();
        }

        @Test
        void aLongRecoveryGoesOnBehindTheFirstPageUntilItIsLive() {
            loop.publishMany("news:a", 1_000);
            var line = loop.line("back");
            var accepted = line.subscribe("news:a", new StreamPosition(3, "epoch1"));
            assertThat(((Recovery.Complete) accepted.recovery()).page()).hasSize(64);
            assertThat(line.heard).isEqualTo(offsets("news:a", 4, 1_000));
            assertThat(line.cursor("news:a").live()).isTrue();
        }

        @Test
        void aHoleInLiveDeliveryIsFilledFromTheLog() {
            var line = loop.line("ann");
            line.subscribe("news:a");
            loop.publishMany("news:a", 2);
            loop.deaf = true;
            loop.publishMany("news:a", 3);
            loop.deaf = false;
            loop.publish("news:a", "x");
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 6));
            assertThat(line.cursor("news:a").live()).isTrue();
        }

        @Test
        void aPublicationDeliveredTwiceIsHeardOnce() {
            var line = loop.line("ann");
            line.subscribe("news:a");
            loop.publishMany("news:a", 2);
            for (long offset = 1; offset <= 2; offset++) {
                var again = new Publication(offset, Payload.of("\"x\""), null, Map.of());
                loop.publication(LoopSet.of(OneLoop.LOOP), "news:a", "epoch1", again, null);
            }
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 2));
        }

        @Test
        void aPageThatRepeatsWhatWasHeardIsHeardOnce() {
            var line = loop.line("ann");
            line.subscribe("news:a");
            loop.publishMany("news:a", 2);
            line.room = 0;
            loop.publish("news:a", "x");
            List<Publication> all = new ArrayList<>();
            for (long offset = 1; offset <= 3; offset++)
                all.add(new Publication(offset, Payload.of("\"x\""), null, Map.of()));
            loop.nextPages.add(new Page.Found(all, new StreamPosition(3, "epoch1")));
            line.drain(ALL);
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 3));
        }

        @Test
        void aPageWithAHoleLosesTheCursor() {
            var line = loop.line("ann");
            line.subscribe("news:a");
            line.room = 0;
            loop.publishMany("news:a", 3);
            var third = new Publication(3, Payload.of("\"x\""), null, Map.of());
            loop.nextPages.add(new Page.Found(List.of(third), new StreamPosition(3, "epoch1")));
            line.drain(ALL);
            assertThat(line.heard).isEmpty();
            assertThat(loop.lost).containsExactly("news:a DETACHED at 0");
        }

        @Test
        void aPublicationOfAnotherEpochIsNotPushedAndTheSubscriberIsTold() {
            var line = loop.line("ann");
            line.subscribe("news:a");
            loop.publish("news:a", "x");
            var stranger = new Publication(2, Payload.of("\"x\""), null, Map.of());
            loop.nextPages.add(new Page.NewEpoch(new StreamPosition(2, "epoch9")));
            loop.publication(LoopSet.of(OneLoop.LOOP), "news:a", "epoch9", stranger, null);
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 1));
            assertThat(loop.lost).containsExactly("news:a DETACHED at 1");
        }

        @Test
        void aLogThatEndsBeforeWhatWasSaidLosesTheCursorInsteadOfTryingForever() {
            var line = loop.line("ann");
            line.subscribe("news:a");
            var fromNowhere = new Publication(7, Payload.of("\"x\""), null, Map.of());
            loop.publication(LoopSet.of(OneLoop.LOOP), "news:a", "epoch1", fromNowhere, null);
            assertThat(line.heard).isEmpty();
            assertThat(loop.lost).containsExactly("news:a DETACHED at 0");
        }

        @Test
        void aPublicationWithoutAnOffsetReachesThoseWhoAreLiveAndMovesNobody() {
            var quick = loop.line("quick");
            var slow = loop.line("slow");
            quick.subscribe("news:a");
            slow.subscribe("news:a");
            slow.room = 0;
            loop.publish("news:a", "x");
            var skipping = PublishRequest.of("news:a", Payload.of("\"psst\"")).history(PublishRequest.History.SKIP);
            AtOnce.publish(loop.shard, skipping, loop.now);
            slow.drain(ALL);
            loop.publish("news:a", "x");
            assertThat(quick.heard).containsExactly("news:a 1", "news:a psst", "news:a 2");
            assertThat(slow.heard).containsExactly("news:a 1", "news:a 2");
        }

        @Test
        void theStackDoesNotGrowWithTheBacklog() {
            var line = loop.line("slow");
            line.subscribe("news:a");
            line.room = 0;
            loop.publishMany("news:a", 50_000);
            line.drain(ALL);
            assertThat(line.heard).hasSize(50_000);
            assertThat(loop.reads).isEqualTo((50_000 + 63) / 64);
            assertThat(loop.deepest).isEqualTo(1);
        }
    }

    @Nested
    @DisplayName("mode LATEST")
    class Latest {
        @Test
        void aSlowReaderJumpsToTheNewestWithoutARead() {
            var line = loop.line("slow");
            line.subscribe("price:a");
            line.room = 1;
            loop.publishMany("price:a", 500);
            line.drain(ALL);
            assertThat(line.heard).containsExactly("price:a 1", "price:a 500");
            loop.publish("price:a", "x");
            assertThat(line.heard).endsWith("price:a 501");
            assertThat(loop.reads).isZero();
        }

        @Test
        void theNewestIsEncodedOnceForAllWhoLag() {
            List<OneLoop.Line> lines = new ArrayList<>();
            for (int i = 0; i < 20; i++) lines.add(loop.line("slow" + i));
            lines.forEach(line -> line.subscribe("price:a"));
            lines.forEach(line -> line.room = 0);
            loop.publishMany("price:a", 5);
            lines.forEach(line -> line.drain(ALL));
            assertThat(lines).allSatisfy(line -> assertThat(line.heard).containsExactly("price:a 5"));
            assertThat(loop.frames).hasSize(5);
        }

        @Test
        void theFrameOfTheNewestIsGivenBackWhenTheLastLaggardGoes() {
            var line = loop.line("slow");
            line.subscribe("price:a");
            line.room = 0;
            loop.publishMany("price:a", 2);
            assertThat(loop.leaks()).containsExactly("price:a 2: 1");
            line.close();
            assertThat(loop.leaks()).isEmpty();
        }

        @Test
        void aPipeThatClosesWhileItIsGivenTheNewestDoesNotLoseTheFrameForOthers() {
            var closing = loop.line("closing");
            var slow = loop.line("slow");
            var quick = loop.line("quick");
            closing.subscribe("price:a");
            slow.subscribe("price:a");
            quick.subscribe("price:a");
            closing.room = 0;
            slow.room = 0;
            closing.onPush = closing::close;
            quick.onPush = closing::close;
            loop.publish("price:a", "x");
            slow.onPush = slow::close;
            slow.drain(ALL);
            assertThat(slow.heard).containsExactly("price:a 1");
            assertThat(quick.heard).containsExactly("price:a 1");
            assertThat(closing.heard).isEmpty();
        }

        @Test
        void whoeverMissedDeliveriesGetsTheNewestFromTheLog() {
            var line = loop.line("ann");
            loop.publish("price:a", "x");
            var accepted = line.subscribe("price:a", new StreamPosition(0, ""));
            assertThat(((Recovery.Complete) accepted.recovery()).page()).hasSize(1);
            var late = loop.line("late");
            var stale = new Subscribed.Accepted(
                    accepted.options(), new StreamPosition(1, "epoch1"), new Recovery.NotAsked());
            loop.publishMany("price:a", 3);
            late.cursors.put("price:a", loop.fanout.attach("price:a", late, stale, Reader.PUBLICATIONS));
            assertThat(late.heard).containsExactly("price:a 4");
            assertThat(late.cursor("price:a").live()).isTrue();
        }

        @Test
        void aNewestThatExpiredIsNotWaitedFor() {
            var line = loop.line("late");
            loop.publishMany("price:a", 2);
            var accepted = line.subscribe("price:a");
            line.unsubscribe("price:a");
            loop.now += HOUR.toMillis();
            var stale = new Subscribed.Accepted(
                    accepted.options(),
                    accepted.top(),
                    new Recovery.Complete(List.of(new Publication(1, Payload.of("\"x\""), null, Map.of())), true));
            Cursor<OneLoop.Frame> cursor = loop.fanout.attach("price:a", line, stale, Reader.PUBLICATIONS);
            assertThat(line.heard).isEmpty();
            assertThat(cursor.live()).isTrue();
            assertThat(cursor.position().offset()).isEqualTo(2);
        }
    }

    @Nested
    @DisplayName("mode TRANSIENT")
    class Transient {
        @Test
        void aFullPipeMissesItAndNothingIsRemembered() {
            var quick = loop.line("quick");
            var slow = loop.line("slow");
            quick.subscribe("typing:a");
            slow.subscribe("typing:a");
            slow.room = 0;
            loop.publish("typing:a", "one");
            slow.drain(ALL);
            loop.publish("typing:a", "two");
            assertThat(quick.heard).containsExactly("typing:a one", "typing:a two");
            assertThat(slow.heard).containsExactly("typing:a two");
            assertThat(loop.fanout.laggards).isEmpty();
        }

        @Test
        void lineAfterLineClosingWhileItIsToldDisturbsNobody() {
            List<OneLoop.Line> lines = new ArrayList<>();
            for (int i = 0; i < 9; i++) lines.add(loop.line("c" + i));
            lines.forEach(line -> line.subscribe("typing:a"));
            lines.get(2).onPush =
                    () -> List.of(0, 2, 3, 8).forEach(i -> lines.get(i).close());
            loop.publish("typing:a", "one");
            loop.publish("typing:a", "two");
            for (int i = 0; i < 9; i++) {
                var once = List.of("typing:a one");
                var twice = List.of("typing:a one", "typing:a two");
                var expected = List.of(0, 2).contains(i) ? once : List.of(3, 8).contains(i) ? List.of() : twice;
                assertThat(lines.get(i).heard).as("line %d", i).isEqualTo(expected);
            }
        }
    }

    @Nested
    @DisplayName("join and leave")
    class Announcements {
        @Test
        void theyReachWhoWantsThemAndCanTakeThemTheJoinerToo() {
            var ann = loop.line("ann");
            var bob = loop.line("bob");
            var full = loop.line("full");
            ann.subscribe("room:1");
            full.subscribe("room:1");
            full.room = 0;
            full.heard.clear();
            loop.joinLeave = JoinLeave.UNWANTED;
            var quiet = loop.line("quiet");
            quiet.subscribe("room:1");
            loop.joinLeave = JoinLeave.WANTED;
            bob.subscribe("room:1");
            quiet.close();
            assertThat(ann.heard)
                    .containsExactly("room:1 +ann", "room:1 +full", "room:1 +quiet", "room:1 +bob", "room:1 -quiet");
            assertThat(bob.heard).containsExactly("room:1 +bob", "room:1 -quiet");
            assertThat(quiet.heard).isEmpty();
            full.drain(ALL);
            assertThat(full.heard).isEmpty();
        }
    }

    @Test
    void detachingAgainDoesNothing() {
        var ann = loop.line("ann");
        var bob = loop.line("bob");
        ann.subscribe("news:a");
        bob.subscribe("news:a");
        Cursor<OneLoop.Frame> cursor = ann.cursor("news:a");
        ann.close();
        loop.fanout.detach(cursor);
        loop.fanout.detach(cursor);
        assertThat(cursor.attached()).isFalse();
        loop.publish("news:a", "x");
        assertThat(bob.heard).isEqualTo(offsets("news:a", 1, 1));
    }

    @Test
    void whatPassesForNobodyIsReleased() {
        loop.publication(
                LoopSet.of(OneLoop.LOOP), "news:a", "e", new Publication(1, Payload.of("\"x\""), null, Map.of()), null);
        loop.left(LoopSet.of(OneLoop.LOOP), "news:a", OneLoop.who("ann"));
        assertThat(loop.frames).hasSize(2);
    }
}
