package dev.openline.tokens;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.util.Base64URL;
import dev.openline.tokens.Algorithm.KeyKind;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/** A key and how signatures are checked with it. Immutable; from any thread. */
final class VerificationKey {
    /** RFC 7518 §3.3: "A key of size 2048 bits or larger MUST be used". */
    static final int MIN_RSA_BITS = 2048;

    /** Larger keys would let every token cost the server milliseconds. */
    static final int MAX_RSA_BITS = 8192;

    private static final int ED25519_SIGNATURE_BYTES = 64;

    private interface Check {
        boolean passes(Algorithm algorithm, byte[] input, byte[] signature)
                throws GeneralSecurityException, JOSEException;
    }

    private final KeyKind kind;
    private final Check check;

    private VerificationKey(KeyKind kind, Check check) {
        this.kind = kind;
        this.check = check;
    }

    /** A secret of HMAC: its UTF-8 bytes. */
    static VerificationKey secret(String secret) {
        byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
        return new VerificationKey(
                KeyKind.SECRET,
                (algorithm, input, signature) -> MessageDigest.isEqual(hmac(algorithm, bytes, input), signature));
    }

    static byte[] hmac(Algorithm algorithm, byte[] secret, byte[] input) throws GeneralSecurityException {
        Mac mac = Mac.getInstance(algorithm.engine());
        mac.init(new SecretKeySpec(secret, algorithm.engine()));
        return mac.doFinal(input);
    }

    /**
     * A public key of RSA, of one of the three curves, or of Ed25519.
     *
     * @throws IllegalArgumentException if it is of another kind, or too small or too large
     */
    static VerificationKey of(PublicKey key) {
        if (key instanceof RSAPublicKey rsa) return rsa(rsa);
        if (key instanceof ECPublicKey ec) return ec(ec);
        if (key instanceof EdECPublicKey ed && ed.getParams().getName().equals("Ed25519")) return ed25519(ed);
        throw new IllegalArgumentException("a key that no known algorithm uses");
    }

    private static VerificationKey rsa(RSAPublicKey key) {
        int bits = key.getModulus().bitLength();
        if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS)
            throw new IllegalArgumentException(
                    "an RSA key of " + bits + " bits, not of " + MIN_RSA_BITS + "–" + MAX_RSA_BITS);
        return new VerificationKey(KeyKind.RSA, by(new RSASSAVerifier(key)));
    }

    private static VerificationKey ec(ECPublicKey key) {
        KeyKind kind = kindOf(Curve.forECParameterSpec(key.getParams()));
        if (kind == null) throw new IllegalArgumentException("an elliptic curve that is not P-256, P-384 or P-521");
        int length = signatureBytes(kind);
        try {
            Check check = by(new ECDSAVerifier(key));
            // RFC 7518 §3.4: R and S at full length, one after the other. That neither is 0 or too large is looked
            // after by the
            // verifier: there were JDKs that took all zeros for anybody's signature (CVE-2022-21449).
            return new VerificationKey(
                    kind,
                    (algorithm, input, signature) ->
                            signature.length == length && check.passes(algorithm, input, signature));
        } catch (JOSEException e) {
            throw new IllegalArgumentException("a key that no known algorithm uses", e);
        }
    }

    private static @Nullable KeyKind kindOf(@Nullable Curve curve) {
        if (Curve.P_256.equals(curve)) return KeyKind.P256;
        if (Curve.P_384.equals(curve)) return KeyKind.P384;
        return Curve.P_521.equals(curve) ? KeyKind.P521 : null;
    }

    private static int signatureBytes(KeyKind curve) {
        return switch (curve) {
            case P256 -> 64;
            case P384 -> 96;
            case P521 -> 132;
            case SECRET, RSA, ED25519 -> throw new IllegalArgumentException(curve + " is no curve of ECDSA");
        };
    }

    private static VerificationKey ed25519(EdECPublicKey key) {
        return new VerificationKey(KeyKind.ED25519, (algorithm, input, signature) -> {
            // RFC 8032 §5.1.7: 64 bytes. The JDK 17 ignores what follows them, so one token would have many texts.
            if (signature.length != ED25519_SIGNATURE_BYTES) return false;
            Signature engine = Signature.getInstance(algorithm.engine());
            engine.initVerify(key);
            engine.update(input);
            return engine.verify(signature);
        });
    }

    private static Check by(JWSVerifier verifier) {
        return (algorithm, input, signature) -> verifier.verify(algorithm.header(), input, Base64URL.encode(signature));
    }

    KeyKind kind() {
        return kind;
    }

    /** Whether {@code token} was signed with this key's other half. False for a token whose algorithm is not for keys of this kind. */
    boolean signed(SignedToken token) {
        if (token.algorithm().kind() != kind) return false;
        try {
            return check.passes(token.algorithm(), token.input(), token.signature());
        } catch (GeneralSecurityException | JOSEException e) {
            return false; // how the JDK says that bytes have not even the form of a signature
        }
    }

    /** The kind only. */
    @Override
    public String toString() {
        return "VerificationKey[" + kind + "]";
    }
}
