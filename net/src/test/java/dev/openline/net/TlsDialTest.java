package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.wire.CloseStatus;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.SocketChannel;
import io.netty.pkitesting.CertificateBuilder;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

@DisplayName("RFC 9525: whose certificate a client accepts")
class TlsDialTest {
    @TempDir
    private Path folder;

    private EventLoops loops;
    private Certificates certificates;
    private WebSocketServer server;
    private WebSocketClient client;
    private ClientTls tls;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.start(Transport.NIO, 1);
        certificates = new Certificates(folder);
    }

    @AfterEach
    void close() {
        if (client != null) client.close();
        if (server != null) server.close();
        loops.close();
        if (tls != null) tls.close();
    }

    private void serve(CertificateBuilder certificate, WebSocketHandler handler) throws Exception {
        Certificates.Pair files = certificates.write(certificate);
        server = WebSocketServer.listen(o -> o.port(0)
                .loops(loops)
                .tls(TlsOptions.pem(files.chain(), files.key()).engine(TlsEngine.JDK))
                .webSocket("/", request -> handler));
    }

    private CompletableFuture<WebSocket> dial(String host, WebSocketHandler handler, Consumer<ClientOptions> options) {
        client = WebSocketClient.create(o -> options.accept(o.loops(loops).dialTimeout(Duration.ofSeconds(8))));
        URI address = URI.create("wss://" + host + ":" + server.port() + "/");
        return client.dial(address, handler).toCompletableFuture();
    }

    private DialFailed failure(CompletableFuture<WebSocket> dialled) throws Exception {
        return (DialFailed) dialled.handle((line, fault) -> fault).get(10, TimeUnit.SECONDS);
    }

    private Path anchor() {
        try {
            return certificates.anchor();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @CsvSource({"JDK, localhost", "JDK, 127.0.0.1", "BORINGSSL, localhost", "BORINGSSL, 127.0.0.1"})
    void aCertificateForTheHostIsAccepted(TlsEngine engine, String host) throws Exception {
        Heard accepted = new Heard();
        serve(Certificates.usual().addSanDnsName("localhost").addSanIpAddress("127.0.0.1"), accepted);
        Heard dialled = new Heard();
        WebSocket line =
                dial(host, dialled, o -> o.trust(anchor()).tlsEngine(engine)).get(10, TimeUnit.SECONDS);
        line.sendText("to the server");
        assertThat(accepted.text()).isEqualTo("to the server");
        accepted.line().sendText("to the client");
        assertThat(dialled.text()).isEqualTo("to the client");
        line.close(CloseStatus.NORMAL);
        assertThat(accepted.status().code()).isEqualTo(1000);
        assertThat(dialled.status().code()).isEqualTo(1000);
    }

    @ParameterizedTest
    @CsvSource({
        "JDK, localhost, another.example, ''",
        "JDK, 127.0.0.1, localhost, ''",
        "JDK, 127.0.0.1, localhost, 127.0.0.2",
        "JDK, localhost, localhost.example, 127.0.0.1",
        "BORINGSSL, localhost, another.example, ''",
        "BORINGSSL, 127.0.0.1, localhost, ''",
        "BORINGSSL, 127.0.0.1, localhost, 127.0.0.2",
        "BORINGSSL, localhost, localhost.example, 127.0.0.1",
    })
    void aCertificateForAnotherHostIsRefused(TlsEngine engine, String host, String name, String address)
            throws Exception {
        CertificateBuilder certificate = Certificates.usual().addSanDnsName(name);
        if (!address.isEmpty()) certificate.addSanIpAddress(address);
        serve(certificate, new Heard());
        DialFailed failed =
                failure(dial(host, new Heard(), o -> o.trust(anchor()).tlsEngine(engine)));
        assertThat(failed)
                .hasMessageContaining("its certificate is refused: No")
                .hasMessageContaining(host);
    }

    @ParameterizedTest
    @EnumSource
    void aCommonNameAloneNamesNoHost(TlsEngine engine) throws Exception {
        // RFC 9525 §6.3: only subject alternative names count.
        serve(Certificates.usual().subject("CN=127.0.0.1"), new Heard());
        DialFailed failed =
                failure(dial("127.0.0.1", new Heard(), o -> o.trust(anchor()).tlsEngine(engine)));
        assertThat(failed).hasMessageContaining("its certificate is refused: No");
    }

    @ParameterizedTest
    @EnumSource
    void aCertificateOfAnUnknownAuthorityIsRefused(TlsEngine engine) throws Exception {
        serve(Certificates.usual().addSanDnsName("localhost"), new Heard());
        assertThat(failure(dial("localhost", new Heard(), o -> o.tlsEngine(engine))))
                .hasMessageContaining("leads to no trust anchor");
        client.close();
        // An authority of the same name, with a key of its own.
        Path other = new Certificates(Files.createDirectory(folder.resolve("other"))).anchor();
        assertThat(failure(dial("localhost", new Heard(), o -> o.trust(other).tlsEngine(engine))))
                .hasMessageContaining("its certificate is refused");
    }

    @ParameterizedTest
    @EnumSource
    void aCertificateOutOfItsTimeIsRefused(TlsEngine engine) throws Exception {
        Instant now = Instant.now();
        serve(
                Certificates.usual()
                        .addSanDnsName("localhost")
                        .notBefore(now.minus(Duration.ofDays(9)))
                        .notAfter(now.minus(Duration.ofDays(1))),
                new Heard());
        assertThat(failure(dial("localhost", new Heard(), o -> o.trust(anchor()).tlsEngine(engine))))
                .hasMessageContaining("has expired");
        client.close();
        server.close();
        serve(
                Certificates.usual()
                        .addSanDnsName("localhost")
                        .notBefore(now.plus(Duration.ofDays(1)))
                        .notAfter(now.plus(Duration.ofDays(9))),
                new Heard());
        assertThat(failure(dial("localhost", new Heard(), o -> o.trust(anchor()).tlsEngine(engine))))
                .hasMessageContaining("not valid yet");
    }

    @Test
    void aServerWithoutTlsIsSaidSo() throws Exception {
        server = WebSocketServer.listen(o -> o.port(0).loops(loops).webSocket("/", request -> new Heard()));
        assertThat(failure(dial("localhost", new Heard(), o -> {}))).hasMessageContaining("no TLS with localhost");
    }

    @Test
    void aServerThatSaysNothingFailsTheDialInTime() throws Exception {
        client = WebSocketClient.create(o -> o.loops(loops).dialTimeout(Duration.ofMillis(500)));
        try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            URI address = URI.create("wss://127.0.0.1:" + silent.getLocalPort() + "/");
            DialFailed failed = failure(client.dial(address, new Heard()).toCompletableFuture());
            assertThat(failed).hasMessageContaining("within 500 ms");
        }
    }

    @Test
    void aFileThatHoldsNoAnchorIsTheCallersFault() {
        Path missing = folder.resolve("missing.pem");
        assertThatThrownBy(() -> WebSocketClient.create(o -> o.trust(missing)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(missing + " does not exist");
    }

    @ParameterizedTest
    @EnumSource
    void theNameIsAskedForAndACertificateShownToAServerThatWantsOne(TlsEngine engine) throws Exception {
        Certificates.Pair ours = certificates.write(Certificates.usual().subject("CN=a client"));
        SSLContext context = SSLContext.getInstance("TLS");
        KeyManager[] keys = Certificates.usual()
                .addSanDnsName("openline.example")
                .buildIssuedBy(certificates.authority())
                .toKeyManagerFactory()
                .getKeyManagers();
        context.init(keys, new TrustManager[] {certificates.authority().toTrustManager()}, null);
        InetAddress local = InetAddress.getByName("127.0.0.1");
        try (SSLServerSocket strict =
                (SSLServerSocket) context.getServerSocketFactory().createServerSocket(0, 1, local)) {
            strict.setNeedClientAuth(true);
            strict.setSoTimeout(10_000);
            ClientOptions options = new ClientOptions()
                    .trust(anchor())
                    .certificate(ours.chain(), ours.key())
                    .tlsEngine(engine);
            tls = new ClientTls(options);
            new Bootstrap()
                    .group(loops.group())
                    .channel(loops.transport().dialling())
                    .handler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            // No resolver here knows the name, and none has to.
                            tls.install(channel, "openline.example", 443);
                        }
                    })
                    .connect(local, strict.getLocalPort());
            try (Socket accepted = strict.accept()) {
                accepted.setSoTimeout(10_000);
                SSLSocket socket = (SSLSocket) accepted;
                socket.startHandshake();
                assertThat(((ExtendedSSLSession) socket.getSession()).getRequestedServerNames())
                        .isEqualTo(List.of(new SNIHostName("openline.example")));
                X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
                assertThat(shown.getSubjectX500Principal().getName()).isEqualTo("CN=a client");
            }
        }
    }
}
