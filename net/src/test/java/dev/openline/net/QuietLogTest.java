package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class QuietLogTest {
    private static final long SECOND = 1_000_000_000L;

    private final Clock clock = new Clock();
    private final LogLines lines = new LogLines(QuietLogTest.class);
    private QuietLog log;

    private static final class Clock extends Surroundings {
        private final Random chance = new Random(1);
        long now = Long.MAX_VALUE - SECOND; // the clock may turn over

        @Override
        protected long nanos() {
            return now;
        }

        @Override
        protected long wall() {
            return 0;
        }

        @Override
        protected RandomGenerator chance() {
            return chance;
        }
    }

    @BeforeEach
    void start() {
        Surroundings.bind(clock);
        log = QuietLog.of(LoggerFactory.getLogger(QuietLogTest.class));
    }

    @AfterEach
    void end() {
        Surroundings.bind(null);
        lines.close();
    }

    private void say(int times) {
        for (int i = 0; i < times; i++) log.info("closed {}", i);
    }

    @Test
    void aFloodWritesAThousandLinesAndThenTwentyASecond() {
        say(10_000);
        assertThat(lines.all()).hasSize(1_000).endsWith("closed 999");

        clock.now += SECOND;
        say(10_000);

        assertThat(lines.with("closed")).hasSize(1_020);
    }

    @Test
    void whatWasLeftOutIsCounted() {
        say(1_500);
        assertThat(lines.with("left out")).isEmpty();

        clock.now += SECOND;
        say(2);

        assertThat(lines.all()).endsWith("left out 500 lines like the next one", "closed 0", "closed 1");
    }

    @Test
    void fiftyQuietSecondsMakeUpForAFlood() {
        say(1_001);
        clock.now += 3_600 * SECOND;

        say(2_000);

        assertThat(lines.with("closed")).hasSize(2_000);
    }

    @Test
    void aClockThatGoesBackChangesNothing() {
        say(999);
        clock.now -= 3_600 * SECOND;
        say(1);
        clock.now += SECOND;
        say(100);

        assertThat(lines.with("closed")).hasSize(1_020);
    }
}
