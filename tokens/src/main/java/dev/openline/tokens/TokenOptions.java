package dev.openline.tokens;

import java.time.Duration;
import java.time.Instant;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Which tokens are believed. Names are those of the block {@code client.token} of Centrifugo's configuration, in Java's spelling. An
 * algorithm is accepted exactly if there is a key for it; without any key no token is valid.
 */
public final class TokenOptions {
    /** The longest token, in characters, unless said otherwise. A longer one is invalid. */
    public static final int DEFAULT_MAX_TOKEN_LENGTH = 16 * 1024;

    /** The largest leeway: more would be another kind of expiry. */
    public static final Duration MAX_LEEWAY = Duration.ofHours(1);

    final @Nullable VerificationKey hmacSecret;
    final @Nullable VerificationKey hmacPreviousSecret;
    final @Nullable Instant hmacPreviousValidUntil;
    final @Nullable VerificationKey rsa;
    final @Nullable VerificationKey ecdsa;
    final @Nullable VerificationKey ed25519;
    final @Nullable JwksOptions jwks;
    final @Nullable Pattern audience;
    final @Nullable Pattern issuer;
    final String userClaim;
    final Duration leeway;
    final int maxTokenLength;

    /** Whether an HMAC secret is shorter than RFC 7518 §3.2 asks for: at least the size of the hash, 32 bytes for HS256. */
    final boolean shortSecret;

    private TokenOptions(Builder from) {
        this.hmacSecret = from.hmacSecret;
        this.hmacPreviousSecret = from.hmacPreviousSecret;
        this.hmacPreviousValidUntil = from.hmacPreviousValidUntil;
        this.rsa = from.rsa;
        this.ecdsa = from.ecdsa;
        this.ed25519 = from.ed25519;
        this.jwks = from.jwks;
        this.audience = from.audience;
        this.issuer = from.issuer;
        this.userClaim = from.userClaim;
        this.leeway = from.leeway;
        this.maxTokenLength = from.maxTokenLength;
        this.shortSecret = from.shortSecret;
    }

    /** Options without any key. */
    public static Builder builder() {
        return new Builder();
    }

    /** Nothing: these are secrets. */
    @Override
    public String toString() {
        return "TokenOptions";
    }

    /** Options in the making. Each method throws IllegalArgumentException, naming the option, if the value can't be used. */
    public static final class Builder {
        /** RFC 7518 §3.2 for HS256, in bytes; the longer hashes ask for more. */
        private static final int RECOMMENDED_SECRET_BYTES = 32;

        private @Nullable VerificationKey hmacSecret;
        private @Nullable VerificationKey hmacPreviousSecret;
        private @Nullable Instant hmacPreviousValidUntil;
        private @Nullable VerificationKey rsa;
        private @Nullable VerificationKey ecdsa;
        private @Nullable VerificationKey ed25519;
        private @Nullable JwksOptions jwks;
        private @Nullable Pattern audience;
        private @Nullable Pattern issuer;
        private String userClaim = "sub";
        private Duration leeway = Duration.ZERO;
        private int maxTokenLength = DEFAULT_MAX_TOKEN_LENGTH;
        private boolean shortSecret;

        private Builder() {}

        /** {@code hmac_secret_key}: accepts HS256, HS384 and HS512. A short one is taken, and warned of when the verifier is made. */
        public Builder hmacSecretKey(String secret) {
            hmacSecret = secret("hmac_secret_key", secret);
            return this;
        }

        /**
         * {@code hmac_previous_secret_key}: also accepted, so that a new secret can be introduced.
         *
         * @param validUntil {@code hmac_previous_secret_key_valid_until}: from then on it is not accepted any more; null for no end
         */
        public Builder hmacPreviousSecretKey(String secret, @Nullable Instant validUntil) {
            hmacPreviousSecret = secret("hmac_previous_secret_key", secret);
            hmacPreviousValidUntil = validUntil;
            return this;
        }

        private VerificationKey secret(String option, String secret) {
            if (secret.isEmpty()) throw new IllegalArgumentException(option + " is empty");
            if (PemKey.isIn(secret))
                throw new IllegalArgumentException(
                        option + " holds a key in PEM: who knows that could sign as anybody");
            if (secret.length() < RECOMMENDED_SECRET_BYTES) shortSecret = true;
            return VerificationKey.secret(secret);
        }

        /** {@code rsa_public_key}, PEM, 2048 to 8192 bits: accepts RS256, RS384 and RS512. */
        public Builder rsaPublicKey(String pem) {
            rsa = key("rsa_public_key", "RSA", pem);
            return this;
        }

        /** {@code ecdsa_public_key}, PEM: accepts ES256, ES384 or ES512, whichever belongs to the key's curve. */
        public Builder ecdsaPublicKey(String pem) {
            ecdsa = key("ecdsa_public_key", "EC", pem);
            return this;
        }

        /** {@code ed25519_public_key}, PEM: accepts EdDSA. */
        public Builder ed25519PublicKey(String pem) {
            ed25519 = key("ed25519_public_key", "Ed25519", pem);
            return this;
        }

        private static VerificationKey key(String option, String type, String pem) {
            VerificationKey key;
            try {
                key = VerificationKey.of(PemKey.parse(option, type, pem));
            } catch (IllegalArgumentException e) {
                String message = String.valueOf(e.getMessage());
                throw new IllegalArgumentException(message.startsWith(option) ? message : option + " is " + message, e);
            }
            boolean fits = switch (key.kind()) {
                case SECRET -> false;
                case RSA -> type.equals("RSA");
                case P256, P384, P521 -> type.equals("EC");
                case ED25519 -> type.equals("Ed25519");
            };
            if (!fits) throw new IllegalArgumentException(option + " holds no public key of " + type);
            return key;
        }

        /** {@code jwks_public_endpoint}: accepts RS, ES and EdDSA with the keys found there, never secrets. */
        public Builder jwks(JwksOptions options) {
            jwks = options;
            return this;
        }

        /** {@code audience}: one of the token's {@code aud} must be this. Replaces {@link #audienceRegex}. */
        public Builder audience(String audience) {
            this.audience = exactly(audience);
            return this;
        }

        /** {@code audience_regex}: in one of the token's {@code aud} this must be found; {@code ^} and {@code $} anchor it. */
        public Builder audienceRegex(String regex) {
            this.audience = regex("audience_regex", regex);
            return this;
        }

        /** {@code issuer}: the token's {@code iss} must be this. Replaces {@link #issuerRegex}. */
        public Builder issuer(String issuer) {
            this.issuer = exactly(issuer);
            return this;
        }

        /** {@code issuer_regex}: in the token's {@code iss} this must be found; {@code ^} and {@code $} anchor it. */
        public Builder issuerRegex(String regex) {
            this.issuer = regex("issuer_regex", regex);
            return this;
        }

        private static Pattern exactly(String text) {
            return Pattern.compile("\\A" + Pattern.quote(text) + "\\z");
        }

        private static Pattern regex(String option, String regex) {
            try {
                return Pattern.compile(regex);
            } catch (PatternSyntaxException e) {
                throw new IllegalArgumentException(option + " is no regular expression", e);
            }
        }

        /** {@code user_id_claim}: the claim that holds the user's id, in place of {@code sub}. Letters, digits and {@code _}. */
        public Builder userIdClaim(String claim) {
            if (!claim.matches("[A-Za-z_][A-Za-z0-9_]*"))
                throw new IllegalArgumentException("user_id_claim is not made of letters, digits and _");
            userClaim = claim;
            return this;
        }

        /** By how much clocks may differ when {@code exp} and {@code nbf} are looked at; up to {@link #MAX_LEEWAY}, default zero. */
        public Builder leeway(Duration leeway) {
            if (leeway.isNegative() || leeway.compareTo(MAX_LEEWAY) > 0)
                throw new IllegalArgumentException("leeway " + leeway + " is not in 0–" + MAX_LEEWAY);
            this.leeway = leeway;
            return this;
        }

        /** The longest token, in characters; default {@link #DEFAULT_MAX_TOKEN_LENGTH}. */
        public Builder maxTokenLength(int characters) {
            if (characters < 1) throw new IllegalArgumentException("maxTokenLength " + characters + " < 1");
            maxTokenLength = characters;
            return this;
        }

        /** The options as they are now. */
        public TokenOptions build() {
            return new TokenOptions(this);
        }
    }
}
