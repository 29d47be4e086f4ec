package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.openline.wire.CloseStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The redialling line on virtual time. Where luck is needed it draws half of every span. */
class RedialMachineTest {
    private static final CloseStatus BROKEN = CloseStatus.ABNORMAL;

    private static RedialOptions options() {
        return new RedialOptions().delays(Duration.ofMillis(500), Duration.ofSeconds(20));
    }

    private static List<Long> delays(PlayedRedials played, int dials) {
        List<Long> delays = new ArrayList<>();
        for (int i = 0; i < dials; i++) {
            played.refuse();
            delays.add(played.wake().toMillis());
            assertThat(played.take()).containsExactly("dial");
        }
        return delays;
    }

    @Nested
    class Delays {
        @Test
        void growWithEachFailureUpToTheLongest() {
            assertThat(delays(PlayedRedials.started(options()), 8))
                    .containsExactly(750L, 1_000L, 1_500L, 2_500L, 4_500L, 8_500L, 10_250L, 10_250L);
        }

        @Test
        void areShortAgainAfterALineThatLasted() {
            PlayedRedials played = PlayedRedials.started(options());
            delays(played, 6);
            played.openForLong();

            played.lose(BROKEN);

            assertThat(played.wake()).isEqualTo(Duration.ofMillis(750));
            played.take();
            assertThat(delays(played, 2)).containsExactly(750L, 1_000L);
        }

        @Test
        void growAlsoWhenTheServerAcceptsAndDropsAtOnce() {
            PlayedRedials played = PlayedRedials.started(options());
            List<Long> delays = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                played.open();
                played.pass(Duration.ofMillis(9_999));
                played.lose(BROKEN);
                delays.add(played.wake().toMillis());
            }
            assertThat(delays).containsExactly(750L, 1_000L, 1_500L, 2_500L, 4_500L, 8_500L);
        }

        @Test
        void areShortAgainAlsoWhenTheTimerWasLate() {
            PlayedRedials played = PlayedRedials.started(options());
            delays(played, 6);
            played.open();
            played.now += 10_000;

            played.lose(BROKEN);

            assertThat(played.wake()).isEqualTo(Duration.ofMillis(750));
        }

        /** Ten thousand clients of one server that restarts: nowhere in the span do many come at once. */
        @Test
        void ofTenThousandLinesAreSpreadOverTheWholeSpan() {
            long seed = new SplittableRandom().nextLong();
            SplittableRandom seeds = new SplittableRandom(seed);
            int lines = 10_000;
            int[] perTenMillis = new int[50];
            for (int i = 0; i < lines; i++) {
                PlayedRedials played = new PlayedRedials(options(), seeds.split()::nextLong);
                played.machine.start(played.now);
                played.openForLong();
                played.lose(CloseStatus.GOING_AWAY);
                perTenMillis[(int) Math.min(49, (played.wake().toMillis() - 500) / 10)]++;
            }
            // 200 expected each (204 in the last); 300 is seven standard deviations away.
            assertThat(Arrays.stream(perTenMillis).max().orElseThrow())
                    .as("seed %d", seed)
                    .isLessThan(300);
            assertThat(Arrays.stream(perTenMillis).min().orElseThrow())
                    .as("seed %d", seed)
                    .isGreaterThan(100);
        }

        /** Simultaneous failures stay spread over further attempts: the busiest tenth of a second gets few of ten thousand. */
        @Test
        void ofTenThousandLinesOfADeadServerDriftApart() {
            long seed = new SplittableRandom().nextLong();
            SplittableRandom seeds = new SplittableRandom(seed);
            int lines = 10_000;
            int[] dialsPerTenth = new int[4_000];
            for (int i = 0; i < lines; i++) {
                PlayedRedials played = new PlayedRedials(options(), seeds.split()::nextLong);
                played.machine.start(played.now);
                long start = played.now;
                while (played.now - start < 300_000) {
                    played.refuse();
                    played.wake();
                    dialsPerTenth[(int) ((played.now - start) / 100)]++;
                }
            }
            // From a minute on each line dials every 10.25 s at the mean: 98 of 10,000 per tenth of a second, and ten
            // standard deviations more.
            int busiest = Arrays.stream(dialsPerTenth, 600, 3_000).max().orElseThrow();
            assertThat(busiest).as("seed %d", seed).isLessThan(200);
        }
    }

    @Nested
    class Hints {
        @Test
        void ofARefusedUpgradeIsHonouredAndThenSpread() {
            PlayedRedials played = PlayedRedials.started(options());
            played.fail(new DialFailed("busy", 503, Duration.ofSeconds(60)));
            assertThat(played.last().delay()).isEqualTo(Duration.ofMillis(60_750));
            assertThat(played.wake()).isEqualTo(Duration.ofMillis(60_750));
        }

        @Test
        void ofACloseIsHonoured() {
            PlayedRedials played = PlayedRedials.started(options());
            played.openForLong();
            played.lose(RetryHint.in(CloseStatus.SERVICE_RESTART, Duration.ofSeconds(30)));
            assertThat(played.wake()).isEqualTo(Duration.ofMillis(30_750));
        }

        @ParameterizedTest
        @ValueSource(longs = {7_200, Integer.MAX_VALUE, Long.MAX_VALUE})
        void areCutToTheLongest(long seconds) {
            PlayedRedials played = PlayedRedials.started(options().longestHint(Duration.ofMinutes(10)));
            played.fail(new DialFailed("busy", 429, Duration.ofSeconds(seconds)));
            assertThat(played.wake()).isEqualTo(Duration.ofMillis(600_750));
        }

        @Test
        void yieldToTheApplicationThatCannotWait() {
            PlayedRedials played = PlayedRedials.started(options());
            played.fail(new DialFailed("busy", 503, Duration.ofSeconds(60)));
            played.machine.redialNow(played.now);
            assertThat(played.take()).containsExactly("dial");
            assertThat(played.machine.nextDeadline()).isEqualTo(RedialMachine.NEVER);
        }
    }

    @Nested
    class Ends {
        @ParameterizedTest
        @ValueSource(ints = {1000, 1001, 1002, 1005, 1006, 1007, 1011, 1012, 1013, 1014, 3000, 4000, 4999})
        void thatMayPassAreRedialled(int code) {
            PlayedRedials played = PlayedRedials.started(options());
            played.open();
            played.lose(new CloseStatus(code, ""));
            assertThat(played.state()).isEqualTo(LineState.WAITING);
            assertThat(played.last().closed()).isEqualTo(new CloseStatus(code, ""));
        }

        @ParameterizedTest
        @ValueSource(ints = {1003, 1008, 1009, 1010})
        void thatSayThatWeAreNotWantedAreFinal(int code) {
            PlayedRedials played = PlayedRedials.started(options());
            played.open();
            played.lose(new CloseStatus(code, "no"));
            assertThat(played.state()).isEqualTo(LineState.ENDED);
            assertThat(played.last().why()).isEqualTo("the line was closed with " + code + " no");
            assertThat(played.machine.nextDeadline()).isEqualTo(RedialMachine.NEVER);
        }

        @ParameterizedTest
        @ValueSource(ints = {408, 425, 429, 500, 502, 503, 504})
        void byAStatusThatMayPassAreRedialled(int status) {
            PlayedRedials played = PlayedRedials.started(options());
            played.answer(status);
            assertThat(played.state()).isEqualTo(LineState.WAITING);
        }

        @ParameterizedTest
        @ValueSource(ints = {200, 301, 302, 400, 401, 403, 404, 410, 426})
        void byAnyOtherStatusAreFinal(int status) {
            PlayedRedials played = PlayedRedials.started(options());
            played.answer(status);
            assertThat(played.state()).isEqualTo(LineState.ENDED);
            assertThat(played.last().failure()).isNotNull();
        }

        @Test
        void areWhatTheApplicationsRuleSays() {
            PlayedRedials played = PlayedRedials.started(options().rule(new RedialRule() {
                @Override
                public NextDial afterClose(CloseStatus status) {
                    return status.code() == 4001 ? NextDial.NEVER : NextDial.after(Duration.ofSeconds(3));
                }
            }));
            played.answer(503);
            assertThat(played.wake()).as("the other method is as usual").isEqualTo(Duration.ofMillis(750));
            played.open();
            played.lose(CloseStatus.POLICY_VIOLATION);
            assertThat(played.wake()).isEqualTo(Duration.ofMillis(4_000));
            played.open();
            played.lose(new CloseStatus(4001, "logged out"));
            assertThat(played.state()).isEqualTo(LineState.ENDED);
        }
    }

    @Nested
    class Budget {
        @Test
        void ofAttemptsEndsTheLine() {
            PlayedRedials played = PlayedRedials.started(options().maxAttempts(3));
            played.refuse();
            played.wake();
            played.open();
            played.lose(BROKEN);
            played.wake();
            assertThat(played.last().dials()).isEqualTo(3);
            played.refuse();
            assertThat(played.last().toString()).isEqualTo("ended: gave up after 3 dials; connection refused");
        }

        @Test
        void ofAttemptsBeginsAnewWithALineThatLasted() {
            PlayedRedials played = PlayedRedials.started(options().maxAttempts(2));
            for (int i = 0; i < 5; i++) {
                played.refuse();
                played.wake();
                played.openForLong();
                played.lose(BROKEN);
                played.wake();
            }
            assertThat(played.state()).isEqualTo(LineState.DIALLING);
        }

        @Test
        void ofTimeEndsTheLineWhenTheNextDialWouldBeTooLate() {
            PlayedRedials played = PlayedRedials.started(options().giveUpAfter(Duration.ofMillis(2_000)));
            assertThat(delays(played, 2)).containsExactly(750L, 1_000L);
            played.refuse();
            assertThat(played.last().toString()).isEqualTo("ended: gave up after 2000 ms; connection refused");
        }

        @Test
        void ofTimeCountsFromTheEndOfTheLineThatLasted() {
            PlayedRedials played = PlayedRedials.started(options().giveUpAfter(Duration.ofMillis(2_000)));
            played.openForLong();
            played.pass(Duration.ofHours(1));
            played.lose(BROKEN);
            played.wake();
            played.refuse();
            played.wake();
            played.refuse();
            assertThat(played.state()).isEqualTo(LineState.ENDED);
        }

        @Test
        void ofTimeCutsNoOpenLine() {
            PlayedRedials played = PlayedRedials.started(options().giveUpAfter(Duration.ofMillis(2_000)));
            played.open();
            played.pass(Duration.ofHours(1));
            assertThat(played.state()).isEqualTo(LineState.OPEN);
        }
    }

    @Nested
    class Closing {
        @Test
        void saysGoodbyeAndIsFinalWhateverTheLineEndsWith() {
            PlayedRedials played = PlayedRedials.started(options());
            played.open();
            played.machine.close(CloseStatus.NORMAL, played.now);
            played.machine.close(CloseStatus.GOING_AWAY, played.now);
            assertThat(played.take()).containsExactly("close 1000");
            assertThat(played.state()).isEqualTo(LineState.CLOSING);
            played.lose(CloseStatus.SERVICE_RESTART);
            assertThat(played.state()).isEqualTo(LineState.ENDED);
            assertThat(played.last().why()).isEqualTo("closed by the application");
        }

        @Test
        void dropsADial() {
            PlayedRedials played = PlayedRedials.started(options());
            played.machine.close(CloseStatus.NORMAL, played.now);
            assertThat(played.take()).containsExactly("drop dial");
            assertThat(played.state()).isEqualTo(LineState.ENDED);
        }

        @Test
        void whileWaitingEndsTheWait() {
            PlayedRedials played = PlayedRedials.started(options());
            played.refuse();
            played.machine.close(CloseStatus.NORMAL, played.now);
            assertThat(played.machine.nextDeadline()).isEqualTo(RedialMachine.NEVER);
            played.machine.redialNow(played.now);
            assertThat(played.take()).isEmpty();
            assertThat(played.state()).isEqualTo(LineState.ENDED);
        }
    }

    @Test
    void redialNowChangesNothingWhileThereIsALineOrADial() {
        PlayedRedials played = PlayedRedials.started(options());
        played.machine.redialNow(played.now);
        played.open();
        played.machine.redialNow(played.now);
        assertThat(played.take()).isEmpty();
    }

    @Test
    void redialNowCountsAsAnAttempt() {
        PlayedRedials played = PlayedRedials.started(options());
        for (int i = 0; i < 3; i++) {
            played.refuse();
            played.machine.redialNow(played.now);
        }
        played.refuse();
        assertThat(played.wake()).isEqualTo(Duration.ofMillis(2_500));
    }

    @Test
    void optionsAreCheckedAtBirth() {
        RedialOptions options = new RedialOptions();
        assertThatIllegalArgumentException().isThrownBy(() -> options.delays(Duration.ZERO, Duration.ofSeconds(1)));
        assertThatIllegalArgumentException().isThrownBy(() -> options.maxAttempts(0));
        assertThatIllegalArgumentException().isThrownBy(() -> options.giveUpAfter(Duration.ZERO));
        assertThatIllegalArgumentException().isThrownBy(() -> options.giveUpAfter(Duration.ofDays(366)));
        assertThatIllegalArgumentException().isThrownBy(() -> options.steadyAfter(Duration.ofMillis(-1)));
        assertThatIllegalArgumentException().isThrownBy(() -> options.longestHint(Duration.ofDays(2)));
        assertThatIllegalArgumentException().isThrownBy(() -> options.maxKeptBytes(-1));
        assertThatIllegalArgumentException().isThrownBy(() -> NextDial.after(Duration.ofMillis(-1)));
    }
}
