package dev.openline.tokens;

import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether tokens are genuine, of this time and not revoked, and what they say. Nothing of a token's payload is looked at before its
 * signature was found good.
 *
 * <p>From any thread; nothing blocks. The work is one signature: some microseconds for HMAC, some tens of them for RSA, some hundreds for
 * ECDSA and Ed25519 (on the calling thread, or on that of the fetch the token waited for). Stages never fail.
 */
public final class TokenVerifier {
    private static final Logger log = LoggerFactory.getLogger(TokenVerifier.class);

    /** Reads the claims of one kind of token. */
    private interface Reader<T> {
        T read(Claims claims, String userClaim) throws TokenFlaw;
    }

    /** What revocation looks at. */
    private interface Identity<T> {
        boolean isRevoked(Revocations revocations, T token, Instant now);
    }

    private final TokenOptions options;
    private final @Nullable Revocations revocations;
    private final @Nullable RemoteKeys remote;

    /** A verifier that knows of no revocations. */
    public TokenVerifier(TokenOptions options) {
        this(options, null);
    }

    /** A verifier for which a token that {@code revocations} cover is invalid. */
    public TokenVerifier(TokenOptions options, @Nullable Revocations revocations) {
        this(options, revocations, options.jwks == null ? null : new HttpKeySource(options.jwks));
    }

    TokenVerifier(TokenOptions options, @Nullable Revocations revocations, @Nullable KeySource source) {
        this.options = options;
        this.revocations = revocations;
        this.remote = options.jwks == null || source == null ? null : new RemoteKeys(options.jwks, source);
        if (options.shortSecret)
            log.warn(
                    "an HMAC secret for tokens has fewer than 32 bytes (RFC 7518 §3.2): whoever has a token can search for it");
    }

    /**
     * Fetches keys ahead of the first token, if they are fetched at all.
     *
     * @return whether tokens can be checked now
     */
    public CompletionStage<Boolean> prepare(Instant now) {
        return remote == null ? CompletableFuture.completedFuture(true) : remote.prepare(now);
    }

    /** Judges a connection token. Completed on return if no key has to be fetched for it. */
    public CompletionStage<Verdict<ConnectionToken>> connection(String token, Instant now) {
        return judge(
                token,
                now,
                Claims::connection,
                (known, of, time) -> known.isRevoked(of.user(), of.id(), of.issuedAt(), time));
    }

    /**
     * Judges a subscription token. Completed on return if no key has to be fetched for it. Whether it is for this user, channel and
     * connection is for the caller to see.
     */
    public CompletionStage<Verdict<SubscriptionToken>> subscription(String token, Instant now) {
        return judge(
                token,
                now,
                Claims::subscription,
                (known, of, time) -> known.isRevoked(of.user(), of.id(), of.issuedAt(), time));
    }

    private <T> CompletionStage<Verdict<T>> judge(String token, Instant now, Reader<T> reader, Identity<T> identity) {
        SignedToken signed;
        try {
            if (token.length() > options.maxTokenLength)
                throw new TokenFlaw("longer than " + options.maxTokenLength + " characters (maxTokenLength)");
            signed = SignedToken.parse(token);
        } catch (TokenFlaw flaw) {
            return CompletableFuture.completedFuture(new Verdict.Invalid<>(flaw.rule()));
        }
        boolean enabled = false;
        for (VerificationKey key : keys(signed.algorithm(), now)) {
            if (key.signed(signed)) return CompletableFuture.completedFuture(read(signed, now, reader, identity));
            enabled = true;
        }
        if (remote == null || signed.algorithm().kind() == Algorithm.KeyKind.SECRET) {
            String rule = enabled ? "the signature is of no key" : "no key for " + signed.algorithm();
            return CompletableFuture.completedFuture(new Verdict.Invalid<>(rule));
        }
        return remote.check(signed, now).thenApply(outcome -> switch (outcome) {
            case GOOD -> read(signed, now, reader, identity);
            case BAD -> new Verdict.Invalid<>("the signature is of no key of the issuer");
            case UNAVAILABLE -> new Verdict.Unavailable<>("the key was not found, and newer ones can't be had now");
        });
    }

    /** The keys at hand for an algorithm: those of its kind. */
    private List<VerificationKey> keys(Algorithm algorithm, Instant now) {
        return switch (algorithm.kind()) {
            case SECRET -> secrets(now);
            case RSA -> listed(options.rsa);
            case P256, P384, P521 -> ofKind(algorithm.kind(), options.ecdsa);
            case ED25519 -> listed(options.ed25519);
        };
    }

    private List<VerificationKey> secrets(Instant now) {
        Instant end = options.hmacPreviousValidUntil;
        VerificationKey previous = end == null || now.isBefore(end) ? options.hmacPreviousSecret : null;
        if (options.hmacSecret == null) return listed(previous);
        return previous == null ? List.of(options.hmacSecret) : List.of(options.hmacSecret, previous);
    }

    private static List<VerificationKey> ofKind(Algorithm.KeyKind kind, @Nullable VerificationKey key) {
        return key != null && key.kind() == kind ? List.of(key) : List.of();
    }

    private static List<VerificationKey> listed(@Nullable VerificationKey key) {
        return key == null ? List.of() : List.of(key);
    }

    private <T> Verdict<T> read(SignedToken signed, Instant now, Reader<T> reader, Identity<T> identity) {
        try {
            Claims claims = Claims.of(signed);
            T token = reader.read(claims, options.userClaim);
            checkParties(claims);
            if (!isTime(claims, now)) return new Verdict.Expired<>();
            if (revocations != null && identity.isRevoked(revocations, token, now))
                return new Verdict.Invalid<>("revoked");
            return new Verdict.Valid<>(token);
        } catch (TokenFlaw flaw) {
            return new Verdict.Invalid<>(flaw.rule());
        }
    }

    /** RFC 7519 §4.1.1 and §4.1.3. What no option asks about has only to be of its type. */
    private void checkParties(Claims claims) throws TokenFlaw {
        Pattern audience = options.audience;
        List<String> aud = claims.audience();
        if (audience != null
                && aud.stream().noneMatch(one -> audience.matcher(one).find()))
            throw new TokenFlaw("aud is not what audience asks for");
        Pattern issuer = options.issuer;
        String iss = claims.issuer();
        if (issuer != null && (iss == null || !issuer.matcher(iss).find()))
            throw new TokenFlaw("iss is not what issuer asks for");
    }

    /** RFC 7519 §4.1.4 and §4.1.5: valid from {@code nbf} on, and not any more at {@code exp}. */
    private boolean isTime(Claims claims, Instant now) throws TokenFlaw {
        Long end = claims.expiresAt();
        Long begin = claims.notBefore();
        if (end != null && !now.minus(options.leeway).isBefore(Instant.ofEpochSecond(end))) return false;
        return begin == null || !now.plus(options.leeway).isBefore(Instant.ofEpochSecond(begin));
    }
}
