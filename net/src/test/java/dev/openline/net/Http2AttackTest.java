package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import dev.openline.wire.DeflateOptions;
import dev.openline.wire.MessageKind;
import dev.openline.wire.WireLimits;
import dev.openline.wire.WireTiming;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("HTTP/2 from peers that mean no good")
class Http2AttackTest {
    private static final String DEFLATE = "permessage-deflate";
    private static final int MEGABYTE = 1 << 20;

    private final BlockingQueue<Heard> lines = new LinkedBlockingQueue<>();

    private final CompletableFuture<String> asked = new CompletableFuture<>();

    @TempDir
    private Path folder;

    private Certificates certificates;
    private WebSocketServer server;

    @BeforeEach
    void issue() throws Exception {
        certificates = new Certificates(folder);
        Certificates.Pair files = certificates.local();
        serve(files, o -> {});
    }

    private void serve(Certificates.Pair files, Consumer<ServerOptions> more) throws Exception {
        server = WebSocketServer.listen(o -> {
            o.port(0).transport(Transport.NIO);
            o.tls(TlsOptions.pem(files.chain(), files.key())
                    .engine(TlsEngine.JDK)
                    .http2(true));
            o.line(LineOptions.defaults()
                    .withLimits(new WireLimits(4 * MEGABYTE, 4 * MEGABYTE, 1_000))
                    .withDeflate(DeflateOptions.DEFAULT)
                    .withTiming(WireTiming.DEFAULT.withoutHeartbeat()));
            o.webSocket("/", request -> {
                Heard heard = new Heard();
                lines.add(heard);
                return heard;
            });
            o.webSocket("/echo", request -> new WebSocketHandler() {
                @Override
                public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
                    line.send(kind, payload);
                }
            });
            o.http(request -> {
                asked.complete(request.path());
                return CompletableFuture.completedFuture(HttpResponse.text(200, "x".repeat(16 * MEGABYTE)));
            });
            o.route("/never", route -> route.decideLater(request -> new CompletableFuture<UpgradeDecision>()));
            more.accept(o);
        });
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Heard heard() throws InterruptedException {
        return Heard.next(lines);
    }

    private H2Peer peer() throws Exception {
        return new H2Peer(server.port(), certificates);
    }

    private static void expectEcho(H2Peer.Stream stream) throws Exception {
        stream.say(RawPeer.text("still here"));
        assertThat(stream.frame().text()).isEqualTo("still here");
    }

    // --- floods
    // ------------------------------------------------------------------------------------------------------------------

    /** Frame heads (RFC 9113 §4.1): length, type, flags, stream. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({"pings, 000008 06 00 00000000 0102030405060708", "settings, 000000 04 00 00000000"})
    void answersThatAreAskedForAndNotReadEndTheConnection(String what, String frame) throws Exception {
        try (H2Peer other = peer();
                Socket deaf = TlsPeer.http2(server.port(), certificates)) {
            H2Peer.Stream neighbour = other.open(H2Peer.connect("/echo"), false);
            OutputStream out = deaf.getOutputStream();
            // Windows as large as there are, and a GET of what is more than the kernel takes: answers wait behind it.
            out.write(frames("000006 04 00 00000000 00047fffffff", 1));
            out.write(frames("000004 08 00 00000000 7fff0000", 1));
            out.write(frames("00000e 01 05 00000001 828487 41096c6f63616c686f7374", 1));
            asked.get(10, TimeUnit.SECONDS);
            byte[] flood = frames(frame, 1_000);
            assertThatIOException().isThrownBy(() -> {
                for (int i = 0; i < 1_000; i++) out.write(flood);
            });
            Awaitility.await().until(() -> server.connections() == 1);
            expectEcho(neighbour);
        }
    }

    private static byte[] frames(String frame, int count) {
        byte[] one = HexFormat.of().parseHex(frame.replace(" ", ""));
        ByteBuffer all = ByteBuffer.allocate(count * one.length);
        while (all.hasRemaining()) all.put(one);
        return all.array();
    }

    @ParameterizedTest(name = "on {0}")
    @ValueSource(strings = {"/", "/never"})
    void resetsThatThePeerMakesUsSendEndTheConnection(String path) throws Exception {
        try (H2Peer peer = peer()) {
            peer.line();
            Heard alive = heard();
            int resets = 0;
            while (resets < 300 && peer.connection.isActive() && !peer.goAway.isDone()) {
                try {
                    H2Peer.Stream stream = peer.open(H2Peer.connect(path), false);
                    int id = ((Http2StreamChannel) stream.channel).stream().id();
                    // WINDOW_UPDATE by nothing, which is the stream's error (RFC 9113 §6.9).
                    peer.raw(frames("000004 08 00 %08x 00000000".formatted(id), 1));
                    assertThat(stream.reset()).isEqualTo(Http2Error.PROTOCOL_ERROR);
                    resets++;
                } catch (ExecutionException | TimeoutException ended) {
                    break;
                }
            }
            assertThat(resets).isBetween(190, 210);
            assertThat(alive.status().code()).isEqualTo(1006);
        }
    }

    @ParameterizedTest(name = "of {0} bytes")
    @CsvSource({"0", "1", "1000"})
    void aHeadThatIsContinuedWithoutEndEndsTheConnection(int size) throws Exception {
        try (H2Peer peer = peer()) {
            peer.line();
            Heard heard = heard();
            // HEADERS without END_HEADERS, and CONTINUATION of it; zeros are indexed fields that do not exist, never
            // read.
            String head = "000001 01 00 00000005 82".replace(" ", "");
            String more = "%06x 09 00 00000005".formatted(size).replace(" ", "") + "82".repeat(size);
            peer.raw(HexFormat.of().parseHex(head + more.repeat(200)));
            assertThat(heard.status().code()).isEqualTo(1006);
        }
    }

    // --- compression
    // -------------------------------------------------------------------------------------------------------------

    private static Http2Headers deflated(String path) {
        return H2Peer.connect(path).add("sec-websocket-extensions", DEFLATE);
    }

    @Test
    void aCompressedMessageGoesBothWays() throws Exception {
        String text = "the same again and again, ".repeat(100);
        try (H2Peer peer = peer()) {
            H2Peer.Stream stream = peer.open(deflated("/echo"), false);
            assertThat(stream.head().get("sec-websocket-extensions").toString()).startsWith(DEFLATE);
            stream.say(RawPeer.masked(0xC1, DeflateLineTest.deflated(text.getBytes(StandardCharsets.UTF_8))));
            RawPeer.Frame echo = stream.frame();
            assertThat(echo.payload()).hasSizeLessThan(text.length() / 10);
            assertThat(DeflateLineTest.inflated(echo)).isEqualTo(text);
        }
    }

    @ParameterizedTest(name = "{0} MiB of zeros: {1}")
    @CsvSource({"1000, 1009", "64, 1009", "2, 1008"})
    void aBombEndsItsLineAndNoOther(int megabytes, int code) throws Exception {
        byte[] bomb = DeflateLineTest.bomb(megabytes);
        try (H2Peer peer = peer()) {
            H2Peer.Stream other = peer.open(deflated("/echo"), false);
            H2Peer.Stream bomber = peer.open(deflated("/"), false);
            Heard heard = heard();
            bomber.say(RawPeer.masked(0xC2, bomb));
            assertThat(bomber.frame().closeCode()).isEqualTo(code);
            assertThat(heard.status().code()).isEqualTo(code);
            assertThat(heard.binarySizes).isEmpty();
            expectEcho(other);
        }
    }

    // --- who gets in
    // -------------------------------------------------------------------------------------------------------------

    /** Where the fourth line is one too many. */
    private enum Three {
        ALTOGETHER(o -> o.maxConnections(3)),
        PER_ADDRESS(o -> o.maxConnectionsPerAddress(3));

        private final Consumer<ServerOptions> limit;

        Three(Consumer<ServerOptions> limit) {
            this.limit = limit;
        }
    }

    private void serve(Three most) throws Exception {
        server.close();
        serve(certificates.local(), most.limit);
    }

    @ParameterizedTest
    @EnumSource
    void linesOfOneConnectionCountAsConnectionsDo(Three most) throws Exception {
        serve(most);
        try (H2Peer peer = peer()) {
            H2Peer.Stream first = peer.line();
            peer.line();
            peer.line();
            H2Peer.Stream fourth = peer.open(H2Peer.connect("/"), false);
            assertThat(fourth.status()).isEqualTo(503);
            assertThat(fourth.head().get("retry-after").toString()).matches("[2-9]|10");
            assertThat(fourth.isEnded()).isFalse();
            Heard heard = heard();
            first.cancel();
            assertThat(heard.status().code()).isEqualTo(1006);
            peer.line();
            assertThat(peer.open(H2Peer.connect("/"), false).status()).isEqualTo(503);
        }
        awaitNobody();
    }

    @ParameterizedTest
    @EnumSource
    void linesAndConnectionsCountTogether(Three most) throws Exception {
        serve(most);
        try (H2Peer one = peer();
                H2Peer two = peer()) {
            one.line();
            one.line();
            two.line();
            assertThat(two.open(H2Peer.connect("/"), false).status()).isEqualTo(503);
            assertThat(one.open(H2Peer.connect("/"), false).status()).isEqualTo(503);
            two.close();
            Awaitility.await().until(() -> server.connections() == 1);
            one.line();
            assertThat(one.open(H2Peer.connect("/"), false).status()).isEqualTo(503);
        }
        awaitNobody();
    }

    @ParameterizedTest
    @EnumSource
    void aLineThatWaitsForItsDecisionCountsToo(Three most) throws Exception {
        serve(most);
        try (H2Peer peer = peer()) {
            H2Peer.Stream first = peer.open(H2Peer.connect("/never"), false);
            peer.open(H2Peer.connect("/never"), false);
            peer.open(H2Peer.connect("/never"), false);
            assertThat(peer.open(H2Peer.connect("/"), false).status()).isEqualTo(503);
            first.cancel();
            peer.line();
        }
        awaitNobody();
    }

    private void awaitNobody() {
        Awaitility.await().until(() -> server.connections() == 0);
        assertThat(server.admission().addresses().size()).isZero();
    }
}
