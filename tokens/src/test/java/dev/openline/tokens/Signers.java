package dev.openline.tokens;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Keys of every kind, made once, and tokens signed with them by code that is not the module's. */
final class Signers {
    static final String SECRET = "a secret of more than sixty-four bytes, so that every hash has its fill of it";

    private static final Map<Algorithm.KeyKind, KeyPair> PAIRS = new EnumMap<>(Algorithm.KeyKind.class);

    private Signers() {}

    static synchronized KeyPair pair(Algorithm.KeyKind kind) {
        return PAIRS.computeIfAbsent(kind, Signers::newPair);
    }

    static KeyPair newPair(Algorithm.KeyKind kind) {
        try {
            KeyPairGenerator generator;
            switch (kind) {
                case RSA -> {
                    generator = KeyPairGenerator.getInstance("RSA");
                    generator.initialize(2048);
                }
                case ED25519 -> generator = KeyPairGenerator.getInstance("Ed25519");
                case P256, P384, P521 -> {
                    generator = KeyPairGenerator.getInstance("EC");
                    generator.initialize(
                            new ECGenParameterSpec("secp" + kind.name().substring(1) + "r1"));
                }
                default -> throw new IllegalArgumentException("no pair for " + kind);
            }
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    static String pem(PublicKey key) {
        return "-----BEGIN PUBLIC KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(key.getEncoded())
                + "\n-----END PUBLIC KEY-----\n";
    }

    /** A JWK with more members: {@code "\"use\":\"sig\""}. */
    static String jwk(PublicKey key, String more) {
        String json;
        if (key instanceof RSAPublicKey rsa)
            json = new RSAKey.Builder(rsa).build().toJSONString();
        else if (key instanceof ECPublicKey ec)
            json = new ECKey.Builder(Curve.forECParameterSpec(ec.getParams()), ec)
                    .build()
                    .toJSONString();
        else {
            byte[] der = key.getEncoded();
            byte[] x = Arrays.copyOfRange(der, der.length - 32, der.length);
            json = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" + encode(x) + "\"}";
        }
        return more.isEmpty() ? json : json.substring(0, json.length() - 1) + "," + more + "}";
    }

    static String jwks(String... keys) {
        return "{\"keys\":[" + String.join(",", keys) + "]}";
    }

    /** A token with this payload, in the named algorithm, by the shared key of its kind. */
    static String token(Algorithm algorithm, String payload) {
        return token(algorithm, "", payload);
    }

    /** The same with more members in the header: {@code ",\"kid\":\"a\""}. */
    static String token(Algorithm algorithm, String header, String payload) {
        return algorithm.kind() == Algorithm.KeyKind.SECRET
                ? hmac(algorithm.name(), header, payload, SECRET.getBytes(StandardCharsets.UTF_8))
                : signed(algorithm, header, payload, pair(algorithm.kind()));
    }

    static String signed(Algorithm algorithm, String header, String payload, KeyPair pair) {
        String input = encode("{\"alg\":\"" + algorithm + "\"" + header + "}") + "." + encode(payload);
        return input + "." + encode(signature(algorithm, input.getBytes(StandardCharsets.US_ASCII), pair));
    }

    private static byte[] signature(Algorithm algorithm, byte[] input, KeyPair pair) {
        try {
            if (algorithm == Algorithm.EdDSA) {
                Signature ed = Signature.getInstance("Ed25519");
                ed.initSign(pair.getPrivate());
                ed.update(input);
                return ed.sign();
            }
            JWSSigner signer = algorithm.kind() == Algorithm.KeyKind.RSA
                    ? new RSASSASigner(pair.getPrivate())
                    : new ECDSASigner((ECPrivateKey) pair.getPrivate());
            return signer.sign(new JWSHeader(new JWSAlgorithm(algorithm.name())), input)
                    .decode();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** A token whose header says {@code alg}, signed with HMAC as HS256, HS384 or HS512 do; HS256 for any other name. */
    static String hmac(String alg, String header, String payload, byte[] secret) {
        String input = encode("{\"alg\":\"" + alg + "\"" + header + "}") + "." + encode(payload);
        return input + "."
                + encode(mac(alg.startsWith("HS") ? "HmacSHA" + alg.substring(2) : "HmacSHA256", secret, input));
    }

    private static byte[] mac(String engine, byte[] secret, String input) {
        try {
            Mac mac = Mac.getInstance(engine);
            mac.init(new SecretKeySpec(secret, engine));
            return mac.doFinal(input.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** HS256 with the shared secret over a header and a payload of any bytes. */
    static String hs256(byte[] header, byte[] payload) {
        String input = encode(header) + "." + encode(payload);
        return input + "." + encode(mac("HmacSHA256", SECRET.getBytes(StandardCharsets.UTF_8), input));
    }

    static String hs256(String payload) {
        return token(Algorithm.HS256, payload);
    }

    static String encode(String text) {
        return encode(text.getBytes(StandardCharsets.UTF_8));
    }

    static String encode(byte[] bytes) {
        return Base64URL.encode(bytes).toString();
    }

    /** Options with the shared key for each algorithm but those of a set of keys that is fetched. */
    static TokenOptions.Builder everyKey() {
        return TokenOptions.builder()
                .hmacSecretKey(SECRET)
                .rsaPublicKey(pem(pair(Algorithm.KeyKind.RSA).getPublic()))
                .ecdsaPublicKey(pem(pair(Algorithm.KeyKind.P256).getPublic()))
                .ed25519PublicKey(pem(pair(Algorithm.KeyKind.ED25519).getPublic()));
    }
}
