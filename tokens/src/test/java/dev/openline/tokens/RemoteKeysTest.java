package dev.openline.tokens;

import static dev.openline.tokens.Signers.jwk;
import static dev.openline.tokens.Signers.jwks;
import static dev.openline.tokens.Signers.pair;
import static dev.openline.tokens.Verdicts.NOW;
import static dev.openline.tokens.Verdicts.assertInvalid;
import static dev.openline.tokens.Verdicts.now;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.tokens.Algorithm.KeyKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys that are fetched, in virtual time and without a network. */
class RemoteKeysTest {
    private static final String PAYLOAD = "{\"sub\":\"u\"}";
    private static final String OF_NO_KEY = "the signature is of no key of the issuer";
    private static final KeyPair A = pair(KeyKind.P256);
    private static final KeyPair B = Signers.newPair(KeyKind.P256);
    private static final String SET_A = jwks(jwk(A.getPublic(), "\"kid\":\"a\""));
    private static final String SET_AB = jwks(jwk(A.getPublic(), "\"kid\":\"a\""), jwk(B.getPublic(), "\"kid\":\"b\""));

    /** The fetches that were begun; tests answer them. */
    private final List<CompletableFuture<byte[]>> fetches = new ArrayList<>();

    private JwksOptions options = JwksOptions.of("https://issuer.example/keys");

    private TokenVerifier verifier() {
        return new TokenVerifier(TokenOptions.builder().jwks(options).build(), null, () -> {
            CompletableFuture<byte[]> fetch = new CompletableFuture<>();
            fetches.add(fetch);
            return fetch;
        });
    }

    private void answer(int fetch, String json) {
        fetches.get(fetch).complete(json.getBytes(StandardCharsets.UTF_8));
    }

    private void fail(int fetch) {
        fetches.get(fetch).completeExceptionally(new IOException("no route"));
    }

    private static String by(KeyPair pair, String kid) {
        return Signers.signed(Algorithm.ES256, kid.isEmpty() ? "" : ",\"kid\":\"" + kid + "\"", PAYLOAD, pair);
    }

    private static void assertValid(CompletionStage<Verdict<ConnectionToken>> verdict) {
        assertThat(Verdicts.valid(now(verdict)).user()).isEqualTo("u");
    }

    private static void assertUnavailable(CompletionStage<Verdict<ConnectionToken>> verdict) {
        assertThat(now(verdict)).isInstanceOf(Verdict.Unavailable.class);
    }

    private TokenVerifier withKeys(String json) {
        TokenVerifier verifier = verifier();
        CompletionStage<Boolean> prepared = verifier.prepare(NOW);
        answer(0, json);
        assertThat(now(prepared)).isTrue();
        return verifier;
    }

    private static Instant after(Duration time) {
        return NOW.plus(time);
    }

    @Nested
    class Fetching {
        @Test
        void theFirstTokenWaitsForKeys() {
            TokenVerifier verifier = verifier();
            var verdict = verifier.connection(by(A, "a"), NOW);
            assertThat(verdict.toCompletableFuture()).isNotDone();
            answer(0, SET_A);
            assertValid(verdict);
        }

        @Test
        void allWhoWaitShareOneFetch() {
            TokenVerifier verifier = verifier();
            List<CompletionStage<Verdict<ConnectionToken>>> verdicts = new ArrayList<>();
            for (int i = 0; i < 100; i++) verdicts.add(verifier.connection(by(A, "a"), NOW.plusMillis(i)));
            assertThat(fetches).hasSize(1);
            answer(0, SET_A);
            verdicts.forEach(RemoteKeysTest::assertValid);
        }

        @Test
        void withKeysAtHandNobodyWaits() {
            TokenVerifier verifier = withKeys(SET_A);
            assertValid(verifier.connection(by(A, "a"), after(Duration.ofMinutes(4))));
            assertThat(fetches).hasSize(1);
        }

        @Test
        void moreThanMaxWaitingAreUnavailable() {
            options = options.withMaxWaiting(2);
            TokenVerifier verifier = verifier();
            var first = verifier.connection(by(A, "a"), NOW);
            var second = verifier.connection(by(A, "a"), NOW);
            assertUnavailable(verifier.connection(by(A, "a"), NOW));
            answer(0, SET_A);
            assertValid(first);
            assertValid(second);
            assertValid(verifier.connection(by(A, "a"), NOW));
        }

        @Test
        void keysAreRenewedAheadWhileTheyGoOnWorking() {
            TokenVerifier verifier = withKeys(SET_A);
            Instant later = after(Duration.ofMinutes(6));
            assertValid(verifier.connection(by(A, "a"), later));
            assertThat(fetches).hasSize(2);
            assertValid(verifier.connection(by(A, "a"), later));
            answer(1, SET_AB);
            assertValid(verifier.connection(by(B, "b"), later));
            assertThat(fetches).hasSize(2);
        }

        @Test
        void keysBeyondTheirTtlAreRenewedFirst() {
            TokenVerifier verifier = withKeys(SET_A);
            var verdict = verifier.connection(by(A, "a"), after(Duration.ofMinutes(16)));
            assertThat(verdict.toCompletableFuture()).isNotDone();
            answer(1, jwks(jwk(B.getPublic(), "\"kid\":\"b\"")));
            assertInvalid(now(verdict), OF_NO_KEY);
        }

        @Test
        void aClockThatIsSetBackStopsNothing() {
            TokenVerifier verifier = withKeys(SET_A);
            Instant before = NOW.minus(Duration.ofDays(1));
            var verdict = verifier.connection(by(A, "a"), before);
            assertThat(fetches).hasSize(2);
            answer(1, SET_A);
            assertValid(verdict);
        }

        @Test
        void aSourceThatThrowsIsAnswered() {
            TokenVerifier verifier =
                    new TokenVerifier(TokenOptions.builder().jwks(options).build(), null, () -> {
                        throw new IllegalStateException("no more threads");
                    });
            assertUnavailable(verifier.connection(by(A, "a"), NOW));
            assertUnavailable(verifier.connection(by(A, "a"), NOW.plusSeconds(11)));
        }
    }

    @Nested
    class UnknownKeys {
        @Test
        void aNewKeyIsFoundByTheFirstTokenThatNamesIt() {
            TokenVerifier verifier = withKeys(SET_A);
            var verdict = verifier.connection(by(B, "b"), after(Duration.ofSeconds(10)));
            answer(1, SET_AB);
            assertValid(verdict);
        }

        @Test
        void aNameThatIsNotInANewerSetIsInvalid() {
            TokenVerifier verifier = withKeys(SET_A);
            var verdict = verifier.connection(by(B, "b"), after(Duration.ofSeconds(10)));
            answer(1, SET_A);
            assertInvalid(now(verdict), OF_NO_KEY);
        }

        /** Strangers send a thousand names within an interval: one fetch, and who has an honest new key is told to come again. */
        @Test
        void inventedNamesCauseOneFetchPerInterval() {
            TokenVerifier verifier = withKeys(SET_A);
            for (int i = 0; i < 1000; i++)
                assertUnavailable(verifier.connection(by(B, "x" + i % 7), after(Duration.ofMillis(9 * i))));
            assertThat(fetches).hasSize(1);
            assertValid(verifier.connection(by(A, "a"), after(Duration.ofSeconds(9))));
            List<CompletionStage<Verdict<ConnectionToken>>> waiting = new ArrayList<>();
            for (int i = 0; i < 100; i++)
                waiting.add(verifier.connection(by(B, "y" + i), after(Duration.ofSeconds(10))));
            assertThat(fetches).hasSize(2);
            answer(1, SET_A);
            for (var verdict : waiting) assertInvalid(now(verdict), OF_NO_KEY);
            assertUnavailable(verifier.connection(by(B, "z"), after(Duration.ofSeconds(19))));
            assertThat(fetches).hasSize(2);
        }

        @Test
        void aForgedSignatureUnderAKnownNameCausesNoFetch() {
            TokenVerifier verifier = withKeys(SET_A);
            assertInvalid(now(verifier.connection(by(B, "a"), after(Duration.ofSeconds(20)))), OF_NO_KEY);
            assertThat(fetches).hasSize(1);
        }

        @Test
        void aTokenWithoutANameIsTriedWithTheKeysOfItsKind() {
            TokenVerifier verifier = withKeys(SET_AB);
            assertValid(verifier.connection(by(A, ""), NOW));
            assertValid(verifier.connection(by(B, ""), NOW));
            var verdict = verifier.connection(by(Signers.newPair(KeyKind.P256), ""), after(Duration.ofSeconds(10)));
            answer(1, SET_AB);
            assertInvalid(now(verdict), OF_NO_KEY);
        }

        @Test
        void aTokenWithoutANameIsTriedWithABoundedNumberOfKeys() {
            String[] keys = new String[JwksOptions.MAX_KEYS_TRIED + 1];
            for (int i = 0; i < keys.length; i++) keys[i] = jwk(B.getPublic(), "\"kid\":\"" + i + "\"");
            keys[keys.length - 1] = jwk(A.getPublic(), "\"kid\":\"a\"");
            TokenVerifier verifier = withKeys(jwks(keys));
            assertUnavailable(verifier.connection(by(A, ""), NOW));
            assertValid(verifier.connection(by(A, "a"), NOW));
        }
    }

    @Nested
    class AnEndpointThatIsDown {
        @Test
        void withoutAnyKeysTokensAreUnavailableNotInvalid() {
            TokenVerifier verifier = verifier();
            var verdict = verifier.connection(by(A, "a"), NOW);
            fail(0);
            assertUnavailable(verdict);
            assertUnavailable(verifier.connection(by(A, "a"), after(Duration.ofSeconds(9))));
            assertThat(fetches).hasSize(1);
            var next = verifier.connection(by(A, "a"), after(Duration.ofSeconds(10)));
            answer(1, SET_A);
            assertValid(next);
        }

        @Test
        void oldKeysGoOnWorkingForABoundedTime() {
            TokenVerifier verifier = withKeys(SET_A);
            Instant hours = after(Duration.ofHours(23));
            var verdict = verifier.connection(by(A, "a"), hours);
            fail(1);
            assertValid(verdict);
            assertValid(verifier.connection(by(A, "a"), hours.plusSeconds(1)));
            assertUnavailable(verifier.connection(by(B, "b"), hours.plusSeconds(1)));
            var tooLate = verifier.connection(by(A, "a"), after(Duration.ofHours(24)));
            fail(2);
            assertUnavailable(tooLate);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "<html>",
                    "{}",
                    "[]",
                    "{\"keys\":{}}",
                    "{\"keys\":[]}",
                    "{\"keys\":[1]}",
                    "{\"keys\":[{\"kty\":\"oct\",\"k\":\"AAAA\"}]}"
                })
        void anAnswerWithoutKeysIsNone(String answer) {
            TokenVerifier verifier = withKeys(SET_A);
            Instant later = after(Duration.ofHours(1));
            var verdict = verifier.connection(by(A, "a"), later);
            answer(1, answer);
            assertValid(verdict);
        }
    }

    @Nested
    class Sets {
        @ParameterizedTest
        @EnumSource(value = Algorithm.class, names = "HS.*", mode = EnumSource.Mode.MATCH_NONE)
        void everyKindOfKeyIsRead(Algorithm algorithm) {
            TokenVerifier verifier = withKeys(jwks(jwk(
                    pair(algorithm.kind()).getPublic(),
                    "\"kid\":\"k\",\"use\":\"sig\",\"alg\":\"" + algorithm + "\"")));
            assertValid(verifier.connection(Signers.token(algorithm, ",\"kid\":\"k\"", PAYLOAD), NOW));
            assertValid(verifier.connection(Signers.token(algorithm, PAYLOAD), NOW));
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"use\":\"enc\"",
                    "\"key_ops\":[\"encrypt\"]",
                    "\"key_ops\":[]",
                    "\"alg\":\"ES384\"",
                    "\"alg\":\"ECDH-ES\"",
                    "\"revoked\":{\"revoked_at\":1,\"reason\":\"compromised\"}"
                })
        void aKeyForAnotherPurposeIsNotUsed(String purpose) {
            TokenVerifier verifier =
                    withKeys(jwks(jwk(A.getPublic(), "\"kid\":\"a\"," + purpose), jwk(B.getPublic(), "\"kid\":\"b\"")));
            assertThat(now(verifier.connection(by(A, "a"), NOW))).isNotInstanceOf(Verdict.Valid.class);
            assertThat(now(verifier.connection(by(A, ""), NOW))).isNotInstanceOf(Verdict.Valid.class);
        }

        @Test
        void aSecretInASetIsNotUsed() {
            String oct = "{\"kty\":\"oct\",\"kid\":\"a\",\"k\":\"" + Signers.encode(Signers.SECRET) + "\"}";
            TokenVerifier verifier = withKeys(jwks(oct, jwk(B.getPublic(), "\"kid\":\"b\"")));
            assertInvalid(
                    now(verifier.connection(Signers.token(Algorithm.HS256, ",\"kid\":\"a\"", PAYLOAD), NOW)),
                    "no key for HS256");
        }

        @Test
        void keysThatCannotBeReadHideNoOthers() {
            TokenVerifier verifier = withKeys(jwks(
                    "{}",
                    "{\"kty\":\"FUTURE\"}",
                    "{\"kty\":\"RSA\",\"n\":\"AQ\",\"e\":\"AQAB\"}",
                    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AQ\",\"y\":\"AQ\"}",
                    "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"AQ\"}",
                    "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AQ\"}",
                    jwk(A.getPublic(), "\"kid\":\"a\"")));
            assertValid(verifier.connection(by(A, "a"), NOW));
        }

        @Test
        void onlyTheFirstKeysOfALargeSetAreKept() {
            options = options.withBounds(1000, 1);
            TokenVerifier verifier = withKeys(SET_AB);
            assertValid(verifier.connection(by(A, "a"), NOW));
            assertUnavailable(verifier.connection(by(B, "b"), NOW));
        }

        @Test
        void keysOfOptionsComeFirstAndNeedNoFetch() {
            TokenOptions both = TokenOptions.builder()
                    .ecdsaPublicKey(Signers.pem(A.getPublic()))
                    .hmacSecretKey(Signers.SECRET)
                    .jwks(options)
                    .build();
            TokenVerifier verifier = new TokenVerifier(both, null, () -> {
                throw new AssertionError("no fetch is needed");
            });
            assertValid(verifier.connection(by(A, "whatever"), NOW));
            assertValid(verifier.connection(Signers.hs256(PAYLOAD), NOW));
        }
    }
}
