package dev.openline.tokens;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Public keys in PEM (RFC 7468), as options hold them: a public key, a certificate, or an RSA key in the older form of PKCS #1. */
final class PemKey {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]*)-----END \\1-----");

    /** What precedes the key of PKCS #1 in a SubjectPublicKeyInfo: SEQUENCE { OID rsaEncryption, NULL } (RFC 3279 §2.3.1). */
    private static final byte[] RSA_ENCRYPTION = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };

    private PemKey() {}

    /** Whether somebody put a key's PEM where a secret belongs. */
    static boolean isIn(String text) {
        return text.contains("-----BEGIN ");
    }

    /**
     * The first key in {@code pem}. Line breaks may be written as the two characters {@code \n}, as environment variables have them.
     *
     * @param option names it in faults, which quote nothing of it
     * @param type the JCA's name of the key's type
     * @throws IllegalArgumentException if there is no such key
     */
    static PublicKey parse(String option, String type, String pem) {
        Matcher block = BLOCK.matcher(pem.replace("\\n", "\n").replace("\\r", ""));
        if (!block.find()) throw new IllegalArgumentException(option + " is not PEM: -----BEGIN PUBLIC KEY----- …");
        String label = block.group(1);
        if (label.endsWith("PRIVATE KEY"))
            throw new IllegalArgumentException(
                    option + " is a private key; checking tokens takes its public half only");
        try {
            byte[] der = Base64.getMimeDecoder().decode(block.group(2).getBytes(StandardCharsets.US_ASCII));
            return decode(label, type, der);
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw new IllegalArgumentException(option + " holds no public key of " + type, e);
        }
    }

    private static PublicKey decode(String label, String type, byte[] der) throws GeneralSecurityException {
        return switch (label) {
            case "PUBLIC KEY" -> KeyFactory.getInstance(type).generatePublic(new X509EncodedKeySpec(der));
            case "RSA PUBLIC KEY" -> KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(wrapped(der)));
            case "CERTIFICATE" ->
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(new ByteArrayInputStream(der))
                        .getPublicKey();
            default -> throw new IllegalArgumentException("PEM of " + label);
        };
    }

    private static byte[] wrapped(byte[] pkcs1) {
        byte[] bits = new byte[pkcs1.length + 1]; // a BIT STRING begins with the number of its unused bits: 0
        System.arraycopy(pkcs1, 0, bits, 1, pkcs1.length);
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.writeBytes(RSA_ENCRYPTION);
        content.writeBytes(tagged(0x03, bits));
        return tagged(0x30, content.toByteArray());
    }

    /** Tag, length and content (X.690 §8.1). */
    private static byte[] tagged(int tag, byte[] content) {
        if (content.length > 0xffff) throw new IllegalArgumentException("a key of " + content.length + " bytes");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(tag);
        if (content.length > 0xff) {
            out.write(0x82);
            out.write(content.length >> 8);
        } else if (content.length > 0x7f) {
            out.write(0x81);
        }
        out.write(content.length);
        out.writeBytes(content);
        return out.toByteArray();
    }
}
