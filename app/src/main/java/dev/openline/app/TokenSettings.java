package dev.openline.app;

import dev.openline.tokens.JwksOptions;
import dev.openline.tokens.TokenOptions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a configuration file says of tokens: by which keys they are verified, and what they have to claim. */
final class TokenSettings {
    /**
     * What was read.
     *
     * @param options null where there is no key, and so no token is good
     * @param secret what tokens may be signed with here, or null
     */
    record Read(@Nullable TokenOptions options, @Nullable String secret) {
        @Override
        public String toString() {
            return "Read[" + (options == null ? "no tokens" : "tokens") + "]";
        }
    }

    private final Settings settings;
    private final TokenOptions.Builder builder = TokenOptions.builder();
    private boolean anyKey;

    private TokenSettings(Settings settings) {
        this.settings = settings;
    }

    static Read read(Settings settings) {
        return new TokenSettings(settings).read();
    }

    private Read read() {
        String secret = settings.text("hmac_secret_key", "");
        key("hmac_secret_key", builder::hmacSecretKey);
        String previous = settings.text("hmac_previous_secret_key", "");
        Instant until = instant("hmac_previous_secret_key_valid_until");
        if (!previous.isEmpty())
            settings.made("hmac_previous_secret_key", () -> builder.hmacPreviousSecretKey(previous, until));
        key("rsa_public_key", builder::rsaPublicKey);
        key("ecdsa_public_key", builder::ecdsaPublicKey);
        key("ed25519_public_key", builder::ed25519PublicKey);
        key("jwks_public_endpoint", endpoint -> builder.jwks(JwksOptions.of(endpoint)));
        claim("audience", builder::audience);
        claim("audience_regex", builder::audienceRegex);
        claim("issuer", builder::issuer);
        claim("issuer_regex", builder::issuerRegex);
        claim("user_id_claim", builder::userIdClaim);
        settings.end();
        TokenOptions options = anyKey ? settings.made("hmac_secret_key", builder::build) : null;
        return new Read(options, secret.isEmpty() ? null : secret);
    }

    private void key(String name, Consumer<String> use) {
        if (claim(name, use)) anyKey = true;
    }

    private boolean claim(String name, Consumer<String> use) {
        String value = settings.text(name, "");
        if (value.isEmpty()) return false;
        settings.made(name, () -> {
            use.accept(value);
            return value;
        });
        return true;
    }

    private @Nullable Instant instant(String name) {
        int seconds = settings.number(name, 0, Integer.MAX_VALUE, 0);
        if (seconds == 0) return null;
        try {
            return Instant.ofEpochSecond(seconds);
        } catch (DateTimeException e) {
            settings.fault(name, "expected seconds since 1970");
            return null;
        }
    }
}
