package dev.openline.tokens;

import static dev.openline.tokens.Signers.SECRET;
import static dev.openline.tokens.Signers.pair;
import static dev.openline.tokens.Signers.pem;
import static dev.openline.tokens.Verdicts.NOW;
import static dev.openline.tokens.Verdicts.assertInvalid;
import static dev.openline.tokens.Verdicts.connection;
import static dev.openline.tokens.Verdicts.now;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.tokens.Algorithm.KeyKind;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 7518 §3 and RFC 8037: algorithms and their keys")
class AlgorithmsTest {
    private static final String PAYLOAD = "{\"sub\":\"u\"}";
    private static final String OF_NO_KEY = "the signature is of no key";

    /** Options with the one key that {@code algorithm} needs. */
    private static TokenOptions.Builder only(Algorithm algorithm) {
        TokenOptions.Builder options = TokenOptions.builder();
        return switch (algorithm.kind()) {
            case SECRET -> options.hmacSecretKey(SECRET);
            case RSA -> options.rsaPublicKey(pem(pair(KeyKind.RSA).getPublic()));
            case P256, P384, P521 ->
                options.ecdsaPublicKey(pem(pair(algorithm.kind()).getPublic()));
            case ED25519 -> options.ed25519PublicKey(pem(pair(KeyKind.ED25519).getPublic()));
        };
    }

    private static Verdict<ConnectionToken> verdict(TokenOptions.Builder options, String token) {
        return now(new TokenVerifier(options.build()).connection(token, NOW));
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void aTokenIsValidUnderItsKey(Algorithm algorithm) {
        assertThat(connection(only(algorithm), Signers.token(algorithm, PAYLOAD))
                        .user())
                .isEqualTo("u");
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void anAlgorithmWithoutAKeyIsDisabled(Algorithm algorithm) {
        String token = Signers.token(algorithm, PAYLOAD);
        assertInvalid(verdict(TokenOptions.builder(), token), "no key for " + algorithm);
        for (Algorithm other : Algorithm.values()) {
            if (other.kind() == algorithm.kind()) continue;
            assertInvalid(verdict(only(other), token), "no key for " + algorithm);
        }
    }

    @ParameterizedTest
    @EnumSource(value = Algorithm.class, names = "HS.*", mode = EnumSource.Mode.MATCH_NONE)
    void aTokenOfAnotherKeyOfTheKindIsInvalid(Algorithm algorithm) {
        KeyPair stranger = Signers.newPair(algorithm.kind());
        assertInvalid(verdict(only(algorithm), Signers.signed(algorithm, "", PAYLOAD, stranger)), OF_NO_KEY);
    }

    @ParameterizedTest
    @EnumSource(value = Algorithm.class, names = "HS.*", mode = EnumSource.Mode.MATCH_ALL)
    void aTokenOfAnotherSecretIsInvalid(Algorithm algorithm) {
        byte[] stranger = (SECRET + "?").getBytes(StandardCharsets.UTF_8);
        assertInvalid(verdict(only(algorithm), Signers.hmac(algorithm.name(), "", PAYLOAD, stranger)), OF_NO_KEY);
    }

    /** The public key is no secret: whoever signs with its bytes must get nowhere, whatever the header says. */
    @ParameterizedTest
    @ValueSource(strings = {"HS256", "HS384", "HS512", "RS256", "ES256", "EdDSA"})
    void aPublicKeyIsNeverTakenForASecret(String alg) {
        for (Algorithm algorithm : Algorithm.values()) {
            if (algorithm.kind() == KeyKind.SECRET) continue;
            PublicKey key = pair(algorithm.kind()).getPublic();
            for (byte[] secret : new byte[][] {key.getEncoded(), pem(key).getBytes(StandardCharsets.UTF_8)}) {
                String token = Signers.hmac(alg, "", PAYLOAD, secret);
                assertThat(verdict(only(algorithm), token)).isInstanceOf(Verdict.Invalid.class);
                assertThat(verdict(only(algorithm).hmacSecretKey(SECRET), token))
                        .isInstanceOf(Verdict.Invalid.class);
            }
        }
    }

    @Test
    void aCurvesKeyIsGoodForItsOwnAlgorithmOnly() {
        String token = Signers.token(Algorithm.ES384, PAYLOAD);
        assertInvalid(verdict(only(Algorithm.ES256), token), "no key for ES384");
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "", "hs256", "PS256", "ES256K", "Ed448", "HS1", "A128KW"})
    void anAlgorithmThatIsNotListedIsInvalid(String alg) {
        String signed = Signers.hmac(alg, "", PAYLOAD, SECRET.getBytes(StandardCharsets.UTF_8));
        String unsigned = signed.substring(0, signed.lastIndexOf('.') + 1);
        for (String token : new String[] {signed, unsigned})
            assertInvalid(verdict(Signers.everyKey(), token), "the header's alg is none that is known here");
    }

    /** CVE-2022-21449: some JDKs took an ECDSA signature of zeros for anybody's. */
    @ParameterizedTest
    @EnumSource(value = Algorithm.class, names = "ES.*", mode = EnumSource.Mode.MATCH_ALL)
    void aSignatureOfZerosIsInvalid(Algorithm algorithm) {
        String token = Signers.token(algorithm, PAYLOAD);
        int dot = token.lastIndexOf('.');
        int length = java.util.Base64.getUrlDecoder().decode(token.substring(dot + 1)).length;
        byte[] zeros = new byte[length];
        byte[] onlyR = new byte[length];
        onlyR[length / 2 - 1] = 1;
        byte[] onlyS = new byte[length];
        onlyS[length - 1] = 1;
        for (byte[] signature : new byte[][] {zeros, onlyR, onlyS})
            assertInvalid(verdict(only(algorithm), token.substring(0, dot + 1) + Signers.encode(signature)), OF_NO_KEY);
    }

    /** RFC 7515 §3.4: both numbers at full length; DER, as other protocols have it, is something else. */
    @ParameterizedTest
    @EnumSource(value = Algorithm.class, names = "HS.*", mode = EnumSource.Mode.MATCH_NONE)
    void aSignatureOfAnotherLengthIsInvalid(Algorithm algorithm) {
        String token = Signers.token(algorithm, PAYLOAD);
        int dot = token.lastIndexOf('.');
        byte[] signature = java.util.Base64.getUrlDecoder().decode(token.substring(dot + 1));
        for (int length : new int[] {0, 1, signature.length / 2, signature.length - 1, signature.length + 1, 4000}) {
            String other = token.substring(0, dot + 1) + Signers.encode(Arrays.copyOf(signature, length));
            assertInvalid(verdict(only(algorithm), other), OF_NO_KEY);
        }
    }

    @Test
    void aSignatureInDerIsInvalid() throws Exception {
        String token = Signers.token(Algorithm.ES256, PAYLOAD);
        int dot = token.lastIndexOf('.');
        java.security.Signature engine = java.security.Signature.getInstance("SHA256withECDSA");
        engine.initSign(pair(KeyKind.P256).getPrivate());
        engine.update(token.substring(0, dot).getBytes(StandardCharsets.US_ASCII));
        assertInvalid(
                verdict(only(Algorithm.ES256), token.substring(0, dot + 1) + Signers.encode(engine.sign())), OF_NO_KEY);
    }
}
