package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenBucketTest {
    private static int taken(TokenBucket bucket, int tries, long now) {
        int taken = 0;
        for (int i = 0; i < tries; i++) if (bucket.take(now)) taken++;
        return taken;
    }

    @Test
    void aQuietSecondIsWorthOneSecondAndNoMore() {
        var bucket = new TokenBucket(5, 1_000);
        assertThat(taken(bucket, 9, 1_000)).isEqualTo(5);
        assertThat(taken(bucket, 9, 2_000)).isEqualTo(5);
        assertThat(taken(bucket, 9, 1_000_000)).isEqualTo(5);
    }

    @Test
    void tokensComeBackOneByOneToTheMillisecond() {
        var bucket = new TokenBucket(3, 0);
        assertThat(taken(bucket, 9, 0)).isEqualTo(3);
        assertThat(bucket.take(333)).isFalse();
        assertThat(bucket.take(334)).isTrue();
        assertThat(bucket.take(666)).isFalse();
        assertThat(bucket.take(667)).isTrue();
    }

    @Test
    void itSaysWhenItIsFullAgain() {
        var bucket = new TokenBucket(3, 500);
        assertThat(bucket.fullAt()).isEqualTo(500);
        bucket.take(500);
        assertThat(bucket.fullAt()).isEqualTo(834);
        assertThat(taken(bucket, 9, 834)).isEqualTo(3);
    }

    @Test
    void aClockThatStepsBackOrFarAheadBringsNoMoreThanItsTime() {
        var bucket = new TokenBucket(Integer.MAX_VALUE, Long.MIN_VALUE / 4);
        assertThat(bucket.take(Long.MAX_VALUE / 4)).isTrue();
        var small = new TokenBucket(1, 5_000);
        assertThat(small.take(5_000)).isTrue();
        assertThat(small.take(0)).isFalse();
        assertThat(small.take(5_999)).isFalse();
        assertThat(small.take(6_000)).isTrue();
    }

    @Test
    void inTheLongRunItGivesExactlyTheRateHoweverItIsAsked() {
        for (int seed = 1; seed <= 20; seed++) {
            var random = new Random(seed);
            int rate = 1 + random.nextInt(2_000);
            var bucket = new TokenBucket(rate, 0);
            long taken = 0;
            long now = 0;
            while (now < 60_000) {
                taken += taken(bucket, 2_001, now);
                now += random.nextInt(500 / Math.min(rate, 500) + 1);
            }
            assertThat(taken).as("seed %d", seed).isBetween(59L * rate, 61L * rate);
        }
    }

    @Test
    void aRateBelowOneIsRefused() {
        assertThatThrownBy(() -> new TokenBucket(0, 0)).isInstanceOf(IllegalArgumentException.class);
    }
}
