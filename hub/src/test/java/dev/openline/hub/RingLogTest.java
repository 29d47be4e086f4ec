package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RingLogTest {
    private static Publication publication(long offset) {
        return new Publication(offset, Payload.of("\"x\""), null, Map.of());
    }

    private static List<Long> offsets(List<Publication> publications) {
        return publications.stream().map(Publication::offset).toList();
    }

    @Test
    void theRingAnswersLikeAListThatForgetsItsHead() {
        for (int size : new int[] {1, 2, 7, 8, 9, 20, 100}) {
            var random = new Random(size);
            var log = new RingLog(
                    "e", ChannelOptions.every(size, Duration.ofMillis(50)).build());
            List<Publication> model = new ArrayList<>();
            List<Long> times = new ArrayList<>();
            long now = -200;
            for (int step = 0; step < 3_000; step++) {
                now += random.nextInt(4) == 0 ? random.nextInt(30) : 0;
                log.expire(now);
                while (!times.isEmpty() && times.get(0) + 50 <= now) {
                    times.remove(0);
                    model.remove(0);
                }
                if (random.nextInt(3) > 0) {
                    Publication next = publication(log.nextOffset());
                    log.append(next, now);
                    model.add(next);
                    times.add(now);
                    if (model.size() > size) {
                        model.remove(0);
                        times.remove(0);
                    }
                }
                check(log, model, random);
                assertThat(log.nextExpiry()).isEqualTo(times.isEmpty() ? Long.MAX_VALUE : times.get(0) + 50);
            }
        }
    }

    private static void check(RingLog log, List<Publication> model, Random random) {
        assertThat(log.size()).isEqualTo(model.size());
        long somewhere = log.topOffset() + 3 - random.nextInt(log.size() + 8);
        int limit = random.nextInt(log.size() + 2);
        assertThat(log.after(somewhere, limit))
                .isEqualTo(model.stream()
                        .filter(p -> p.offset() > somewhere)
                        .limit(limit)
                        .toList());
        var newestFirst = new ArrayList<>(model);
        Collections.reverse(newestFirst);
        assertThat(log.before(somewhere, limit))
                .isEqualTo(newestFirst.stream()
                        .filter(p -> p.offset() < somewhere)
                        .limit(limit)
                        .toList());
    }

    @Test
    void offsetsAreConsecutiveOrRefused() {
        var log = new RingLog("e", ChannelOptions.every(3, Duration.ofHours(1)).build());
        log.append(publication(1), 0);
        assertThatThrownBy(() -> log.append(publication(3), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.append(publication(1), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(offsets(log.after(0, 10))).containsExactly(1L);
    }

    @Test
    void aClockThatStepsBackDoesNotDisturbTheOrderOfExpiry() {
        var log =
                new RingLog("e", ChannelOptions.every(3, Duration.ofMillis(100)).build());
        log.append(publication(1), 1_000);
        log.append(publication(2), 500);
        log.expire(1_099);
        assertThat(offsets(log.after(0, 10))).containsExactly(1L, 2L);
        log.expire(1_100);
        assertThat(log.size()).isZero();
        assertThat(log.topOffset()).isEqualTo(2);
    }
}
