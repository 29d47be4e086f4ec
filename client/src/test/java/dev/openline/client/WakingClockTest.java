package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WakingClockTest {
    private long awake = -5_000;
    private long day = 1_700_000_000_000L;
    private final WakingClock clock = new WakingClock(() -> awake, () -> day);

    private void pass(long awakeMillis, long dayMillis) {
        awake += awakeMillis;
        day += dayMillis;
    }

    @Test
    void whileTheComputerIsAwakeItIsTheMonotonicClock() {
        long before = clock.now();

        pass(10_000, 10_300);

        assertThat(clock.now() - before).isEqualTo(10_000);
    }

    @Test
    void sleepCounts() {
        long before = clock.now();
        pass(10, 600_010);

        assertThat(clock.now() - before).isEqualTo(600_010);
        pass(1_000, 1_000);
        assertThat(clock.now() - before).isEqualTo(601_010);
    }

    @Test
    void aTimeOfDayThatIsSetBackChangesNothing() {
        long before = clock.now();
        pass(1_000, -3_600_000);

        assertThat(clock.now() - before).isEqualTo(1_000);
        pass(1_000, 1_000);
        assertThat(clock.now() - before).isEqualTo(2_000);
    }
}
