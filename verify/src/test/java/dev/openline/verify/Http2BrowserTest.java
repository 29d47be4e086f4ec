package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import com.microsoft.playwright.Page;
import dev.openline.net.HttpResponse;
import dev.openline.net.LineOptions;
import dev.openline.net.TlsOptions;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.net.WebSocketServer;
import dev.openline.wire.MessageKind;
import dev.openline.wire.WireLimits;
import io.netty.pkitesting.CertificateBuilder;
import io.netty.pkitesting.X509Bundle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real browser over TLS, with HTTP/2 offered and without. */
class Http2BrowserTest {
    /** Five lines, on each a short message and one of a megabyte and back; answers how many came back as they were. */
    private static final String SCRIPT = """
            async () => {
              const large = 'x'.repeat(1 << 20);
              const echo = () => new Promise((resolve, reject) => {
                const line = new WebSocket(`wss://${location.host}/echo`);
                const heard = [];
                line.onerror = () => reject(new Error('no line'));
                line.onopen = () => { line.send('short'); line.send(large); };
                line.onmessage = ({ data }) => {
                  heard.push(data);
                  if (heard.length < 2) return;
                  line.onclose = ({ code, wasClean }) =>
                    resolve(heard[0] === 'short' && heard[1] === large && code === 1000 && wasClean);
                  line.close(1000);
                };
              });
              const all = await Promise.all([echo(), echo(), echo(), echo(), echo()]);
              return all.filter((good) => good).length;
            }
            """;

    @TempDir
    private Path folder;

    private final Set<String> methods = Collections.synchronizedSet(new LinkedHashSet<>());
    private final Set<String> connections = Collections.synchronizedSet(new LinkedHashSet<>());
    private Path chain;
    private Path key;
    private Chromium chromium;

    @BeforeEach
    void start() throws Exception {
        X509Bundle self = new CertificateBuilder()
                .subject("CN=a test")
                .addSanDnsName("localhost")
                .setIsCertificateAuthority(true)
                .buildSelfSigned();
        chain = Files.writeString(folder.resolve("chain.pem"), self.getCertificatePEM());
        key = Files.writeString(folder.resolve("key.pem"), self.getPrivateKeyPEM());
        chromium = Chromium.start("--ignore-certificate-errors");
    }

    @AfterEach
    void close() {
        if (chromium != null) chromium.close();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void linesOfAPageAreStreamsOfOneConnectionIfThatIsOffered(boolean http2) throws Exception {
        byte[] html = "<!doctype html><title>lines</title>".getBytes(StandardCharsets.UTF_8);
        try (WebSocketServer server = WebSocketServer.listen(o -> o.port(0)
                .tls(TlsOptions.pem(chain, key).http2(http2))
                .line(LineOptions.defaults().withLimits(new WireLimits(2 << 20, 2 << 20, 1_000)))
                .http(request -> CompletableFuture.completedStage(HttpResponse.of(200, "text/html", html)))
                .webSocket("/echo", request -> new WebSocketHandler() {
                    @Override
                    public void onOpen(WebSocket line) {
                        methods.add(line.request().method());
                        connections.add(String.valueOf(line.remoteAddress()));
                    }

                    @Override
                    public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
                        line.send(kind, payload);
                    }
                }))) {
            Page page = chromium.browser.newPage();
            page.navigate("https://localhost:" + server.port() + "/");
            assertThat(page.evaluate(SCRIPT)).isEqualTo(5);
            assertThat(methods).containsExactly(http2 ? "CONNECT" : "GET");
            assertThat(connections).hasSize(http2 ? 1 : 5);
        }
    }
}
