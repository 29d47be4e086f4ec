package dev.openline.tokens;

import static dev.openline.tokens.Verdicts.NOW;
import static dev.openline.tokens.Verdicts.now;
import static dev.openline.tokens.Verdicts.valid;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Tokens that were changed on their way: whatever was changed, none is valid, as a token has one text. */
class MutationTest {
    private static final String PAYLOAD =
            "{\"sub\":\"42\",\"exp\":1800000060,\"channels\":[\"a\"],\"info\":{\"name\":\"Ann\"},\"jti\":\"t\",\"iat\":1}";
    private static final int ROUNDS = 400;

    private static TokenVerifier verifier(Algorithm algorithm) {
        TokenOptions.Builder options = Signers.everyKey();
        if (algorithm.kind() == Algorithm.KeyKind.P384 || algorithm.kind() == Algorithm.KeyKind.P521)
            options.ecdsaPublicKey(Signers.pem(Signers.pair(algorithm.kind()).getPublic()));
        return new TokenVerifier(options.build());
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void aTokenWithOneBitChangedIsNotValid(Algorithm algorithm) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        TokenVerifier verifier = verifier(algorithm);
        String token = Signers.token(algorithm, PAYLOAD);
        assertThat(valid(now(verifier.connection(token, NOW))).user()).isEqualTo("42");
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = token.getBytes(StandardCharsets.ISO_8859_1);
            bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            assertRefused(verifier, new String(bytes, StandardCharsets.ISO_8859_1), seed);
        }
    }

    @ParameterizedTest
    @EnumSource(Algorithm.class)
    void aTokenCutOrFilledOrShuffledIsNotValid(Algorithm algorithm) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        TokenVerifier verifier = verifier(algorithm);
        String token = Signers.token(algorithm, PAYLOAD);
        String other = Signers.token(algorithm, "{\"sub\":\"43\",\"exp\":1800000099}");
        for (int i = 0; i < ROUNDS; i++) {
            int from = random.nextInt(token.length());
            int to = from + 1 + random.nextInt(Math.min(8, token.length() - from));
            String piece = token.substring(from, to);
            String changed = switch (random.nextInt(4)) {
                case 0 -> token.substring(0, from) + token.substring(to);
                case 1 -> token.substring(0, to) + piece + token.substring(to);
                case 2 -> token.substring(0, from) + "." + token.substring(from);
                default -> token.substring(0, from) + other.substring(Math.min(from, other.length()));
            };
            if (!changed.equals(token) && !changed.equals(other)) assertRefused(verifier, changed, seed);
        }
    }

    private static void assertRefused(TokenVerifier verifier, String token, long seed) {
        assertThat(now(verifier.connection(token, NOW))).as("seed %d", seed).isInstanceOf(Verdict.Invalid.class);
    }
}
