package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys in {@code resources/tls} were written by openssl 3.0 and are used nowhere else. */
class PemKeyTest {
    @TempDir
    private Path folder;

    private static Path file(String name) throws Exception {
        return Path.of(PemKeyTest.class.getResource("/tls/" + name).toURI());
    }

    @ParameterizedTest
    @CsvSource({
        "rsa-pkcs8.pem, RSA",
        "rsa-pkcs1.pem, RSA",
        "ec-sec1.pem, EC",
        "ed25519.pem, EdDSA",
    })
    void everyFormThatOpensslWritesIsRead(String name, String algorithm) throws Exception {
        assertThat(PemKey.read(file(name), null).getAlgorithm()).isEqualTo(algorithm);
    }

    @Test
    void anEncryptedKeyWantsItsPassword() throws Exception {
        Path encrypted = file("ec-encrypted.pem");
        assertThat(PemKey.read(encrypted, "secret").getAlgorithm()).isEqualTo("EC");
        assertThatThrownBy(() -> PemKey.read(encrypted, "Secret"))
                .isInstanceOf(IOException.class)
                .hasMessage(encrypted + " can't be decrypted with this password");
        assertThatThrownBy(() -> PemKey.read(encrypted, null))
                .hasMessage(encrypted + " is encrypted, and no password is given");
    }

    @Test
    void aKeyWithoutItsCurveTakesTheBlockBeforeIt() throws Exception {
        // SEC 1 may leave the curve out (RFC 5915 §3): then only the block of parameters has it.
        String pem = Files.readString(file("ec-sec1.pem"));
        Pem.Block parameters = Pem.read(file("ec-sec1.pem")).get(0);
        byte[] sec1 = Pem.read(file("ec-sec1.pem")).get(1).der();
        int start = Der.content(sec1, 0);
        int end = Der.end(sec1, Der.end(sec1, start));
        byte[] bare = Der.sequence(java.util.Arrays.copyOfRange(sec1, start, end));
        Path file = folder.resolve("bare.pem");
        Files.writeString(file, block("EC PARAMETERS", parameters.der()) + block("EC PRIVATE KEY", bare));
        assertThat(PemKey.read(file, null).getEncoded()).isNotEmpty();
        Files.writeString(file, block("EC PRIVATE KEY", bare));
        assertThatThrownBy(() -> PemKey.read(file, null)).hasMessage(file + " has a damaged private key");
        assertThat(pem).contains("EC PARAMETERS");
    }

    @Test
    void everyTruncationOfAKeyIsRefusedInOneSentence() throws Exception {
        byte[] sec1 = Pem.read(file("ec-sec1.pem")).get(1).der();
        for (int length = 0; length < sec1.length; length++) {
            Path file = folder.resolve("cut.pem");
            Files.writeString(file, block("EC PRIVATE KEY", java.util.Arrays.copyOf(sec1, length)));
            assertThatThrownBy(() -> PemKey.read(file, null))
                    .isInstanceOf(IOException.class)
                    .hasMessageStartingWith(file.toString());
        }
    }

    private static String block(String label, byte[] der) {
        return "-----BEGIN " + label + "-----\n" + Base64.getMimeEncoder().encodeToString(der) + "\n-----END " + label
                + "-----\n";
    }
}
