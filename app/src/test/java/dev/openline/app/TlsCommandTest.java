package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.net.WebSocketServer;
import dev.openline.server.OpenlineServer;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsCommandTest {
    @TempDir
    private Path folder;

    private Path chain;
    private Path key;

    @BeforeEach
    void issue() throws Exception {
        X509Bundle self = new CertificateBuilder()
                .subject("CN=a test")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        chain = Files.writeString(folder.resolve("chain.pem"), self.getCertificatePEM());
        key = Files.writeString(folder.resolve("key.pem"), self.getPrivateKeyPEM());
    }

    private WebSocketServer echo() {
        EchoCommand command =
                CommandRun.parsed("echo", "--port", "0", "--tls-cert", chain.toString(), "--tls-key", key.toString());
        return command.open();
    }

    @Test
    void echoIsHeardOverTlsByWhoTrustsIt() {
        try (WebSocketServer server = echo()) {
            CommandRun run = CommandRun.withInput(
                    "hello\n", "connect", "wss://localhost:" + server.port() + "/", "--trust", chain.toString());
            assertThat(run.err()).isEmpty();
            assertThat(run.out()).isEqualTo("hello\n");
        }
    }

    @Test
    void aServerThatIsNotTrustedIsAFailureInOneSentence() {
        try (WebSocketServer server = echo()) {
            CommandRun run = CommandRun.withInput("hello\n", "connect", "wss://localhost:" + server.port() + "/");
            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(run.err())
                    .isEqualTo("openline: no TLS with localhost:" + server.port()
                            + ": its certificate leads to no trust anchor.\n");
        }
    }

    @Test
    void aServerOfAnotherNameIsAFailureAlsoWhenItIsTrusted() {
        try (WebSocketServer server = echo()) {
            CommandRun run = CommandRun.withInput(
                    "hello\n", "connect", "wss://127.0.0.1:" + server.port() + "/", "--trust", chain.toString());
            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(run.err()).contains("its certificate is refused").hasLineCount(1);
        }
    }

    @Test
    void oneFileWithoutTheOtherIsBadUsage() {
        CommandRun run = CommandRun.of("echo", "--port", "0", "--tls-cert", chain.toString());
        assertThat(run.exitCode()).isEqualTo(Main.USAGE);
        assertThat(run.err()).startsWith("openline: --tls-cert and --tls-key go together.");
    }

    @Test
    void theChannelServerFindsItsCertificateInItsFile() throws Exception {
        Path config = Files.writeString(
                folder.resolve("config.yaml"),
                "http_server: {port: 0, tls: {enabled: true, cert_pem_file: '%s', key_pem_file: '%s'}}"
                        .formatted(chain, key));
        ServeCommand command = CommandRun.parsed("serve", "--config", config.toString(), "--insecure");
        OpenlineServer server = command.open();
        try {
            CommandRun run = CommandRun.withInput(
                    "{\"id\":1,\"connect\":{}}\n",
                    "connect",
                    "wss://localhost:" + server.port() + "/connection/websocket",
                    "--trust",
                    chain.toString());
            assertThat(run.out()).contains("\"id\":1,\"connect\":");
        } finally {
            command.close(server);
        }
    }

    @Test
    void aFileThatIsNoGoodIsAFailureInOneSentenceForEveryServer() {
        String missing = folder.resolve("missing.pem").toString();
        for (String command : new String[] {"echo", "serve", "demo"}) {
            CommandRun run = command.equals("serve")
                    ? CommandRun.of(command, "--insecure", "--port", "0", "--tls-cert", missing, "--tls-key", missing)
                    : CommandRun.of(command, "--port", "0", "--tls-cert", missing, "--tls-key", missing);
            assertThat(run.exitCode()).isEqualTo(Main.FAILURE);
            assertThat(run.err()).isEqualTo("openline: " + missing + " does not exist.\n");
        }
    }
}
