package dev.openline.tokens;

import static dev.openline.tokens.Signers.SECRET;
import static dev.openline.tokens.Signers.everyKey;
import static dev.openline.tokens.Verdicts.NOW;
import static dev.openline.tokens.Verdicts.connection;
import static dev.openline.tokens.Verdicts.now;
import static dev.openline.tokens.Verdicts.subscription;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.crypto.MACVerifier;
import dev.openline.protocol.Payload;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TokenIssuerTest {
    private static final Payload BINARY = Payload.wrap(new byte[] {0, -1, 7});

    private final TokenIssuer issuer = TokenIssuer.hmac(SECRET);

    @Test
    void aConnectionTokenSaysWhatItWasToldTo() {
        ChannelGrant grant = new ChannelGrant(BINARY, Payload.of("[1]"), new Overrides(true, false, true, false, null));
        String token = issuer.connection("quote\" and \u00e9\u2028\ud83d\ude00")
                .expiresAt(NOW.plusSeconds(60))
                .issuedAt(NOW)
                .notBefore(NOW)
                .id("t1")
                .audience("us")
                .issuer("them")
                .info(Payload.of("{\"n\":9007199254740993}"))
                .meta(Payload.of("{\"m\":1}"))
                .channels(List.of("left out"))
                .grant("a", grant)
                .grant("b", ChannelGrant.PLAIN)
                .claim("own", Payload.of("1"))
                .sign();
        assertThat(connection(everyKey().audience("us").issuer("them"), token))
                .isEqualTo(new ConnectionToken(
                        "quote\" and \u00e9\u2028\ud83d\ude00",
                        NOW.getEpochSecond() + 60,
                        Payload.of("{\"n\":9007199254740993}"),
                        Map.of("a", grant, "b", ChannelGrant.PLAIN),
                        Payload.of("{\"m\":1}"),
                        "t1",
                        NOW.getEpochSecond()));
    }

    @Test
    void aSubscriptionTokenSaysWhatItWasToldTo() {
        String token = issuer.subscription("u", "$c")
                .client("id")
                .expiresAt(NOW.plusSeconds(60))
                .expireAt(null)
                .info(BINARY)
                .data(BINARY)
                .override(new Overrides(null, null, null, null, true))
                .sign();
        assertThat(subscription(everyKey(), token))
                .isEqualTo(new SubscriptionToken(
                        "u",
                        "$c",
                        "id",
                        null,
                        BINARY,
                        BINARY,
                        new Overrides(null, null, null, null, true),
                        null,
                        null));
    }

    @Test
    void aClaimSetTwiceHasTheLaterValue() {
        TokenDraft draft =
                issuer.connection("u").info(BINARY).info(Payload.of("1")).channels(List.of("a"));
        assertThat(connection(everyKey(), draft.sign()).info()).isEqualTo(Payload.of("1"));
        draft.info(BINARY).channels(List.of("b", "c")).expireAt(NOW);
        ConnectionToken again = connection(everyKey(), draft.sign());
        assertThat(again.info()).isEqualTo(BINARY);
        assertThat(again.channels().keySet()).containsExactly("b", "c");
        assertThat(again.expireAtSeconds()).isEqualTo(NOW.getEpochSecond());
    }

    @Test
    void othersReadItsTokens() throws Exception {
        JWSObject token = JWSObject.parse(issuer.connection("u").sign());
        assertThat(token.verify(new MACVerifier(SECRET.getBytes(StandardCharsets.UTF_8))))
                .isTrue();
        assertThat(token.getPayload().toJSONObject()).isEqualTo(Map.of("sub", "u"));
    }

    @Test
    void aTokenForOneUseIsNotForTheOther() {
        TokenVerifier verifier = new TokenVerifier(everyKey().build());
        assertThat(now(verifier.connection(issuer.subscription("u", "c").sign(), NOW)))
                .isInstanceOf(Verdict.Invalid.class);
        assertThat(now(verifier.subscription(issuer.connection("u").sign(), NOW)))
                .isInstanceOf(Verdict.Invalid.class);
    }

    @Test
    void whatCannotBeSaidIsRefused() {
        TokenDraft draft = issuer.connection("u");
        assertThatThrownBy(() -> draft.meta(Payload.of("[]"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> draft.claim("x", BINARY)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> TokenIssuer.hmac("")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void neitherSecretsNorClaimsAreInAnyToString() {
        TokenDraft draft = issuer.connection("somebody");
        assertThat(issuer + " " + draft + " " + everyKey().build()).doesNotContain(SECRET, "somebody");
    }
}
