package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import dev.openline.wire.WireLimits;
import dev.openline.wire.WireTiming;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
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

@DisplayName("RFC 8441: lines in HTTP/2, over sockets")
class Http2Test {
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
        serve(o -> {});
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void serve(Consumer<ServerOptions> more) throws Exception {
        serve(TlsEngine.JDK, more);
    }

    private void serve(TlsEngine engine, Consumer<ServerOptions> more) throws Exception {
        if (server != null) server.close();
        server = WebSocketServer.listen(o -> {
            o.port(0).transport(Transport.NIO);
            o.tls(TlsOptions.pem(files.chain(), files.key()).engine(engine).http2(true));
            o.line(LineOptions.defaults()
                    .withLimits(new WireLimits(4 << 20, 4 << 20, 1_000))
                    .withTiming(WireTiming.DEFAULT.withoutHeartbeat()));
            o.upgrades("/", List.of("b", "a"), request -> {
                Heard heard = new Heard();
                lines.add(heard);
                return new UpgradeDecision.Open(heard);
            });
            o.webSocket("/echo", request -> new WebSocketHandler() {
                @Override
                public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
                    line.send(kind, payload);
                }
            });
            o.route("/never", route -> route.decideLater(request -> new CompletableFuture<UpgradeDecision>()));
            o.http(request -> CompletableFuture.completedStage(
                    HttpResponse.text(200, request.method() + " " + request.target() + " " + request.body().length)));
            more.accept(o);
        });
    }

    private Heard heard() throws InterruptedException {
        return Heard.next(lines);
    }

    private H2Peer peer() throws Exception {
        return new H2Peer(server.port(), certificates);
    }

    // --- lines
    // -------------------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @EnumSource
    void aLineTalksBothWaysAndIsClosedInOrder(TlsEngine engine) throws Exception {
        serve(engine, o -> {});
        try (H2Peer peer = peer()) {
            assertThat(peer.settings.get(10, TimeUnit.SECONDS).connectProtocolEnabled())
                    .isTrue();
            H2Peer.Stream stream = peer.line();
            Heard heard = heard();
            assertThat(heard.line().request().method()).isEqualTo("CONNECT");
            assertThat(heard.line().request().headers().first("host")).isEqualTo("localhost");
            stream.say(RawPeer.text("to the server"));
            assertThat(heard.text()).isEqualTo("to the server");
            heard.line().sendText("to the client");
            assertThat(stream.frame().text()).isEqualTo("to the client");
            heard.line().close(new CloseStatus(4000, "enough"));
            assertThat(stream.frame().closeCode()).isEqualTo(4000);
            stream.say(RawPeer.close(4000));
            assertThat(stream.isEnded()).isTrue();
            assertThat(stream.reset).as("an orderly end is no reset").isNotDone();
            stream.end();
            assertThat(heard.status().code()).isEqualTo(4000);
        }
    }

    @Test
    void manyLinesShareOneConnection() throws Exception {
        try (H2Peer peer = peer()) {
            List<H2Peer.Stream> streams = new ArrayList<>();
            List<Heard> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                streams.add(peer.line());
                all.add(heard());
            }
            assertThat(server.connections()).isEqualTo(1);
            for (int i = 0; i < 50; i++) streams.get(i).say(RawPeer.text("line " + i));
            for (int i = 0; i < 50; i++) {
                assertThat(all.get(i).text()).isEqualTo("line " + i);
                all.get(i).line().sendText("answer " + i);
            }
            for (int i = 0; i < 50; i++)
                assertThat(streams.get(i).frame().text()).isEqualTo("answer " + i);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMessageOfAMegabytePassesTheWindowsBothWays(TlsEngine engine) throws Exception {
        serve(engine, o -> {});
        try (H2Peer peer = peer()) {
            H2Peer.Stream stream = peer.open(H2Peer.connect("/echo"), false);
            byte[] large = new byte[1 << 20];
            new Random(8441).nextBytes(large);
            for (int i = 0; i < 3; i++) {
                stream.say(RawPeer.masked(0x82, large));
                assertThat(stream.frame().payload()).isEqualTo(large);
            }
        }
    }

    @Test
    void aPeerThatDoesNotReadOneLineFillsItsQueueAndDelaysNoOther() throws Exception {
        try (H2Peer peer = peer()) {
            H2Peer.Stream stalled = peer.line();
            peer.widen();
            WebSocket full = heard().line();
            stalled.channel.config().setAutoRead(false);
            ByteBuffer chunk = ByteBuffer.allocate(100_000);
            Awaitility.await().until(() -> full.sendBinary(chunk) == SendResult.QUEUE_FULL && !full.isWritable());
            assertThat(full.queuedBytes())
                    .isBetween(900_000L, LineOptions.defaults().maxQueuedBytes() + 120_000L);
            H2Peer.Stream lively = peer.open(H2Peer.connect("/echo"), false);
            for (int i = 0; i < 100; i++) {
                lively.say(RawPeer.text("echo " + i));
                assertThat(lively.frame().text()).isEqualTo("echo " + i);
            }
            stalled.channel.config().setAutoRead(true);
            Awaitility.await().until(() -> full.isWritable() && full.queuedBytes() == 0);
        }
    }

    @Test
    void linesThatPauseReadingTakeNoMoreThanTheirWindowsAndDelayNoOther() throws Exception {
        try (H2Peer peer = peer()) {
            List<H2Peer.Stream> paused = new ArrayList<>();
            List<Heard> all = new ArrayList<>();
            for (int i = 0; i < 10; i++) {
                paused.add(peer.line());
                Heard heard = heard();
                heard.line().pauseReading();
                all.add(heard);
            }
            // More than all windows of ten streams: what the first sends beyond its own stays with it.
            for (H2Peer.Stream stream : paused) stream.say(RawPeer.masked(0x82, new byte[300_000]));
            H2Peer.Stream lively = peer.open(H2Peer.connect("/echo"), false);
            for (int i = 0; i < 50; i++) {
                lively.say(RawPeer.masked(0x82, new byte[10_000]));
                assertThat(lively.frame().payload()).hasSize(10_000);
            }
            for (Heard heard : all) {
                assertThat(heard.binarySizes).isEmpty();
                heard.line().resumeReading();
                assertThat(heard.binarySizes.poll(10, TimeUnit.SECONDS)).isEqualTo(300_000);
            }
        }
    }

    @Test
    void aResetStreamIsACutLineAndTheOthersLive() throws Exception {
        try (H2Peer peer = peer()) {
            H2Peer.Stream first = peer.line();
            Heard cut = heard();
            H2Peer.Stream second = peer.line();
            Heard alive = heard();
            first.cancel();
            assertThat(cut.status().code()).isEqualTo(1006);
            second.say(RawPeer.text("still here"));
            assertThat(alive.text()).isEqualTo("still here");
        }
    }

    @Test
    void anEndWithoutACloseIsACutLineAndIsAnsweredByAnEnd() throws Exception {
        try (H2Peer peer = peer()) {
            H2Peer.Stream stream = peer.line();
            Heard cut = heard();
            stream.end();
            assertThat(cut.status().code()).isEqualTo(1006);
            assertThat(stream.isEnded()).isTrue();
        }
    }

    @Test
    void aLineThatIsAbortedIsAResetStream() throws Exception {
        try (H2Peer peer = peer()) {
            H2Peer.Stream stream = peer.line();
            Heard heard = heard();
            heard.line().abort();
            assertThat(stream.reset()).isEqualTo(Http2Error.CANCEL);
            assertThat(heard.status().code()).isEqualTo(1006);
        }
    }

    @Test
    void aPeerThatBreaksARuleStillReadsOurClose() throws Exception {
        try (H2Peer peer = peer()) {
            H2Peer.Stream stream = peer.line();
            Heard heard = heard();
            stream.say(new byte[] {(byte) 0x81, 5, 'h', 'e', 'l', 'l', 'o'}); // unmasked
            for (int i = 0; i < 20; i++) stream.say(RawPeer.masked(0x82, new byte[60_000]));
            assertThat(stream.frame().closeCode()).isEqualTo(1002);
            assertThat(stream.isEnded()).isTrue();
            assertThat(heard.status().code()).isEqualTo(1002);
        }
    }

    // --- requests
    // ----------------------------------------------------------------------------------------------------------------

    @Test
    void theServersSubprotocolIsChosen() throws Exception {
        try (H2Peer peer = peer()) {
            Http2Headers asked = H2Peer.connect("/").add("sec-websocket-protocol", "a, b");
            assertThat(peer.open(asked, false).head().get("sec-websocket-protocol"))
                    .hasToString("b");
            assertThat(heard().line().subprotocol()).isEqualTo("b");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/nowhere, websocket, 13, https://localhost, 404",
        "/, websocket, 13, https://evil.example, 403",
        "/, websocket, 13, null, 403",
        "/, websocket, 12, https://localhost, 400",
        "/, connect-udp, 13, https://localhost, 501",
    })
    void refusalsAreThoseOfHttp11(String path, String protocol, String version, String origin, int status)
            throws Exception {
        try (H2Peer peer = peer()) {
            Http2Headers asked = H2Peer.connect(path).set(":protocol", protocol);
            asked.set("sec-websocket-version", version).set("origin", origin);
            H2Peer.Stream stream = peer.open(asked, false);
            assertThat(stream.status()).isEqualTo(status);
            H2Peer.Stream good = peer.open(H2Peer.connect("/").set("origin", "https://localhost"), false);
            assertThat(good.status()).as("the connection goes on").isEqualTo(200);
        }
    }

    @Test
    void plainRequestsAreAnsweredToo() throws Exception {
        serve(o -> o.maxHttpBodyBytes(1_000));
        try (H2Peer peer = peer()) {
            assertThat(peer.open(H2Peer.get("/a?b=c"), true).body()).isEqualTo("GET /a?b=c 0");
            H2Peer.Stream post = peer.open(H2Peer.get("/post").method("POST"), false);
            post.say(new byte[300]).say(new byte[400]).end();
            assertThat(post.body()).isEqualTo("POST /post 700");
            H2Peer.Stream head = peer.open(H2Peer.get("/head").method("HEAD"), true);
            assertThat(head.head().get("content-length")).hasToString("12");
            assertThat(head.body()).isEmpty();
            H2Peer.Stream large = peer.open(H2Peer.get("/large").method("POST"), false);
            assertThat(large.say(new byte[1_001]).status()).isEqualTo(413);
            H2Peer.Stream tunnel = peer.open(
                    new io.netty.handler.codec.http2.DefaultHttp2Headers()
                            .method("CONNECT")
                            .authority("a:1"),
                    true);
            assertThat(tunnel.status()).isEqualTo(405);
        }
    }

    @Test
    void unfinishedBodiesOfOneConnectionShareOneBound() throws Exception {
        serve(o -> o.maxHttpBodyBytes(1_000));
        try (H2Peer peer = peer()) {
            H2Peer.Stream first = peer.open(H2Peer.get("/1").method("POST"), false);
            first.say(new byte[600]);
            H2Peer.Stream second = peer.open(H2Peer.get("/2").method("POST"), false);
            second.say(new byte[600]);
            assertThat(second.status()).isEqualTo(413);
            first.end();
            assertThat(first.body()).isEqualTo("POST /1 600");
            H2Peer.Stream third = peer.open(H2Peer.get("/3").method("POST"), false);
            third.say(new byte[900]).end();
            assertThat(third.body()).as("what the first held is free again").isEqualTo("POST /3 900");
        }
    }

    @Test
    void whoDoesNotOfferHttp2GetsHttp11() throws Exception {
        try (RawPeer peer = TlsPeer.open(server.port(), certificates)) {
            Heard heard = heard();
            peer.say(RawPeer.text("hello"));
            assertThat(heard.text()).isEqualTo("hello");
            assertThat(heard.line().request().method()).isEqualTo("GET");
        }
    }

    // --- limits
    // ------------------------------------------------------------------------------------------------------------------

    @Test
    void aConnectionWithoutStreamsIsClosedInTime() throws Exception {
        serve(o -> o.handshakeTimeout(Duration.ofSeconds(2)).keepAliveTimeout(Duration.ofMillis(200)));
        try (H2Peer never = peer();
                H2Peer once = peer()) {
            assertThat(once.open(H2Peer.get("/"), true).body()).isEqualTo("GET / 0");
            assertThat(once.goAway.get(10, TimeUnit.SECONDS)).isEqualTo(Http2Error.NO_ERROR);
            Awaitility.await().until(() -> !once.connection.isActive() && !never.connection.isActive());
        }
    }

    @Test
    void aRequestThatNeverEndsIsResetInTimeAndTheConnectionLives() throws Exception {
        serve(o -> o.handshakeTimeout(Duration.ofSeconds(2)));
        try (H2Peer peer = peer()) {
            H2Peer.Stream line = peer.line();
            H2Peer.Stream slow = peer.open(H2Peer.get("/").method("POST"), false);
            assertThat(slow.reset()).isEqualTo(Http2Error.CANCEL);
            line.say(RawPeer.text("still here"));
            assertThat(heard().text()).isEqualTo("still here");
        }
    }

    @Test
    void streamsBeyondTheLimitAreRefusedOneByOne() throws Exception {
        serve(o -> o.maxStreamsPerConnection(2));
        try (H2Peer peer = peer()) {
            assertThat(peer.settings.get(10, TimeUnit.SECONDS).maxConcurrentStreams())
                    .isEqualTo(2);
            peer.line();
            H2Peer.Stream second = peer.line();
            heard();
            Heard alive = heard();
            // Netty's client keeps to the server's limit and refuses by itself, so the server is never asked.
            assertThat(peer.open(H2Peer.connect("/"), false)
                            .channel
                            .closeFuture()
                            .await(10, TimeUnit.SECONDS))
                    .isTrue();
            second.say(RawPeer.text("still here"));
            assertThat(alive.text()).isEqualTo("still here");
        }
    }

    /** Frame head (RFC 9113 §4.1): length, type, no flags, stream. */
    private static byte[] frames(int count, String head, String payload) {
        return HexFormat.of().parseHex((head + payload).repeat(count));
    }

    @Test
    void aFloodOfResetsEndsTheConnection() throws Exception {
        try (H2Peer peer = peer()) {
            peer.line();
            Heard alive = heard();
            for (int i = 0; i < 300 && !peer.goAway.isDone(); i++) {
                try {
                    // The application takes its time to decide, so the stream is alive when it is reset.
                    peer.open(H2Peer.connect("/never"), false).cancel();
                } catch (java.util.concurrent.ExecutionException refused) {
                    break; // by the client itself, who knows of the goodbye
                }
            }
            assertThat(alive.status().code()).isEqualTo(1006);
            endedForTheFlood(peer);
        }
    }

    @Test
    void aFloodOfEmptyFramesEndsTheConnection() throws Exception {
        try (H2Peer peer = peer()) {
            peer.line();
            Heard heard = heard();
            peer.raw(frames(50, "000000" + "00" + "00" + "00000003", ""));
            assertThat(heard.status().code()).isEqualTo(1006);
            endedForTheFlood(peer);
        }
    }

    /** A server that closes while more of the flood comes in resets the connection, and its goodbye may be lost with that. */
    private static void endedForTheFlood(H2Peer peer) throws Exception {
        assertThat(peer.connection.closeFuture().await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(peer.goAway.getNow(Http2Error.ENHANCE_YOUR_CALM)).isEqualTo(Http2Error.ENHANCE_YOUR_CALM);
    }

    @Test
    void headersOverTheLimitAre431() throws Exception {
        serve(o -> o.maxHttpHeaderBytes(4_096));
        try (H2Peer peer = peer()) {
            Http2Headers asked = H2Peer.get("/");
            // A little more than the limit; from a quarter more on the whole connection is ended.
            for (int i = 0; i < 4; i++) asked.add("x-" + i, "y".repeat(1_000));
            assertThat(peer.settings.get(10, TimeUnit.SECONDS).maxHeaderListSize())
                    .isEqualTo(4_096);
            assertThat(peer.open(asked, true).status()).isEqualTo(431);
        }
    }

    @Test
    void aDrainSaysGoodbyeToTheConnectionAndToItsLines() throws Exception {
        try (H2Peer peer = peer()) {
            H2Peer.Stream stream = peer.line();
            heard().line();
            CompletableFuture<Drained> drained = server.drain(Duration.ofSeconds(8));
            assertThat(stream.frame().closeCode()).isEqualTo(1001);
            assertThat(peer.goAway.get(10, TimeUnit.SECONDS)).isEqualTo(Http2Error.NO_ERROR);
            stream.say(RawPeer.close(1001)).end();
            drained.get(10, TimeUnit.SECONDS);
            Awaitility.await().until(() -> !peer.connection.isActive());
        }
    }
}
