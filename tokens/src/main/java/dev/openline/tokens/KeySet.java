package dev.openline.tokens;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.KeyOperation;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.OctetKeyPair;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a JWK set (RFC 7517 §5) that can check tokens. What can't is left out as §5 wants it: other types, keys for encryption,
 * revoked ones, malformed ones, and secrets, which have no place in a public answer. Immutable.
 */
final class KeySet {
    /** What a set says of a token's signature. */
    enum Finding {
        /** The signature is that of a key. */
        GOOD,
        /** It is not that of the key which the token names. */
        BAD,
        /** There is no key of that name; or the token names none, and it is the signature of none of them. A newer set may tell. */
        UNKNOWN
    }

    private record Entry(@Nullable String id, @Nullable String algorithm, VerificationKey key) {
        /** Whether this may check {@code token}: the kind is its own, and the algorithm what the set may have narrowed it to. */
        boolean fits(SignedToken token) {
            Algorithm wanted = token.algorithm();
            if (key.kind() != wanted.kind()) return false;
            if (algorithm == null || algorithm.equals(wanted.name())) return true;
            return wanted == Algorithm.EdDSA && algorithm.equals("Ed25519"); // its name since RFC 9864
        }
    }

    /** What precedes the 32 bytes of an Ed25519 key in a SubjectPublicKeyInfo (RFC 8410 §10.1). */
    private static final byte[] ED25519_PREFIX = {0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00
    };

    private final List<Entry> entries;
    private final int leftOut;

    private KeySet(List<Entry> entries, int leftOut) {
        this.entries = entries;
        this.leftOut = leftOut;
    }

    /**
     * Reads a set.
     *
     * @param maxKeys how many keys are kept; the first ones
     * @throws ParseException if it is no JWK set, or holds no key that can check tokens
     */
    static KeySet parse(byte[] json, int maxKeys) throws ParseException {
        Map<String, Object> set = JSONObjectUtils.parse(new String(json, StandardCharsets.UTF_8));
        Map<String, Object>[] keys = JSONObjectUtils.getJSONObjectArray(set, "keys");
        if (keys == null) throw new ParseException("no member named keys", 0);
        List<Entry> entries = new ArrayList<>();
        for (Map<String, Object> key : keys) {
            Entry entry = entries.size() < maxKeys ? entry(key) : null;
            if (entry != null) entries.add(entry);
        }
        if (entries.isEmpty()) throw new ParseException("no key that can check tokens", 0);
        return new KeySet(List.copyOf(entries), keys.length - entries.size());
    }

    private static @Nullable Entry entry(Map<String, Object> json) {
        try {
            JWK jwk = JWK.parse(json);
            if (jwk.getKeyUse() != null && !jwk.getKeyUse().equals(KeyUse.SIGNATURE)) return null;
            if (jwk.getKeyOperations() != null && !jwk.getKeyOperations().contains(KeyOperation.VERIFY)) return null;
            if (jwk.getKeyRevocation() != null) return null;
            PublicKey key = publicKey(jwk);
            if (key == null) return null;
            String algorithm =
                    jwk.getAlgorithm() == null ? null : jwk.getAlgorithm().getName();
            return new Entry(jwk.getKeyID(), algorithm, VerificationKey.of(key));
        } catch (ParseException | JOSEException | GeneralSecurityException | IllegalArgumentException e) {
            return null;
        }
    }

    private static @Nullable PublicKey publicKey(JWK jwk) throws JOSEException, GeneralSecurityException {
        if (jwk instanceof RSAKey rsa) return rsa.toPublicKey();
        if (jwk instanceof ECKey ec) return ec.toPublicKey();
        if (!(jwk instanceof OctetKeyPair pair) || !pair.getCurve().equals(Curve.Ed25519)) return null;
        byte[] point = pair.getDecodedX();
        byte[] der = new byte[ED25519_PREFIX.length + point.length];
        System.arraycopy(ED25519_PREFIX, 0, der, 0, ED25519_PREFIX.length);
        System.arraycopy(point, 0, der, ED25519_PREFIX.length, point.length);
        return KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(der));
    }

    /** How many keys of the answer are not here. */
    int leftOut() {
        return leftOut;
    }

    int size() {
        return entries.size();
    }

    Finding check(SignedToken token) {
        String id = token.keyId();
        return id == null ? checkAll(token) : checkNamed(token, id);
    }

    private Finding checkNamed(SignedToken token, String id) {
        Finding finding = Finding.UNKNOWN;
        for (Entry entry : entries) {
            if (!id.equals(entry.id)) continue; // keys of different kinds may share a name (RFC 7517 §4.5)
            if (entry.fits(token) && entry.key.signed(token)) return Finding.GOOD;
            finding = Finding.BAD;
        }
        return finding;
    }

    private Finding checkAll(SignedToken token) {
        int tried = 0;
        for (Entry entry : entries) {
            if (!entry.fits(token)) continue;
            if (++tried > JwksOptions.MAX_KEYS_TRIED) break;
            if (entry.key.signed(token)) return Finding.GOOD;
        }
        return Finding.UNKNOWN;
    }
}
