package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("what a hostile peer may say before it has a line")
class HandshakeAttackTest {
    private static final BlockingQueue<HttpRequest> answered = new LinkedBlockingQueue<>();
    private static final BlockingQueue<HttpRequest> opened = new LinkedBlockingQueue<>();
    private static WebSocketServer server;

    @BeforeAll
    static void listen() throws IOException {
        server = WebSocketServer.listen(o -> o.port(0)
                .transport(Transport.NIO)
                .handshakeTimeout(Duration.ofMillis(700))
                .keepAliveTimeout(Duration.ofSeconds(60))
                .maxHttpBodyBytes(1000)
                .http(request -> {
                    answered.add(request);
                    return CompletableFuture.completedStage(HttpResponse.text(200, "ok"));
                })
                .route("/chat/{room}", route -> route.subprotocols("v1").handler(HandshakeAttackTest::open)));
    }

    private static WebSocketHandler open(HttpRequest request) {
        opened.add(request);
        return new WebSocketHandler() {
            @Override
            public void onText(WebSocket line, String text) {
                line.sendText(text);
            }
        };
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @AfterEach
    void nothingElseWasHeard() {
        answered.clear();
        opened.clear();
    }

    private static String upgrade(String more) {
        return RawPeer.upgrade("/chat/a", more);
    }

    /** The status of the only answer, after which the connection is closed; all of the answer is free of the peer's marked bytes. */
    private static String onlyAnswerTo(String said) throws IOException {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            String all =
                    new String(peer.say(said).socket().getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(all).startsWith("HTTP/1.1 ").doesNotContain("EVIL");
            assertThat(all.indexOf("HTTP/1.1 ", 1)).as("one answer: %s", all).isNegative();
            return all.substring(9, 12);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X: a\r\n EVIL: folded\r\n",
                "X: a\rEVIL: b\r\n",
                "X: a\nEVIL: b\r\n",
                "X: a\0EVIL\r\n",
                "X: a\bEVIL\r\n",
                "X: a\u007fEVIL\r\n",
                "X : EVIL\r\n",
                "\0X: EVIL\r\n",
                "X\r: EVIL\r\n",
                "X(: EVIL\r\n",
                ": EVIL\r\n",
                "EVIL\r\n",
                "Sec-WebSocket-Protocol: v1\rEVIL\r\n",
                "Sec-WebSocket-Protocol: v1, EVIL\0\r\n",
                "Sec-WebSocket-Protocol: v1, EVIL EVIL\r\n",
                "Sec-WebSocket-Protocol: v1, EVIL, EVIL\r\n",
                "Sec-WebSocket-Protocol: v1,,\r\n",
                "Sec-WebSocket-Extensions: EVIL\b\r\n",
                "Sec-WebSocket-Extensions: x; EVIL=\"\r\n",
                "Sec-WebSocket-Extensions: x; EVIL=\"a\\\r\n",
                "Sec-WebSocket-Extensions: x;;\r\n",
                "Host: EVIL\r\n",
                "Host: 127.0.0.1\r\n",
                "Transfer-Encoding: chunked\r\n",
                "Transfer-Encoding: EVIL\r\n",
                "Content-Length: 0\r\nContent-Length: 1\r\n",
                "Content-Length: +1\r\n",
                "Content-Length: -1\r\n",
                "Content-Length: 0x1\r\n",
                "Content-Length: 1, 1\r\n",
                "Content-Length: 99999999999999999999\r\n",
                "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n"
            })
    void aMalformedHeadIsRefusedAndNothingOfItIsSaidBack(String fields) throws Exception {
        if (fields.contains(" EVIL: folded")) {
            // RFC 9112 §5.2 lets a server join the lines by a blank: then the second is part of a value, and no field.
            try (RawPeer peer = RawPeer.connect(server.port())) {
                peer.say(upgrade(fields)).head();
                HttpRequest request = opened.poll(10, TimeUnit.SECONDS);
                assertThat(request.headers().first("EVIL")).isNull();
                assertThat(request.headers().first("X")).isEqualTo("a EVIL: folded");
            }
            return;
        }
        assertThat(onlyAnswerTo(upgrade(fields) + "0\r\n\r\n")).isIn("400", "413");
        assertThat(opened).isEmpty();
        assertThat(answered).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET /chat/a HTTP/1.1\r\nUpgrade: websocket\r\n\r\n",
                "GET /chat/a\0 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /chat/\u00e9 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /chat/a\r HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /chat/a HTTP/1.1\nHost: a\n\n",
                "GET /chat/%zz HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /chat/a?x=%2 HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /chat/a HTTP/1.1\r\nHost: a b\r\n\r\n",
                "GET /chat/a HTTP/1.1\r\nHost: u@a\r\n\r\n",
                "GET /chat/a HTTP/1.1\r\nHost: a:99999\r\n\r\n",
                "GET /chat/a HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
                "GET /chat/a\r\n\r\n",
                "GET\r\n\r\n",
                "G\0T / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/1.1 EVIL\r\nHost: a\r\n\r\n",
                "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /\tHTTP/1.1\r\nHost: a\r\n\r\n",
                "GET /#EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "GET / HTTP/11\r\nHost: a\r\n\r\n",
                "GET / EVIL/1.1\r\nHost: a\r\n\r\n",
                "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, EVIL\r\n\r\n0\r\n\r\nGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\nGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\nGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\nGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\nGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\nGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\nGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n\r\n0\r\n\r\nGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n",
                "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nabGET /EVIL HTTP/1.1\r\nHost: a\r\n\r\n"
            })
    void aMalformedRequestIsRefusedAndNothingBehindItIsRead(String request) throws Exception {
        assertThat(onlyAnswerTo(request)).isIn("400", "505");
        assertThat(opened).isEmpty();
        assertThat(answered).isEmpty();
    }

    @Test
    void aChunkedBodyIsReadHoweverTheWordIsWritten() throws Exception {
        assertThat(
                        onlyAnswerTo(
                                "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding:  Chunked \r\n\r\n0\r\n\r\n"))
                .isEqualTo("200");
    }

    @Test
    void anExtensionOfAChunkBeyondItsBoundGets400InWordsOfItsOwn() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1;" + "x".repeat(9_000) + "\r\n");
            assertThat(peer.head()).startsWith("HTTP/1.1 400 ");
        }
        assertThat(answered).isEmpty();
    }

    @Test
    void anUpgradeInHttp10IsRefused() throws Exception {
        assertThat(onlyAnswerTo(upgrade("").replace("HTTP/1.1", "HTTP/1.0"))).isEqualTo("400");
        assertThat(opened).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "/chat/.., 400",
        "/chat/%2e%2e, 400",
        "/chat/., 400",
        "/chat/a%0d%0ab, 400",
        "/chat/%00, 400",
        "/chat/a/b, 404"
    })
    void aPathThatOthersMayReadInAnotherWayIsRefused(String path, String status) throws Exception {
        assertThat(onlyAnswerTo(RawPeer.upgrade(path, ""))).isEqualTo(status);
        assertThat(opened).isEmpty();
    }

    @Test
    void headerFieldsAreBoundedInNumberNotOnlyInSize() throws Exception {
        StringBuilder many = new StringBuilder();
        for (int i = 0; i < 95; i++) many.append("a:\r\n");
        assertThat(onlyAnswerTo(upgrade(many + "a:\r\n"))).isEqualTo("431");
        try (RawPeer peer = RawPeer.connect(server.port())) {
            // 95 and the five of the handshake: a hundred may be.
            assertThat(peer.say(upgrade(many.toString())).head()).startsWith("HTTP/1.1 101 ");
        }
    }

    @Test
    void headerFieldsAreCountedWhileTheyCome() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("GET / HTTP/1.1\r\n" + "a:\r\n".repeat(102));
            assertThat(peer.head()).as("before the head has ended").startsWith("HTTP/1.1 431 ");
        }
    }

    @Test
    void trailersAreCountedToo() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + "a:\r\n".repeat(101)
                    + "\r\n");
            assertThat(peer.head()).startsWith("HTTP/1.1 4");
        }
        assertThat(answered).isEmpty();
    }

    @Test
    void aRequestLineBeyondItsBoundGets414() throws Exception {
        assertThat(onlyAnswerTo("GET /" + "x".repeat(9_000) + " HTTP/1.1\r\nHost: a\r\n\r\n"))
                .isEqualTo("414");
        assertThat(onlyAnswerTo("GET /" + "x".repeat(9_000))).isEqualTo("414");
    }

    @Test
    void anAbsoluteTargetIsReadAndItsHostCounts() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            String said = RawPeer.upgrade("http://b.example:81/chat/a?x=1", "Origin: http://b.example:81\r\n");
            assertThat(peer.say(said).head()).startsWith("HTTP/1.1 101 ");
            HttpRequest request = opened.poll(10, TimeUnit.SECONDS);
            assertThat(request.path()).isEqualTo("/chat/a");
            assertThat(request.host()).isEqualTo("b.example:81");
            assertThat(request.query("x")).isEqualTo("1");
        }
        assertThat(onlyAnswerTo(RawPeer.upgrade("http://b.example/chat/a", "Origin: http://127.0.0.1\r\n")))
                .isEqualTo("403");
    }

    @Test
    void requestsBehindAnUpgradeAreFramesAndBadOnes() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(upgrade("") + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(peer.head()).startsWith("HTTP/1.1 101 ");
            peer.expectClose(dev.openline.wire.CloseStatus.PROTOCOL_ERROR);
        }
        assertThat(answered).isEmpty();
    }

    @Test
    void requestsBehindARefusedUpgradeAreNotRead() throws Exception {
        String refused = RawPeer.upgrade("/nowhere", "");
        assertThat(onlyAnswerTo(refused + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n"))
                .isEqualTo("404");
        assertThat(onlyAnswerTo(refused + upgrade(""))).isEqualTo("404");
        assertThat(answered).isEmpty();
        assertThat(opened).isEmpty();
    }

    @Test
    void requestsBehindTheLastOneAreNotRead() throws Exception {
        String last = "GET /first HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
        assertThat(onlyAnswerTo(last + "GET /second HTTP/1.1\r\nHost: a\r\n\r\n"))
                .isEqualTo("200");
        assertThat(answered.poll().path()).isEqualTo("/first");
        assertThat(onlyAnswerTo(last + upgrade(""))).isEqualTo("200");
        assertThat(opened).isEmpty();
    }

    @Test
    void aHandshakeInPiecesOfOneByteIsReadAndEveryByteIsNotANewDeadline() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            for (char c : upgrade("").toCharArray()) peer.say("" + c);
            assertThat(peer.head()).startsWith("HTTP/1.1 101 ");
        }
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("GET /chat/a HTTP/1.1\r\nX: ");
            assertThat(dribbleUntilCut(peer)).isTrue();
        }
    }

    /** One byte after the other for as long as the server takes them. A deadline per byte would never come, and the bound on headers late. */
    private static boolean dribbleUntilCut(RawPeer peer) throws Exception {
        for (int i = 0; i < 2_000; i++) {
            try {
                peer.say("x");
            } catch (IOException cut) {
                return true;
            }
            // Waits for an answer or the end, and takes silence for leave to go on.
            peer.socket().setSoTimeout(10);
            try {
                if (peer.socket().getInputStream().read() < 0) return true;
            } catch (java.net.SocketTimeoutException silence) {
                continue;
            } catch (IOException cut) {
                return true;
            }
        }
        return false;
    }

    @Test
    void aSecondRequestThatDribblesIsCutAtTheHandshakesDeadlineNotAtTheIdleOne() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("GET /x HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(peer.head()).startsWith("HTTP/1.1 200 ");
            peer.body(2);
            // Idle connections have 60 s, which is more than a read of this peer waits.
            peer.say("GET /y HT");
            assertThat(peer.isEnded()).isTrue();
        }
    }

    @Test
    void manyConnectionsThatNeverSayAnythingAreCutAndOthersAreServedMeanwhile() throws Exception {
        List<RawPeer> silent = new ArrayList<>();
        try {
            for (int i = 0; i < 500; i++) silent.add(RawPeer.connect(server.port()));
            try (RawPeer peer = RawPeer.connect(server.port())) {
                assertThat(peer.say(upgrade("")).head()).startsWith("HTTP/1.1 101 ");
                for (RawPeer other : silent) assertThat(other.isEnded()).isTrue();
                assertThat(peer.say(RawPeer.text("hello")).frame().text()).isEqualTo("hello");
            }
        } finally {
            for (RawPeer peer : silent) peer.close();
        }
    }

    @Test
    void aFrameSplitAtAnyByteBehindTheRequestIsHeard() throws Exception {
        byte[] request = upgrade("").getBytes(StandardCharsets.ISO_8859_1);
        byte[] frame = RawPeer.text("glued");
        byte[] both = Arrays.copyOf(request, request.length + frame.length);
        System.arraycopy(frame, 0, both, request.length, frame.length);
        for (int cut = request.length - 4; cut < both.length; cut++) {
            try (RawPeer peer = RawPeer.connect(server.port())) {
                peer.say(Arrays.copyOf(both, cut)).say(Arrays.copyOfRange(both, cut, both.length));
                assertThat(peer.head()).startsWith("HTTP/1.1 101 ");
                assertThat(peer.frame().text()).as("cut at %s", cut).isEqualTo("glued");
            }
        }
    }

    @Test
    void anEmptyChunkedBodyIsABody() throws Exception {
        assertThat(onlyAnswerTo(upgrade("Transfer-Encoding: chunked\r\n") + "0\r\n\r\n"))
                .isEqualTo("400");
        assertThat(opened).isEmpty();
    }

    @Test
    void aRefusalIsReadThoughThePeerGoesOnSending() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n" + "x".repeat(400_000));
            assertThat(peer.head().toLowerCase(Locale.ROOT))
                    .startsWith("http/1.1 413 ")
                    .contains("connection: close");
        }
    }
}
