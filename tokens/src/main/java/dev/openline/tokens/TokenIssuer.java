package dev.openline.tokens;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Base64;

/**
 * Makes tokens that are signed with a secret (HS256): for tests, and for backends in Java that know the server's {@code hmac_secret_key}.
 * From any thread.
 */
public final class TokenIssuer {
    private static final String HEADER = encode("{\"alg\":\"HS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.UTF_8));

    private final byte[] secret;

    private TokenIssuer(byte[] secret) {
        this.secret = secret;
    }

    /**
     * An issuer with the secret {@code hmac_secret_key}, which should have 32 bytes or more.
     *
     * @throws IllegalArgumentException if it is empty
     */
    public static TokenIssuer hmac(String secret) {
        if (secret.isEmpty()) throw new IllegalArgumentException("the secret is empty");
        return new TokenIssuer(secret.getBytes(StandardCharsets.UTF_8));
    }

    /** A connection token in the making for a user; the empty user is anonymous. */
    public TokenDraft connection(String user) {
        return new TokenDraft(this).text("sub", user);
    }

    /** A subscription token in the making, which lets a user subscribe to a channel. */
    public TokenDraft subscription(String user, String channel) {
        return new TokenDraft(this).text("sub", user).text("channel", channel);
    }

    String sign(byte[] payload) {
        String input = HEADER + "." + encode(payload);
        try {
            byte[] signature = VerificationKey.hmac(Algorithm.HS256, secret, input.getBytes(StandardCharsets.US_ASCII));
            return input + "." + encode(signature);
        } catch (GeneralSecurityException e) {
            throw new AssertionError("every Java platform has HmacSHA256", e);
        }
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** Never the secret. */
    @Override
    public String toString() {
        return "TokenIssuer[HS256]";
    }
}
