package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.SplittableRandom;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
    private static final LongUnaryOperator SHORTEST = bound -> 0;
    private static final LongUnaryOperator LONGEST = bound -> bound - 1;

    private final Backoff backoff = new Backoff(500, 20_000);

    @ParameterizedTest(name = "after {0} failures up to {1} ms")
    @CsvSource({"0,1000", "1,1500", "2,2500", "3,4500", "5,16500", "6,20000", "7,20000", "2147483647,20000"})
    void theSpanDoublesUntilItEndsAtTheLongest(int failures, long longest) {
        assertThat(backoff.delayMillis(failures, SHORTEST)).isEqualTo(500);
        assertThat(backoff.delayMillis(failures, LONGEST)).isEqualTo(longest);
    }

    @Test
    void oneDelayIsPossible() {
        Backoff always = new Backoff(7, 7);
        assertThat(always.delayMillis(0, LONGEST)).isEqualTo(7);
        assertThat(always.delayMillis(9, LONGEST)).isEqualTo(7);
    }

    /** Chi-squared over 100 equal parts of the span; 99 degrees of freedom exceed 180 about once in a million runs. */
    @ParameterizedTest(name = "after {0} failures")
    @CsvSource({"0", "3", "12"})
    void delaysOfTenThousandClientsAreSpreadEvenlyOverTheWholeSpan(int failures) {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        long longest = backoff.delayMillis(failures, LONGEST);
        int[] parts = new int[100];
        int clients = 10_000;
        for (int i = 0; i < clients; i++) {
            long delay = backoff.delayMillis(failures, random::nextLong);
            parts[(int) ((delay - 500) * parts.length / (longest - 500 + 1))]++;
        }

        double expected = (double) clients / parts.length;
        double chiSquared = 0;
        for (int part : parts) chiSquared += (part - expected) * (part - expected) / expected;
        assertThat(chiSquared).as("seed %d", seed).isLessThan(180);
    }

    @Test
    void boundsAreCheckedAtBirth() {
        assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(0, 10));
        assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(10, 9));
        assertThatIllegalArgumentException().isThrownBy(() -> new Backoff(10, 86_400_001));
    }
}
