package dev.openline.net;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * A private key in a PEM file: PKCS#8, plain or encrypted (RFC 5958), and the two older forms that openssl still writes, PKCS#1 for RSA
 * and SEC 1 for elliptic curves (RFC 5915). The JDK reads PKCS#8 only, so those two are wrapped into it.
 */
final class PemKey {
    private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

    /** AlgorithmIdentifier rsaEncryption, 1.2.840.113549.1.1.1, with its NULL. */
    private static final byte[] RSA = {
        0x30, 0x0d, 0x06, 0x09, 0x2a, (byte) 0x86, 0x48, (byte) 0x86, (byte) 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00
    };

    /** OBJECT IDENTIFIER ecPublicKey, 1.2.840.10045.2.1; the curve follows it. */
    private static final byte[] EC_PUBLIC_KEY = {0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01};

    private static final List<String> ALGORITHMS = List.of("RSA", "EC", "EdDSA");

    private PemKey() {}

    /** The first private key of a file. Every failure is a sentence that begins with the file's name. */
    static PrivateKey read(Path file, @Nullable String password) throws IOException {
        List<Pem.Block> blocks = Pem.read(file);
        Pem.Block key = blocks.stream()
                .filter(block -> block.label().endsWith("PRIVATE KEY"))
                .findFirst()
                .orElseThrow(() -> new IOException(file + " has no private key in it"));
        Optional<byte[]> pkcs8 = pkcs8(file, key, blocks, password);
        for (String algorithm : ALGORITHMS) {
            PrivateKey read = pkcs8.isPresent() ? parse(algorithm, pkcs8.get()) : null;
            if (read != null) return read;
        }
        throw new IOException(file + " has a private key of a kind that can't be read; RSA, EC and Ed25519 can");
    }

    private static @Nullable PrivateKey parse(String algorithm, byte[] pkcs8) throws IOException {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
        } catch (InvalidKeySpecException ofAnotherKind) {
            return null;
        } catch (GeneralSecurityException missing) {
            throw new IOException("this Java can't read " + algorithm + " keys", missing);
        }
    }

    private static Optional<byte[]> pkcs8(Path file, Pem.Block key, List<Pem.Block> all, @Nullable String password)
            throws IOException {
        try {
            return switch (key.label()) {
                case "PRIVATE KEY" -> Optional.of(key.der());
                case "ENCRYPTED PRIVATE KEY" -> Optional.of(decrypted(file, key.der(), password));
                case "RSA PRIVATE KEY" -> Optional.of(Der.sequence(VERSION_0, RSA, Der.octets(key.der())));
                case "EC PRIVATE KEY" ->
                    Optional.of(Der.sequence(
                            VERSION_0, Der.sequence(EC_PUBLIC_KEY, curve(key.der(), all)), Der.octets(key.der())));
                default -> Optional.empty();
            };
        } catch (Der.Damaged damaged) {
            throw new IOException(file + " has a damaged private key", damaged);
        }
    }

    private static byte[] decrypted(Path file, byte[] der, @Nullable String password) throws IOException {
        if (password == null) throw new IOException(file + " is encrypted, and no password is given");
        try {
            EncryptedPrivateKeyInfo info = new EncryptedPrivateKeyInfo(der);
            // PBES2 (RFC 8018 §6.2) is a frame: the real algorithm is what its parameters print as.
            boolean pbes2 =
                    info.getAlgName().equals("PBES2") || info.getAlgName().equals("1.2.840.113549.1.5.13");
            String algorithm = pbes2 ? info.getAlgParameters().toString() : info.getAlgName();
            Cipher cipher = Cipher.getInstance(algorithm);
            cipher.init(
                    Cipher.DECRYPT_MODE,
                    SecretKeyFactory.getInstance(algorithm).generateSecret(new PBEKeySpec(password.toCharArray())),
                    info.getAlgParameters());
            return info.getKeySpec(cipher).getEncoded();
        } catch (GeneralSecurityException wrong) {
            throw new IOException(file + " can't be decrypted with this password", wrong);
        }
    }

    /** The curve that a SEC 1 key names itself, or else the block before it. */
    private static byte[] curve(byte[] sec1, List<Pem.Block> all) throws Der.Damaged {
        int at = Der.content(sec1, 0);
        at = Der.end(sec1, at); // version
        at = Der.end(sec1, at); // the key
        if (at < sec1.length && (sec1[at] & 0xff) == 0xa0) {
            return Arrays.copyOfRange(sec1, Der.content(sec1, at), Der.end(sec1, at));
        }
        for (Pem.Block block : all) {
            if (block.label().equals("EC PARAMETERS")) return block.der();
        }
        throw new Der.Damaged();
    }
}
