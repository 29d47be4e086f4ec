package dev.openline.server;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Tokens as those make them who have no business to. */
final class Forgeries {
    private static final KeyPair RSA = newPair();
    private static final KeyPair STRANGER = newPair();

    /** The key by which the server verifies RS256; everybody may know it. */
    static final String RSA_PEM = "-----BEGIN PUBLIC KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(RSA.getPublic().getEncoded())
            + "\n-----END PUBLIC KEY-----\n";

    private Forgeries() {}

    private static KeyPair newPair() {
        try {
            return KeyPairGenerator.getInstance("RSA").generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The claims of a good token under another header. */
    private static String unsigned(String header, String token) {
        return base64(header.getBytes(UTF_8)) + '.' + token.split("\\.")[1];
    }

    static String hmac(String header, String token, byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            String said = unsigned(header, token);
            return said + '.' + base64(mac.doFinal(said.getBytes(UTF_8)));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static String rsa(String token, KeyPair pair) {
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(pair.getPrivate());
            String said = unsigned("{\"alg\":\"RS256\"}", token);
            signature.update(said.getBytes(UTF_8));
            return said + '.' + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** Good: RS256 by the key that the server knows. */
    static String byRsa(String token) {
        return rsa(token, RSA);
    }

    static String byAStrangersRsa(String token) {
        return rsa(token, STRANGER);
    }

    static String unsigned(String token) {
        return unsigned("{\"alg\":\"none\"}", token) + '.';
    }

    /** The public key, which is no secret, taken for one. */
    static String byThePublicKeyAsSecret(String token) {
        return hmac("{\"alg\":\"HS256\"}", token, RSA_PEM.getBytes(UTF_8));
    }

    /** A good signature of the secret under a header that names the other kind of key. */
    static String bySecretAsRsa(String token) {
        return hmac("{\"alg\":\"RS256\"}", token, ServedSessions.SECRET.getBytes(UTF_8));
    }

    /** Genuine, but its claims are no JSON. */
    static String ofNoJson() {
        return hmac(
                "{\"alg\":\"HS256\"}",
                "." + base64((ServedSessions.MARK + '{').getBytes(UTF_8)),
                ServedSessions.SECRET.getBytes(UTF_8));
    }
}
