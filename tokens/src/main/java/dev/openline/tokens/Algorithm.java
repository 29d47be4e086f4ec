package dev.openline.tokens;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import org.jspecify.annotations.Nullable;

/**
 * The ways of signing that are known (RFC 7518 §3.1, RFC 8037 §3.1). Each belongs to one kind of key, and a key has one kind, given by what
 * it is and not by what a token says: so an RSA key can't be taken for a secret of HMAC. There is no {@code none}.
 */
enum Algorithm {
    HS256(KeyKind.SECRET, "HmacSHA256"),
    HS384(KeyKind.SECRET, "HmacSHA384"),
    HS512(KeyKind.SECRET, "HmacSHA512"),
    RS256(KeyKind.RSA, "RS256"),
    RS384(KeyKind.RSA, "RS384"),
    RS512(KeyKind.RSA, "RS512"),
    ES256(KeyKind.P256, "ES256"),
    ES384(KeyKind.P384, "ES384"),
    ES512(KeyKind.P521, "ES512"),
    EdDSA(KeyKind.ED25519, "Ed25519");

    /** What a key can be. */
    enum KeyKind {
        SECRET,
        RSA,
        P256,
        P384,
        P521,
        ED25519
    }

    private final KeyKind kind;
    private final String engine;

    Algorithm(KeyKind kind, String engine) {
        this.kind = kind;
        this.engine = engine;
    }

    /** The algorithm that a header calls {@code name}, in this very spelling (RFC 7515 §4.1.1), or null. */
    static @Nullable Algorithm named(String name) {
        for (Algorithm algorithm : values()) if (algorithm.name().equals(name)) return algorithm;
        return null;
    }

    KeyKind kind() {
        return kind;
    }

    /** What the engine that does the work calls it: the JDK for HMAC and Ed25519. */
    String engine() {
        return engine;
    }

    /** A header that names this, for the library that does RSA and ECDSA. */
    JWSHeader header() {
        return new JWSHeader(new JWSAlgorithm(name()));
    }
}
