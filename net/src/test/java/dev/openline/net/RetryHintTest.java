package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RetryHintTest {
    @Nested
    @DisplayName("RFC 9110 §10.2.3 Retry-After")
    class InAnAnswer {
        private final Instant now = Instant.parse("1994-11-06T08:49:00Z");

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "0 | 0",
                    " 120  | 120",
                    "999999999 | 999999999",
                    "Sun, 06 Nov 1994 08:49:37 GMT | 37",
                    "Sunday, 06-Nov-94 08:49:37 GMT | 37",
                    "Sun Nov  6 08:49:37 1994 | 37",
                    "Sun, 06 Nov 1994 08:00:00 GMT | 0"
                })
        void secondsAndAllThreeFormsOfADateAreRead(String value, long seconds) {
            Headers answer = Headers.of(List.of(new Header("Retry-After", value)));
            assertThat(RetryHint.of(answer, now)).isEqualTo(Duration.ofSeconds(seconds));
        }

        @Test
        void aDateCountsFromTheServersOwnClock() {
            Headers answer = Headers.of(List.of(
                    new Header("Retry-After", "Sun, 06 Nov 1994 08:49:37 GMT"),
                    new Header("Date", "Sun, 06 Nov 1994 08:49:30 GMT")));
            assertThat(RetryHint.of(answer, Instant.parse("2001-01-01T00:00:00Z")))
                    .isEqualTo(Duration.ofSeconds(7));
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "-1", "1.5", "soon", "9999999999", "12 s", "0x10", "Sun, 99 Foo 1994"})
        void nonsenseIsNoHint(String value) {
            Headers answer = Headers.of(List.of(new Header("Retry-After", value)));
            assertThat(RetryHint.of(answer, now)).isNull();
        }

        @Test
        void anEndlessValueIsNoHint() {
            Headers answer = Headers.of(List.of(new Header("Retry-After", "Sun, ".repeat(3_000))));
            assertThat(RetryHint.of(answer, now)).isNull();
        }

        @Test
        void noFieldIsNoHint() {
            assertThat(RetryHint.of(Headers.of(List.of()), now)).isNull();
        }
    }

    @Nested
    @DisplayName("in the reason of a Close")
    class InAClose {
        @Test
        void whatAServerSaysAClientReads() {
            CloseStatus said =
                    RetryHint.in(CloseStatus.SERVICE_RESTART.withReason("deploying"), Duration.ofMillis(29_001));
            assertThat(said).isEqualTo(new CloseStatus(1012, "deploying; retry-after=30"));
            assertThat(RetryHint.of(said)).contains(Duration.ofSeconds(30));
            assertThat(RetryHint.of(RetryHint.in(CloseStatus.GOING_AWAY, Duration.ZERO)))
                    .contains(Duration.ZERO);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "retry later",
                    "retry-after=",
                    "retry-after=x",
                    "retry-after=-3",
                    "noretry-after=3",
                    "retry-after=1234567890"
                })
        void anythingElseIsNoHint(String reason) {
            assertThat(RetryHint.of(new CloseStatus(1013, reason))).isEmpty();
        }

        @Test
        void aDelayThatCannotBeSaidIsTheCallersFault() {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RetryHint.in(CloseStatus.GOING_AWAY, Duration.ofSeconds(-1)));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> RetryHint.in(CloseStatus.GOING_AWAY, Duration.ofSeconds(1_000_000_000)));
        }
    }
}
