package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.openline.server.OpenlineServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsTest {
    @TempDir
    private Path folder;

    private Path chain;
    private OpenlineServer server;

    @BeforeEach
    void serve() throws Exception {
        X509Bundle self = new CertificateBuilder()
                .subject("CN=a test")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        chain = Files.writeString(folder.resolve("chain.pem"), self.getCertificatePEM());
        Path key = Files.writeString(folder.resolve("key.pem"), self.getPrivateKeyPEM());
        server = OpenlineServer.create(o ->
                        o.port(0).insecure().tls(chain, key).channel("news", c -> c.history(10, Duration.ofMinutes(1))))
                .start();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private String address() {
        return "wss://localhost:" + server.port();
    }

    @Test
    void aClientThatTrustsTheServerHearsItsChannels() {
        Heard heard = new Heard();
        try (OpenlineClient client =
                OpenlineClient.to(address(), o -> o.trust(chain)).connect()) {
            client.subscribe("news", heard::onPublication);
            client.publish("news", "\"safe\"").toCompletableFuture().join();
            await().untilAsserted(() -> assertThat(heard.texts).contains("\"safe\""));
        }
    }

    @Test
    void aClientThatDoesNotTrustTheServerIsToldSoAndRedials() {
        Heard heard = new Heard();
        try (OpenlineClient client = OpenlineClient.to(
                address(), o -> o.listener(heard).redialDelays(Duration.ofMillis(1), Duration.ofMillis(2)))) {
            client.connect();
            await().until(() -> heard.connecting.size() >= 3);
            assertThat(heard.connecting.get(2).toString()).contains("leads to no trust anchor");
            assertThat(client.state()).isEqualTo(ConnectionState.CONNECTING);
        }
    }

    @Test
    void aFileThatIsNoGoodIsSaidWhenTheClientIsMade() {
        Path missing = folder.resolve("missing.pem");
        assertThatThrownBy(() -> OpenlineClient.to(address(), o -> o.trust(missing)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(missing + " does not exist");
    }
}
