package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("RFC 6455 §4.2 the server's side of the opening handshake, over a socket")
class UpgradeTest {
    private static WebSocketServer server;

    @BeforeAll
    static void listen() throws IOException {
        server = WebSocketServer.listen(o -> o.port(0)
                .transport(Transport.NIO)
                .handshakeTimeout(Duration.ofMillis(700))
                .webSocket("/", request -> new WebSocketHandler() {
                    @Override
                    public void onText(WebSocket line, String text) {
                        line.sendText(text);
                    }
                })
                .upgrades(
                        "/closed",
                        java.util.List.of(),
                        request -> new UpgradeDecision.Refuse(HttpResponse.text(403, "no\n"))));
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static String answerTo(String request) throws IOException {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            String head = peer.say(request).head();
            int length = head.indexOf("content-length: ");
            if (length >= 0) peer.body(Integer.parseInt(head.substring(length + 16, head.indexOf("\r\n", length))));
            assertThat(peer.isEnded())
                    .as("the connection is closed after a refusal")
                    .isTrue();
            return head;
        }
    }

    private static String good() {
        return RawPeer.upgrade("/", "");
    }

    @Test
    void anUpgradeIsAnsweredWith101AndTheHashOfItsKey() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            String head = peer.say(good()).head();
            assertThat(head).startsWith("HTTP/1.1 101 Switching Protocols\r\n");
            assertThat(head).contains("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
            assertThat(head.toLowerCase(Locale.ROOT))
                    .doesNotContain("content-length")
                    .doesNotContain("sec-websocket-protocol");
        }
    }

    @ParameterizedTest(name = "{0} -> {2}")
    @CsvSource({
        "Sec-WebSocket-Version: 13, Sec-WebSocket-Version: 12, 426",
        "Sec-WebSocket-Version: 13, Sec-WebSocket-Version: x, 426",
        "GET /, POST /, 405",
        "Host: 127.0.0.1, X-Host: 127.0.0.1, 400",
        "Connection: Upgrade, Connection: keep-alive, 400",
        "dGhlIHNhbXBsZSBub25jZQ==, dGhlIHNhbXBsZQ==, 400",
        "GET / , GET /nowhere , 404",
        "GET / , GET /closed , 403",
    })
    void aWrongHandshakeGetsItsStatus(String right, String wrong, int status) throws Exception {
        String head = answerTo(good().replaceFirst(right, wrong));
        assertThat(head).startsWith("HTTP/1.1 " + status + " ");
        if (status == 426) assertThat(head.toLowerCase(Locale.ROOT)).contains("sec-websocket-version: 13\r\n");
        if (status == 405) assertThat(head.toLowerCase(Locale.ROOT)).contains("allow: get\r\n");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "null",
                "https://evil.example",
                "http://127.0.0.1.evil.example",
                "http://127.0.0.1:81",
                "http://127.0.0.1.",
                "http://user@127.0.0.1",
                "http://127.0.0.1/path",
                "127.0.0.1",
                "file://",
                "http://"
            })
    void aPageOfAnotherOriginMayNotOpenALine(String origin) throws Exception {
        assertThat(answerTo(RawPeer.upgrade("/", "Origin: " + origin + "\r\n"))).startsWith("HTTP/1.1 403 ");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://127.0.0.1", "https://127.0.0.1", "HTTP://127.0.0.1", "http://127.0.0.1:80"})
    void aPageOfTheSameHostMay(String origin) throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            assertThat(peer.say(RawPeer.upgrade("/", "Origin: " + origin + "\r\n"))
                            .head())
                    .startsWith("HTTP/1.1 101 ");
        }
    }

    @Test
    void twoOriginsAreNoOrigin() throws Exception {
        assertThat(answerTo(RawPeer.upgrade("/", "Origin: http://127.0.0.1\r\nOrigin: https://evil.example\r\n")))
                .startsWith("HTTP/1.1 403 ");
    }

    @Test
    void aRequestThatIsNotHttpGets400() throws Exception {
        assertThat(answerTo("\0\1\2 hello\r\n\r\n")).startsWith("HTTP/1.1 400 ");
    }

    @Test
    void headersBeyondTheirBoundGet431() throws Exception {
        assertThat(answerTo(RawPeer.upgrade("/", "X-Long: " + "x".repeat(20_000) + "\r\n")))
                .startsWith("HTTP/1.1 431 ");
    }

    @Test
    void aHandshakeThatDribblesIsCutAtItsDeadline() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("GET / HTTP/1.1\r\nHost: ");
            assertThat(peer.isEnded()).isTrue();
        }
    }

    @Test
    void aConnectionThatSaysNothingIsCutAtItsDeadline() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            assertThat(peer.isEnded()).isTrue();
        }
    }

    @Test
    void aFrameGluedToTheRequestIsHeard() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            byte[] request = good().getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
            byte[] frame = RawPeer.text("glued");
            byte[] both = java.util.Arrays.copyOf(request, request.length + frame.length);
            System.arraycopy(frame, 0, both, request.length, frame.length);
            peer.say(both);
            assertThat(peer.head()).startsWith("HTTP/1.1 101 ");
            assertThat(peer.frame().text()).isEqualTo("glued");
        }
    }

    @Test
    void anUpgradeWithABodyIsRefused() throws Exception {
        assertThat(answerTo(RawPeer.upgrade("/", "Content-Length: 3\r\n") + "abc"))
                .startsWith("HTTP/1.1 400 ");
    }
}
