package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PlainHttpTest {
    private final CompletableFuture<HttpResponse> slow = new CompletableFuture<>();
    private final AtomicInteger larges = new AtomicInteger();
    private WebSocketServer server;

    @BeforeEach
    void listen() throws Exception {
        server = WebSocketServer.listen(o -> o.port(0)
                .transport(Transport.NIO)
                .maxHttpBodyBytes(100)
                .keepAliveTimeout(Duration.ofMillis(300))
                .http(request -> switch (request.path()) {
                    case "/slow" -> slow;
                    case "/large" -> {
                        larges.incrementAndGet();
                        yield CompletableFuture.completedStage(HttpResponse.text(200, "x".repeat(16 << 20)));
                    }
                    case "/fails" -> CompletableFuture.failedStage(new IllegalStateException("on purpose"));
                    case "/throws" -> throw new IllegalStateException("on purpose");
                    default ->
                        CompletableFuture.completedStage(HttpResponse.text(
                                200,
                                request.method() + " " + request.path() + " " + request.query("q") + " "
                                        + request.body().length));
                }));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n";
    }

    private static String answer(RawPeer peer) throws Exception {
        String head = peer.head();
        int length = head.indexOf("content-length: ");
        return head.substring(9, 12) + " "
                + peer.body(Integer.parseInt(head.substring(length + 16, head.indexOf("\r\n", length))));
    }

    @Test
    void requestsOfOneConnectionAreAnsweredInTheirOrder() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(get("/slow") + get("/a%20b?q=1") + get("/c"));
            slow.complete(HttpResponse.text(200, "at last"));
            assertThat(answer(peer)).isEqualTo("200 at last");
            assertThat(answer(peer)).isEqualTo("200 GET /a b 1 0");
            assertThat(answer(peer)).isEqualTo("200 GET /c null 0");
            assertThat(peer.isEnded()).as("an idle connection is closed").isTrue();
        }
    }

    @Test
    void whoeverReadsNothingIsMadeOneAnswerAndNoMore() throws Exception {
        try (RawPeer greedy = RawPeer.connect(server.port());
                RawPeer neighbour = RawPeer.connect(server.port())) {
            greedy.say(get("/large").repeat(5));
            for (int i = 0; i < 20; i++) {
                neighbour.say(get("/n"));
                assertThat(answer(neighbour)).isEqualTo("200 GET /n null 0");
            }
            assertThat(larges).hasValueLessThanOrEqualTo(1);
            for (int i = 0; i < 5; i++) assertThat(answer(greedy)).hasSize(4 + (16 << 20));
            assertThat(larges).hasValue(5);
        }
    }

    @Test
    void aHandlerThatFailsOrThrowsIsAnsweredWith500() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(get("/fails") + get("/throws") + get("/x"));
            assertThat(answer(peer)).startsWith("500");
            assertThat(answer(peer)).startsWith("500");
            assertThat(answer(peer)).startsWith("200");
        }
    }

    @Test
    void aBodyOverItsBoundGets413() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 101\r\n\r\n" + "x".repeat(101));
            assertThat(peer.head()).startsWith("HTTP/1.1 413 ");
        }
    }

    @Test
    void aHeadRequestHasNoBody() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("HEAD /x HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(peer.head()).startsWith("HTTP/1.1 200 ").contains("content-length: 14");
            assertThat(peer.isEnded()).isTrue();
        }
    }

    @Test
    void aPortInUseIsSaidInOneSentence() {
        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> WebSocketServer.listen(o -> o.port(server.port()).transport(Transport.NIO)))
                .isInstanceOf(java.io.IOException.class)
                .hasMessage("port " + server.port() + " on 127.0.0.1 is already in use");
    }
}
