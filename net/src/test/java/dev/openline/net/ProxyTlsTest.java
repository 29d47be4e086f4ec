package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.pkitesting.CertificateBuilder;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** {@code wss:} through a proxy: TLS is spoken with the server, and it is the server's name that the certificate must bear. */
class ProxyTlsTest {
    @TempDir
    private Path folder;

    private EventLoops loops;
    private Certificates certificates;
    private WebSocketServer server;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.start(Transport.NIO, 1);
        certificates = new Certificates(folder);
    }

    @AfterEach
    void stop() {
        if (server != null) server.close();
        loops.close();
    }

    private void serve(CertificateBuilder certificate) throws Exception {
        Certificates.Pair files = certificates.write(certificate);
        server = WebSocketServer.listen(o -> o.port(0)
                .loops(loops)
                .tls(TlsOptions.pem(files.chain(), files.key()).engine(TlsEngine.JDK))
                .webSocket("/", request -> new WebSocketHandler() {
                    @Override
                    public void onText(WebSocket line, String text) {
                        line.sendText("echo " + text);
                    }

                    @Override
                    public void onBinary(WebSocket line, ByteBuffer data) {
                        line.sendBinary(data);
                    }
                }));
    }

    private WebSocketClient through(Proxy.Kind kind, SmallProxy proxy) throws Exception {
        Names none = new Names(Runnable::run, name -> {
            throw new UnknownHostException(name);
        });
        Path anchor = certificates.anchor();
        return WebSocketClient.create(o -> o.loops(loops)
                .names(none)
                .trust(anchor)
                .tlsEngine(TlsEngine.JDK)
                .proxy(new Proxy(kind, "127.0.0.1", proxy.port(), null)));
    }

    private static SmallProxy.Manner manner(Proxy.Kind kind) {
        return kind == Proxy.Kind.HTTP ? SmallProxy.connect(null) : SmallProxy.socks5(null, null);
    }

    private URI address() {
        return URI.create("wss://server.example:" + server.port() + "/");
    }

    @ParameterizedTest
    @EnumSource
    void aSecureLineThroughAProxyIsALineAndIsRedialled(Proxy.Kind kind) throws Exception {
        serve(Certificates.usual().addSanDnsName("server.example"));
        try (SmallProxy proxy = new SmallProxy(manner(kind));
                WebSocketClient client = through(kind, proxy)) {
            Heard heard = new Heard() {
                @Override
                public void onClosed(WebSocket line, dev.openline.wire.CloseStatus status) {}
            };
            RedialingLine line =
                    client.keepOpen(address(), heard, o -> o.delays(Duration.ofMillis(1), Duration.ofMillis(20)));
            for (int i = 0; i < 3; i++) {
                await().until(() -> line.sendText("hello") == SendResult.ACCEPTED);
                assertThat(heard.text()).isEqualTo("echo hello");
                assertThat(line.sendTracked(dev.openline.wire.MessageKind.BINARY, ByteBuffer.allocate(200_000))
                                .toCompletableFuture()
                                .get(10, TimeUnit.SECONDS))
                        .isEqualTo(SendOutcome.WRITTEN);
                assertThat(heard.binarySizes.poll(10, TimeUnit.SECONDS)).isEqualTo(200_000);
                WebSocket cut = line.line();
                proxy.cut();
                await().until(() -> line.line() != cut);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aCertificateThatBearsTheProxysNameIsRefused(Proxy.Kind kind) throws Exception {
        serve(Certificates.usual().addSanIpAddress("127.0.0.1").addSanDnsName("localhost"));
        try (SmallProxy proxy = new SmallProxy(manner(kind));
                WebSocketClient client = through(kind, proxy)) {
            CompletableFuture<WebSocket> dialled =
                    client.dial(address(), new Heard()).toCompletableFuture();
            Throwable failed = dialled.handle((line, fault) -> fault).get(10, TimeUnit.SECONDS);
            assertThat(failed).isInstanceOf(DialFailed.class);
            assertThat(failed.getMessage())
                    .startsWith("no TLS with server.example:" + server.port() + ": ")
                    .doesNotContain("\n");
        }
    }

    @Test
    void whatALineIsToldOfItsMessageIsTrueBehindTls() throws Exception {
        serve(Certificates.usual().addSanIpAddress("127.0.0.1"));
        Path anchor = certificates.anchor();
        try (WebSocketClient client =
                WebSocketClient.create(o -> o.loops(loops).trust(anchor).tlsEngine(TlsEngine.JDK))) {
            Heard heard = new Heard();
            WebSocket line = client.dial(URI.create("wss://127.0.0.1:" + server.port() + "/"), heard)
                    .toCompletableFuture()
                    .get(10, TimeUnit.SECONDS);
            assertThat(line.sendTextTracked("hello").toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .isEqualTo(SendOutcome.WRITTEN);
            assertThat(heard.text()).isEqualTo("echo hello");
            line.abort();
            heard.status();
            assertThat(line.whenWritten().toCompletableFuture().get(10, TimeUnit.SECONDS))
                    .isEqualTo(SendOutcome.LOST);
        }
    }
}
