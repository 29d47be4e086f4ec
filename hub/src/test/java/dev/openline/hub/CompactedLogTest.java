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

class CompactedLogTest {
    private static final Duration HOUR = Duration.ofHours(1);

    private record Kept(Publication publication, long time) {}

    private static Publication publication(long offset, String key) {
        return new Publication(offset, Payload.of("\"x\""), null, key.isEmpty() ? Map.of() : Map.of("k", key));
    }

    private static CompactedLog log(int size, Duration ttl) {
        return new CompactedLog(
                "e",
                ChannelOptions.latest(ttl).history(size, ttl).latestKey("k").build());
    }

    private static CompactedLog with(CompactedLog log, String... keys) {
        for (String key : keys) log.append(publication(log.nextOffset(), key), 0);
        return log;
    }

    private static List<Long> after(Log log, long offset) {
        return log.after(offset, 99).stream().map(Publication::offset).toList();
    }

    @Test
    void itAnswersLikeAListWithoutTheOvertaken() {
        for (int size : new int[] {1, 2, 5, 9, 30}) {
            var random = new Random(size);
            var log = log(size, Duration.ofMillis(50));
            List<Kept> model = new ArrayList<>();
            long dropped = 0;
            long now = -200;
            for (int step = 0; step < 3_000; step++) {
                now += random.nextInt(4) == 0 ? random.nextInt(30) : 0;
                log.expire(now);
                while (!model.isEmpty() && model.get(0).time() + 50 <= now)
                    dropped = model.remove(0).publication().offset();
                if (random.nextInt(3) > 0) {
                    var next = publication(log.nextOffset(), "" + random.nextInt(12));
                    log.append(next, now);
                    model.removeIf(kept -> kept.publication().tags().equals(next.tags()));
                    model.add(new Kept(next, now));
                    if (model.size() > size)
                        dropped = model.remove(0).publication().offset();
                }
                check(log, model.stream().map(Kept::publication).toList(), random);
                long somewhere = random.nextLong(log.topOffset() + 3);
                assertThat(log.reachesBackTo(somewhere))
                        .isEqualTo(somewhere >= dropped && somewhere <= log.topOffset());
                assertThat(log.nextExpiry())
                        .isEqualTo(
                                model.isEmpty() ? Long.MAX_VALUE : model.get(0).time() + 50);
            }
        }
    }

    private static void check(CompactedLog log, List<Publication> model, Random random) {
        assertThat(log.size()).isEqualTo(model.size());
        assertThat(log.newest()).isEqualTo(model.isEmpty() ? null : model.get(model.size() - 1));
        long somewhere = log.topOffset() + 3 - random.nextInt(40);
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
    void theNewestOfEachKeyStaysInOrderOfOffsets() {
        var log = with(log(9, HOUR), "a", "b", "a", "", "b", "");
        assertThat(after(log, 0)).containsExactly(3L, 5L, 6L);
        assertThat(after(log, 3)).containsExactly(5L, 6L);
        assertThat(log.reachesBackTo(0)).isTrue();
    }

    @Test
    void oneKeyMoreThanTheSizeDropsTheOneThatWasSilentForLongest() {
        var log = with(log(2, HOUR), "a", "b", "a", "c");
        assertThat(after(log, 0)).containsExactly(3L, 4L);
        assertThat(log.reachesBackTo(1)).as("b went for lack of room").isFalse();
        assertThat(log.reachesBackTo(2)).isTrue();
    }

    @Test
    void ageAndRemovalAreMissedByWhoHadNotSeenIt() {
        var log = with(log(9, HOUR), "a", "b");
        log.expire(HOUR.toMillis());
        assertThat(log.size()).isZero();
        assertThat(log.reachesBackTo(1)).isFalse();
        assertThat(log.reachesBackTo(2)).isTrue();
        with(log, "a", "a").clear();
        assertThat(log.reachesBackTo(3)).isFalse();
        assertThat(log.reachesBackTo(4)).isTrue();
        assertThat(log.topOffset()).isEqualTo(4);
    }

    @Test
    void keysOfDifferentChannelsAreDifferentOnAPatternChannel() {
        var log = log(9, HOUR);
        log.append(publication(1, "a").saidOn("x:1"), 0);
        log.append(publication(2, "a").saidOn("x:2"), 0);
        log.append(publication(3, "a").saidOn("x:1"), 0);
        assertThat(after(log, 0)).containsExactly(2L, 3L);
    }

    @Test
    void offsetsAreConsecutiveOrRefused() {
        var log = with(log(3, HOUR), "a");
        assertThatThrownBy(() -> log.append(publication(3, "a"), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> log.append(publication(1, "a"), 0)).isInstanceOf(IllegalArgumentException.class);
        assertThat(after(log, 0)).containsExactly(1L);
    }

    @Test
    void aClockThatStepsBackDoesNotDisturbTheOrderOfExpiry() {
        var log = log(3, Duration.ofMillis(100));
        log.append(publication(1, "a"), 1_000);
        log.append(publication(2, "b"), 500);
        log.expire(1_099);
        assertThat(after(log, 0)).containsExactly(1L, 2L);
        log.expire(1_100);
        assertThat(log.size()).isZero();
    }
}
