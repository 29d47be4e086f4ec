package dev.openline.tokens;

import static dev.openline.tokens.Signers.SECRET;
import static dev.openline.tokens.Signers.everyKey;
import static dev.openline.tokens.Signers.hs256;
import static dev.openline.tokens.Verdicts.NOW;
import static dev.openline.tokens.Verdicts.now;
import static dev.openline.tokens.Verdicts.valid;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** RFC 7519 §4.1.4 and §4.1.5, and how long secrets are good. */
class TimesTest {
    private static final long SECOND = NOW.getEpochSecond();

    private static Verdict<ConnectionToken> at(Instant time, Duration leeway, String payload) {
        return now(new TokenVerifier(everyKey().leeway(leeway).build()).connection(hs256(payload), time));
    }

    private static Verdict<ConnectionToken> at(Instant time, String payload) {
        return at(time, Duration.ZERO, payload);
    }

    @Test
    void aTokenEndsAtItsExp() {
        String payload = "{\"exp\":" + SECOND + "}";
        assertThat(at(NOW.minusMillis(1), payload)).isInstanceOf(Verdict.Valid.class);
        assertThat(at(NOW, payload)).isInstanceOf(Verdict.Expired.class);
    }

    @Test
    void aTokenBeginsAtItsNbf() {
        String payload = "{\"nbf\":" + SECOND + "}";
        assertThat(at(NOW.minusMillis(1), payload)).isInstanceOf(Verdict.Expired.class);
        assertThat(at(NOW, payload)).isInstanceOf(Verdict.Valid.class);
    }

    @Test
    void leewayMovesBothEnds() {
        Duration leeway = Duration.ofSeconds(5);
        assertThat(at(NOW.plusMillis(4999), leeway, "{\"exp\":" + SECOND + "}")).isInstanceOf(Verdict.Valid.class);
        assertThat(at(NOW.plusMillis(5000), leeway, "{\"exp\":" + SECOND + "}")).isInstanceOf(Verdict.Expired.class);
        assertThat(at(NOW.minusMillis(5000), leeway, "{\"nbf\":" + SECOND + "}"))
                .isInstanceOf(Verdict.Valid.class);
        assertThat(at(NOW.minusMillis(5001), leeway, "{\"nbf\":" + SECOND + "}"))
                .isInstanceOf(Verdict.Expired.class);
    }

    @Test
    void zeroAndNegativeEndsAreInThePast() {
        assertThat(at(NOW, "{\"exp\":0}")).isInstanceOf(Verdict.Expired.class);
        assertThat(at(NOW, "{\"exp\":-1e400}")).isInstanceOf(Verdict.Expired.class);
        assertThat(at(NOW, "{\"nbf\":1e400}")).isInstanceOf(Verdict.Expired.class);
    }

    @Test
    void expireAtReplacesTheEndOfTheConnectionButNotOfTheToken() {
        String never = "{\"exp\":" + SECOND + ",\"expire_at\":0}";
        assertThat(valid(at(NOW.minusSeconds(1), never)).expireAtSeconds()).isNull();
        assertThat(at(NOW, never)).isInstanceOf(Verdict.Expired.class);
        String later = "{\"exp\":" + (SECOND + 1) + ",\"expire_at\":" + (SECOND + 100) + "}";
        assertThat(valid(at(NOW, later)).expireAtSeconds()).isEqualTo(SECOND + 100);
        assertThat(valid(at(NOW, "{\"expire_at\":5}")).expireAtSeconds())
                .as("what is over is told as it is")
                .isEqualTo(5);
    }

    @Test
    void aTokenThatIsForSomebodyElseIsInvalidAlsoWhenItIsOver() {
        TokenVerifier verifier = new TokenVerifier(everyKey().audience("us").build());
        assertThat(now(verifier.connection(hs256("{\"exp\":1}"), NOW))).isInstanceOf(Verdict.Invalid.class);
        assertThat(now(verifier.connection(hs256("{\"exp\":1,\"aud\":\"us\"}"), NOW)))
                .isInstanceOf(Verdict.Expired.class);
    }

    @Test
    void aSubscriptionTokenEndsToo() {
        TokenVerifier verifier = new TokenVerifier(everyKey().build());
        assertThat(now(verifier.subscription(hs256("{\"channel\":\"c\",\"exp\":" + SECOND + "}"), NOW)))
                .isInstanceOf(Verdict.Expired.class);
    }

    @Test
    void aPreviousSecretIsGoodUntilItsTime() {
        TokenVerifier verifier = new TokenVerifier(TokenOptions.builder()
                .hmacSecretKey("a new secret of thirty-two bytes or more")
                .hmacPreviousSecretKey(SECRET, NOW)
                .build());
        String old = hs256("{\"sub\":\"old\"}");
        String fresh = Signers.hmac(
                "HS512",
                "",
                "{\"sub\":\"new\"}",
                "a new secret of thirty-two bytes or more".getBytes(StandardCharsets.UTF_8));
        assertThat(valid(now(verifier.connection(old, NOW.minusMillis(1)))).user())
                .isEqualTo("old");
        assertThat(now(verifier.connection(old, NOW))).isInstanceOf(Verdict.Invalid.class);
        assertThat(valid(now(verifier.connection(fresh, NOW))).user()).isEqualTo("new");
    }

    @Test
    void aPreviousSecretWithoutATimeIsGoodForGood() {
        TokenVerifier verifier = new TokenVerifier(TokenOptions.builder()
                .hmacSecretKey("a new secret of thirty-two bytes or more")
                .hmacPreviousSecretKey(SECRET, null)
                .build());
        assertThat(now(verifier.connection(hs256("{}"), Instant.ofEpochSecond(9_000_000_000L))))
                .isInstanceOf(Verdict.Valid.class);
    }
}
