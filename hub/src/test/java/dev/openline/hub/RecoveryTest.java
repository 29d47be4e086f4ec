package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class RecoveryTest {
    private final ShardHarness hub = new ShardHarness();
    private int clients;

    private Recovery recover(String channel, long offset, String epoch) {
        return hub.subscribe(channel, "c" + ++clients, new StreamPosition(offset, epoch))
                .recovery();
    }

    private static List<Long> page(Recovery recovery) {
        return ((Recovery.Complete) recovery)
                .page().stream().map(Publication::offset).toList();
    }

    private static Recovery.Complete nothingMissed() {
        return new Recovery.Complete(List.of(), false);
    }

    @Nested
    @DisplayName("mode EVERY")
    class Every {
        @Test
        void everythingAfterTheCursorIsGiven() {
            hub.publishMany("news:a", 5);
            assertThat(page(recover("news:a", 2, "epoch1"))).containsExactly(3L, 4L, 5L);
            assertThat(page(recover("news:a", 0, "epoch1"))).containsExactly(1L, 2L, 3L, 4L, 5L);
            assertThat(recover("news:a", 5, "epoch1")).isEqualTo(nothingMissed());
        }

        @Test
        void whoeverDoesNotAskStartsAtTheTop() {
            hub.publishMany("news:a", 5);
            var accepted = hub.subscribe("news:a", "ann", null);
            assertThat(accepted.recovery()).isEqualTo(new Recovery.NotAsked());
            assertThat(accepted.top()).isEqualTo(new StreamPosition(5, "epoch1"));
            assertThat(accepted.at()).isEqualTo(accepted.top());
        }

        @Test
        void anEmptyEpochStandsForAny() {
            hub.publishMany("news:a", 2);
            assertThat(page(recover("news:a", 0, ""))).containsExactly(1L, 2L);
            assertThat(recover("news:new", 0, "")).isEqualTo(nothingMissed());
            assertThat(recover("news:a", 3, "")).isEqualTo(new Recovery.Gap());
        }

        @Test
        void anotherEpochIsSaidToBeOne() {
            hub.publishMany("news:a", 2);
            assertThat(recover("news:a", 2, "other")).isEqualTo(new Recovery.NewEpoch());
        }

        @Test
        void whatHistoryNoLongerReachesIsAGapExactlyFromTheFirstMissingOne() {
            hub.publishMany("news:a", 13);
            assertThat(recover("news:a", 2, "epoch1")).isEqualTo(new Recovery.Gap());
            assertThat(page(recover("news:a", 3, "epoch1"))).hasSize(10).startsWith(4L);
        }

        @Test
        void afterAllItemsExpiredOnlyTheTopIsComplete() {
            hub.publishMany("news:a", 3);
            hub.now += ShardHarness.TTL.toMillis();
            assertThat(recover("news:a", 3, "epoch1")).isEqualTo(nothingMissed());
            assertThat(recover("news:a", 2, "epoch1")).isEqualTo(new Recovery.Gap());
        }

        @Test
        void anOffsetThatWasNeverGivenOutIsAGap() {
            hub.publishMany("news:a", 3);
            var accepted = hub.subscribe("news:a", "ann", new StreamPosition(4, "epoch1"));
            assertThat(accepted.recovery()).isEqualTo(new Recovery.Gap());
            assertThat(accepted.at()).isEqualTo(new StreamPosition(3, "epoch1"));
            assertThat(recover("news:a", Long.MAX_VALUE, "epoch1")).isEqualTo(new Recovery.Gap());
        }

        @Test
        void aLongAbsenceIsGivenAFirstPageAndTheRestIsAnnounced() {
            var paged = new ShardHarness(limits(4, 1_000));
            paged.publishMany("news:a", 10);
            var accepted = paged.subscribe("news:a", "ann", new StreamPosition(1, "epoch1"));
            assertThat(page(accepted.recovery())).containsExactly(2L, 3L, 4L, 5L);
            assertThat(((Recovery.Complete) accepted.recovery()).more()).isTrue();
            assertThat(accepted.at()).isEqualTo(new StreamPosition(5, "epoch1"));
            assertThat(accepted.top()).isEqualTo(new StreamPosition(10, "epoch1"));
            var exact = paged.subscribe("news:a", "bob", new StreamPosition(6, "epoch1"));
            assertThat(((Recovery.Complete) exact.recovery()).more()).isFalse();
            assertThat(exact.at()).isEqualTo(exact.top());
        }

        @Test
        void theFirstPageEndsWhenItIsHeavyEnoughAndIsNeverEmpty() {
            var paged = new ShardHarness(limits(10, 100));
            for (int size : new int[] {40, 40, 40, 500, 1})
                AtOnce.publish(paged.shard, PublishRequest.of("news:a", Payload.of("1".repeat(size))), paged.now);
            assertThat(page(paged.subscribe("news:a", "a", new StreamPosition(0, ""))
                            .recovery()))
                    .containsExactly(1L, 2L, 3L);
            var heavy = paged.subscribe("news:a", "b", new StreamPosition(3, ""));
            assertThat(page(heavy.recovery())).containsExactly(4L);
            assertThat(((Recovery.Complete) heavy.recovery()).more()).isTrue();
        }

        private static ShardLimits limits(int pageLimit, int pageBytes) {
            return new ShardLimits(
                    99, pageLimit, pageBytes, 1 << 20, 10, 10, Duration.ofMinutes(5), 16_384, Duration.ofHours(1), 10);
        }
    }

    @Nested
    @DisplayName("catching up")
    class CatchingUp {
        @Test
        void aPageIsContiguousAndSaysWhereTheTopIs() {
            hub.publishMany("news:a", 8);
            var page = (Page.Found) AtOnce.read(hub.shard, "news:a", new StreamPosition(2, "epoch1"), 3, hub.now);
            assertThat(page.publications()).extracting(Publication::offset).containsExactly(3L, 4L, 5L);
            assertThat(page.top()).isEqualTo(new StreamPosition(8, "epoch1"));
        }

        @Test
        void aCursorThatHistoryOvertookIsToldOfTheGap() {
            hub.publishMany("news:a", 13);
            assertThat(AtOnce.read(hub.shard, "news:a", new StreamPosition(2, "epoch1"), 3, hub.now))
                    .isEqualTo(new Page.Gap(new StreamPosition(13, "epoch1")));
            assertThat(AtOnce.read(hub.shard, "news:a", new StreamPosition(14, "epoch1"), 3, hub.now))
                    .isInstanceOf(Page.Gap.class);
            assertThat(AtOnce.read(hub.shard, "news:a", new StreamPosition(9, "gone"), 3, hub.now))
                    .isInstanceOf(Page.NewEpoch.class);
        }

        @Test
        void theLatestPageIsTheNewestPublication() {
            hub.publishMany("price:a", 8);
            var page = (Page.Found) AtOnce.read(hub.shard, "price:a", new StreamPosition(2, "epoch1"), 3, hub.now);
            assertThat(page.publications()).extracting(Publication::offset).containsExactly(8L);
            page = (Page.Found) AtOnce.read(hub.shard, "price:a", new StreamPosition(8, "epoch1"), 3, hub.now);
            assertThat(page.publications()).isEmpty();
        }
    }

    @Nested
    @DisplayName("mode LATEST")
    class Latest {
        @Test
        void theNewestMakesUpForAnyAbsence() {
            hub.publishMany("price:a", 5);
            assertThat(page(recover("price:a", 1, "epoch1"))).containsExactly(5L);
            assertThat(page(recover("price:a", 0, ""))).containsExactly(5L);
            assertThat(page(recover("price:a", 5, "other"))).containsExactly(5L);
            assertThat(page(recover("price:a", 77, "epoch1"))).containsExactly(5L);
        }

        @Test
        void whoeverHasItIsSentNothing() {
            hub.publishMany("price:a", 5);
            assertThat(recover("price:a", 5, "epoch1")).isEqualTo(nothingMissed());
        }

        @Test
        void whereNothingIsKeptOnlyTheSamePositionIsComplete() {
            hub.publishMany("price:a", 5);
            hub.now += ShardHarness.TTL.toMillis();
            assertThat(recover("price:a", 5, "epoch1")).isEqualTo(nothingMissed());
            assertThat(recover("price:a", 4, "epoch1")).isEqualTo(new Recovery.Gap());
            assertThat(recover("price:a", 0, "")).isEqualTo(new Recovery.Gap());
            assertThat(recover("price:a", 5, "other")).isEqualTo(new Recovery.NewEpoch());
        }
    }

    @Test
    void aTransientChannelRecoversNothingAndHasNoPosition() {
        var accepted = hub.subscribe("typing:a", "ann", new StreamPosition(0, ""));
        assertThat(accepted.recovery()).isEqualTo(new Recovery.Gap());
        assertThat(accepted.top()).isEqualTo(new StreamPosition(0, ""));
    }
}
