package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.WireLimits;
import dev.openline.wire.WireTiming;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Both engines: BoringSSL is there in tests on Linux, on x86. Elsewhere the tests of it fail, rather than pass unseen. */
class TlsServerTest {
    private final BlockingQueue<Heard> lines = new LinkedBlockingQueue<>();

    @TempDir
    private Path folder;

    private Certificates certificates;
    private Certificates.Pair files;
    private WebSocketServer server;

    @BeforeEach
    void issue() throws Exception {
        certificates = new Certificates(folder);
        files = certificates.local();
    }

    @AfterEach
    void close() {
        if (server != null) server.close();
    }

    private void serve(TlsEngine engine) throws Exception {
        serve(engine, o -> {});
    }

    private void serve(TlsEngine engine, Consumer<ServerOptions> more) throws Exception {
        server = WebSocketServer.listen(o -> {
            o.port(0).transport(Transport.NIO).tls(tls(engine));
            o.line(LineOptions.defaults().withTiming(WireTiming.DEFAULT.withoutHeartbeat()));
            o.webSocket("/", request -> {
                Heard heard = new Heard();
                lines.add(heard);
                return heard;
            });
            more.accept(o);
        });
    }

    private TlsOptions tls(TlsEngine engine) {
        return TlsOptions.pem(files.chain(), files.key()).engine(engine).watchInterval(Duration.ZERO);
    }

    private Heard heard() throws InterruptedException {
        return Heard.next(lines);
    }

    // --- talking
    // -----------------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({"JDK, TLSv1.2", "JDK, TLSv1.3", "BORINGSSL, TLSv1.2", "BORINGSSL, TLSv1.3"})
    void aLineTalksBothWaysAndIsClosedInOrder(TlsEngine engine, String version) throws Exception {
        serve(engine);
        try (RawPeer peer = TlsPeer.open(server.port(), certificates, version)) {
            assertThat(((SSLSocket) peer.socket()).getSession().getProtocol()).isEqualTo(version);
            Heard heard = heard();
            peer.say(RawPeer.text("to the server"));
            assertThat(heard.text()).isEqualTo("to the server");
            heard.line().sendText("to the client");
            assertThat(peer.frame().text()).isEqualTo("to the client");
            heard.line().close(new CloseStatus(4000, "enough"));
            assertThat(peer.frame().closeCode()).isEqualTo(4000);
            peer.say(RawPeer.close(4000));
            // A connection without close_notify would throw here: a truncation attack looks like that.
            assertThat(peer.socket().getInputStream().read()).isEqualTo(-1);
            assertThat(heard.status().code()).isEqualTo(4000);
        }
    }

    @ParameterizedTest
    @EnumSource
    void messagesOfMegabytesPassBothWays(TlsEngine engine) throws Exception {
        serve(
                engine,
                o -> o.line(LineOptions.defaults()
                        .withLimits(new WireLimits(8 << 20, 8 << 20, 1_000))
                        .withTiming(WireTiming.DEFAULT.withoutHeartbeat())));
        try (RawPeer peer = TlsPeer.open(server.port(), certificates)) {
            Heard heard = heard();
            peer.say(RawPeer.masked(0x82, new byte[5 << 20]));
            assertThat(heard.binarySizes.poll(10, TimeUnit.SECONDS)).isEqualTo(5 << 20);
            byte[] large = new byte[5 << 20];
            new java.util.Random(1).nextBytes(large);
            assertThat(heard.line().sendBinary(ByteBuffer.wrap(large))).isEqualTo(SendResult.ACCEPTED);
            assertThat(peer.frame().payload()).isEqualTo(large);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsSentInOneTurnIsOneRecord(TlsEngine engine) throws Exception {
        serve(engine);
        try (Relay relay = new Relay(server.port());
                RawPeer peer = TlsPeer.open(relay.port(), certificates)) {
            Heard heard = heard();
            heard.line().sendText("to have the handshake and its tickets behind us");
            peer.frame();
            int before = relay.answered().size();
            heard.line().executor().execute(() -> {
                for (int i = 0; i < 100; i++) heard.opened.join().sendText("message " + i);
            });
            for (int i = 0; i < 100; i++) assertThat(peer.frame().text()).isEqualTo("message " + i);
            byte[] all = relay.answered().toByteArray();
            int length = (all[before + 3] & 0xff) << 8 | all[before + 4] & 0xff;
            assertThat(all.length - before)
                    .as("bytes after the first record's head")
                    .isEqualTo(5 + length);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatNeverReadsFillsItsQueueAndIsCutSoon(TlsEngine engine) throws Exception {
        serve(engine);
        try (RawPeer peer = TlsPeer.open(server.port(), certificates)) {
            Heard heard = heard();
            WebSocket line = heard.line();
            ByteBuffer chunk = ByteBuffer.allocate(100_000);
            Awaitility.await().until(() -> line.sendBinary(chunk) == SendResult.QUEUE_FULL && !line.isWritable());
            assertThat(line.queuedBytes())
                    .isBetween(100_000L, LineOptions.defaults().maxQueuedBytes() + 110_000L);
            line.abort();
            assertThat(heard.status().code()).isEqualTo(1006);
            assertThat(peer.socket().isClosed()).as("the peer did nothing").isFalse();
        }
    }

    @ParameterizedTest
    @CsvSource({"JDK, TLSv1.2", "JDK, TLSv1.3", "BORINGSSL, TLSv1.2", "BORINGSSL, TLSv1.3"})
    void aPeerThatBreaksARuleStillReadsOurCloseWhateverElseItSends(TlsEngine engine, String version) throws Exception {
        serve(engine);
        try (RawPeer peer = TlsPeer.open(server.port(), certificates, version)) {
            Heard heard = heard();
            peer.say(HexFormat.of().parseHex("810568656c6c6f")); // unmasked
            for (int i = 0; i < 50; i++) peer.say(RawPeer.masked(0x82, new byte[60_000]));
            peer.expectClose(CloseStatus.PROTOCOL_ERROR);
            assertThat(peer.socket().getInputStream().read()).isEqualTo(-1);
            assertThat(heard.status().code()).isEqualTo(1002);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPeerThatEndsTlsButNotTcpEndsTheLine(TlsEngine engine) throws Exception {
        serve(engine);
        try (RawPeer peer = TlsPeer.open(server.port(), certificates, "TLSv1.3")) {
            Heard heard = heard();
            ((SSLSocket) peer.socket()).shutdownOutput(); // close_notify only
            assertThat(heard.status().code()).isEqualTo(1006);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPausedLineHearsNothingUntilItIsResumed(TlsEngine engine) throws Exception {
        serve(engine);
        try (RawPeer peer = TlsPeer.open(server.port(), certificates)) {
            Heard heard = heard();
            WebSocket line = heard.line();
            line.pauseReading();
            line.executor().execute(() -> line.sendText("paused"));
            assertThat(peer.frame().text()).isEqualTo("paused");
            peer.say(RawPeer.text("a")).say(RawPeer.text("b"));
            line.executor().execute(() -> line.sendText("still"));
            assertThat(peer.frame().text()).isEqualTo("still");
            assertThat(heard.texts).isEmpty();
            line.resumeReading();
            assertThat(heard.text()).isEqualTo("a");
            assertThat(heard.text()).isEqualTo("b");
        }
    }

    @ParameterizedTest
    @EnumSource
    void plainRequestsAreAnsweredToo(TlsEngine engine) throws Exception {
        serve(
                engine,
                o -> o.http(request ->
                        java.util.concurrent.CompletableFuture.completedStage(HttpResponse.text(200, "secret"))));
        try (RawPeer peer = RawPeer.of(TlsPeer.connect(server.port(), certificates))) {
            assertThat(peer.say("GET / HTTP/1.1\r\nHost: a\r\n\r\n").head()).startsWith("HTTP/1.1 200");
            assertThat(peer.body(6)).isEqualTo("secret");
        }
    }

    // --- what is no TLS, or too old
    // ------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void aPlainRequestIsClosedWithOneLineWithoutItsBytes(TlsEngine engine) throws Exception {
        serve(engine);
        try (LogLines log = new LogLines(WebSocketServer.class);
                RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("GET /?token=abc HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(peer.isEnded()).isTrue();
            Awaitility.await().until(() -> !log.all().isEmpty());
            assertThat(log.all()).singleElement().asString().endsWith("it does not speak TLS");
        }
    }

    @ParameterizedTest
    @CsvSource({"JDK, 0302", "BORINGSSL, 0302", "JDK, 0301", "BORINGSSL, 0301"})
    void versionsBefore12AreRefusedWithAnAlert(TlsEngine engine, String version) throws Exception {
        serve(engine);
        // A ClientHello of TLS 1.1 or 1.0: version, random, no session, three ciphers of their time, no compression.
        String hello = version + "ab".repeat(32) + "00" + "0006c013c014002f" + "0100";
        String handshake = "01" + String.format("%06x", hello.length() / 2) + hello;
        String record = "160301" + String.format("%04x", handshake.length() / 2) + handshake;
        try (LogLines log = new LogLines(WebSocketServer.class);
                RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(HexFormat.of().parseHex(record));
            byte[] answer = peer.socket().getInputStream().readAllBytes();
            // RFC 8446 §6: record type 21, its version and length, level 2 (fatal), 70 protocol_version or 40
            // handshake_failure.
            assertThat(HexFormat.of().formatHex(answer)).matches("1503[0-9a-f]{2}0002" + "02(46|28)");
            Awaitility.await().until(() -> !log.all().isEmpty());
            assertThat(log.all()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aHandshakeThatIsNotDoneInTimeIsCut(TlsEngine engine) throws Exception {
        serve(engine, o -> o.handshakeTimeout(Duration.ofMillis(300)));
        try (RawPeer silent = RawPeer.connect(server.port());
                RawPeer half = RawPeer.connect(server.port())) {
            half.say(HexFormat.of().parseHex("16030100c8010000"));
            assertThat(silent.isEnded()).isTrue();
            assertThat(half.isEnded()).isTrue();
        }
        try (RawPeer noRequest = RawPeer.of(TlsPeer.connect(server.port(), certificates))) {
            assertThat(noRequest.isEnded())
                    .as("the request has to come within the same deadline")
                    .isTrue();
        }
    }

    // --- the files
    // ---------------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void anotherCertificateIsForNewConnectionsAndOldLinesLiveOn(TlsEngine engine) throws Exception {
        serve(engine);
        try (RawPeer old = TlsPeer.open(server.port(), certificates)) {
            Heard first = heard();
            certificates.write(Certificates.usual().subject("CN=renewed").addSanDnsName("localhost"), files);
            server.reloadTls();
            try (RawPeer young = TlsPeer.open(server.port(), certificates)) {
                assertThat(TlsPeer.shown(young).getSubjectX500Principal().getName())
                        .isEqualTo("CN=renewed");
            }
            first.line().sendText("still here");
            assertThat(old.frame().text()).isEqualTo("still here");
        }
    }

    @Test
    void filesThatBreakKeepTheOldCertificate() throws Exception {
        serve(TlsEngine.JDK);
        Files.writeString(files.key(), "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assertThatThrownBy(() -> server.reloadTls())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(files.key().toString());
        try (RawPeer peer = TlsPeer.open(server.port(), certificates)) {
            assertThat(TlsPeer.shown(peer).getSubjectX500Principal().getName()).isEqualTo("CN=server of a test");
        }
    }

    @Test
    void filesAreWatchedAndAHalfReplacedPairIsSaidOnce() throws Exception {
        try (LogLines log = new LogLines(WebSocketServer.class)) {
            server = WebSocketServer.listen(o -> o.port(0)
                    .transport(Transport.NIO)
                    .tls(TlsOptions.pem(files.chain(), files.key()).watchInterval(Duration.ofSeconds(1)))
                    .webSocket("/", request -> new Heard()));
            Certificates.Pair next = certificates.write(
                    Certificates.usual().subject("CN=renewed").addSanDnsName("localhost"));
            Files.copy(next.chain(), files.chain(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Awaitility.await().until(() -> !log.with("stays as it was").isEmpty());
            Files.copy(next.key(), files.key(), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Awaitility.await().until(() -> !log.with("CN=renewed").isEmpty());
            assertThat(log.with("stays as it was")).hasSize(1);
            try (RawPeer peer = TlsPeer.open(server.port(), certificates)) {
                assertThat(TlsPeer.shown(peer).getSubjectX500Principal().getName())
                        .isEqualTo("CN=renewed");
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "no such chain, does not exist",
        "no such key, does not exist",
        "chain of prose, is not a PEM file",
        "key as chain, has no certificate in it",
        "chain as key, has no private key in it",
        "damaged certificate, has a certificate that can't be read: number 1",
        "key of another, is not that of the first certificate",
        "chain out of order, is not the issuer of the one before it",
        "a folder, is a directory",
    })
    void aBadFileIsRefusedAtTheStartInOneSentenceWithItsName(String what, String sentence) throws Exception {
        Path made = folder.resolve("made.pem");
        Certificates.Pair other = certificates.local();
        Certificates.Pair bad = switch (what) {
            case "no such chain" -> new Certificates.Pair(made, files.key());
            case "no such key" -> new Certificates.Pair(files.chain(), made);
            case "chain of prose" -> new Certificates.Pair(Files.writeString(made, "a poem"), files.key());
            case "key as chain" -> new Certificates.Pair(made = files.key(), files.key());
            case "chain as key" -> new Certificates.Pair(files.chain(), made = files.chain());
            case "damaged certificate" ->
                new Certificates.Pair(
                        Files.writeString(made, "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"),
                        files.key());
            case "key of another" -> new Certificates.Pair(files.chain(), made = other.key());
            case "chain out of order" ->
                new Certificates.Pair(
                        Files.writeString(made, Files.readString(files.chain()) + Files.readString(other.chain())),
                        files.key());
            default -> new Certificates.Pair(made = folder, files.key());
        };
        String named = made.toString();
        assertThatThrownBy(() -> WebSocketServer.listen(
                        o -> o.port(0).transport(Transport.NIO).tls(bad.chain(), bad.key())))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(sentence)
                .hasMessageContaining(named)
                .message()
                .doesNotContain("\n");
    }
}
