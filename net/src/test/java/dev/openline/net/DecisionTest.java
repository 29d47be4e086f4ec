package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an application may answer to a request for an upgrade, and when. */
class DecisionTest {
    private static final Attribute<String> USER = Attribute.named("user");

    private final BlockingQueue<HttpRequest> asked = new LinkedBlockingQueue<>();
    private final CompletableFuture<UpgradeDecision> decision = new CompletableFuture<>();
    private final Heard heard = new Heard();
    private WebSocketServer server;

    @BeforeEach
    void listen() throws Exception {
        server = WebSocketServer.listen(o -> o.port(0)
                .transport(Transport.NIO)
                .decisionTimeout(Duration.ofMillis(600))
                .route(
                        "/later/{room}",
                        route -> route.subprotocols("v1", "v2").decideLater(request -> {
                            asked.add(request);
                            return decision;
                        }))
                .route("/null", route -> route.decide(request -> null))
                .route("/no-stage", route -> route.decideLater(request -> null))
                .route(
                        "/throws",
                        route -> route.decide(request -> {
                            throw new IllegalStateException("on purpose");
                        })));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private HttpRequest request() throws InterruptedException {
        HttpRequest request = asked.poll(10, TimeUnit.SECONDS);
        if (request == null) throw new AssertionError("not asked within ten seconds");
        return request;
    }

    private RawPeer asking(String path, String more) throws Exception {
        return RawPeer.connect(server.port()).say(RawPeer.upgrade(path, more));
    }

    @Test
    void anAnswerOfAnotherThreadOpensTheLineAndItsAttributesAreReadThere() throws Exception {
        try (RawPeer peer = asking("/later/a%2Fb?x=1&x=2", "")) {
            HttpRequest request = request();
            assertThat(request.pathParameter("room")).isEqualTo("a/b");
            assertThat(request.queries("x")).containsExactly("1", "2");
            assertThat(request.attribute(USER)).isNull();
            decision.complete(
                    new UpgradeDecision.Open(heard).with(USER, "alice").withHeader("Set-Cookie", "a=1"));
            assertThat(peer.head()).startsWith("HTTP/1.1 101 ").contains("Set-Cookie: a=1\r\n");
            assertThat(heard.line().attribute(USER)).isEqualTo("alice");
            assertThat(heard.line().request().pathParameter("room")).isEqualTo("a/b");
        }
    }

    @Test
    void framesGluedToTheRequestWaitForTheDecisionInTheirOrder() throws Exception {
        try (RawPeer peer = asking("/later/a", "")) {
            peer.say(RawPeer.text("one")).say(RawPeer.text("two"));
            request();
            peer.say(RawPeer.text("three"));
            decision.complete(new UpgradeDecision.Open(heard));
            assertThat(peer.head()).startsWith("HTTP/1.1 101 ");
            peer.say(RawPeer.text("four"));
            for (String expected : new String[] {"one", "two", "three", "four"}) {
                assertThat(heard.text()).isEqualTo(expected);
            }
        }
    }

    @Test
    void anUpgradeBehindAPlainRequestWaitsForItsTurn() throws Exception {
        try (RawPeer peer = RawPeer.connect(server.port())) {
            decision.complete(new UpgradeDecision.Open(heard));
            java.io.ByteArrayOutputStream all = new java.io.ByteArrayOutputStream();
            all.writeBytes("GET /x HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            all.writeBytes(RawPeer.upgrade("/later/a", "").getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
            all.writeBytes(RawPeer.text("glued"));
            peer.say(all.toByteArray());
            assertThat(peer.head()).startsWith("HTTP/1.1 404 ");
            peer.body("nothing here\n".length());
            assertThat(peer.head()).startsWith("HTTP/1.1 101 ");
            assertThat(heard.text()).isEqualTo("glued");
        }
    }

    @Test
    void whatAPeerSendsBeforeTheDecisionIsBounded() throws Exception {
        try (RawPeer peer = asking("/later/a", "")) {
            request();
            byte[] flood = new byte[64 << 20];
            CompletableFuture<Void> sent = CompletableFuture.runAsync(() -> {
                try {
                    peer.say(flood);
                } catch (java.io.IOException cut) {
                    throw new java.io.UncheckedIOException(cut);
                }
            });
            // 64 MiB are more than any socket buffers hold: the peer stalls until it is refused and cut.
            assertThat(peer.head()).startsWith("HTTP/1.1 503 ");
            assertThatThrownBy(() -> sent.get(10, TimeUnit.SECONDS))
                    .hasCauseInstanceOf(java.io.UncheckedIOException.class);
        }
    }

    @Test
    void noAnswerInTimeIsAnsweredWith503AndALateOneChangesNothing() throws Exception {
        try (RawPeer peer = asking("/later/a", "")) {
            assertThat(peer.head()).startsWith("HTTP/1.1 503 ").containsIgnoringCase("retry-after: 5\r\n");
            peer.body("no decision in time\n".length());
            decision.complete(new UpgradeDecision.Open(heard));
            assertThat(peer.isEnded()).isTrue();
            assertThat(heard.opened).isNotDone();
        }
    }

    @Test
    void anAnswerForAPeerThatLeftOpensNothing() throws Exception {
        try (RawPeer peer = asking("/later/a", "")) {
            request();
            peer.socket().setSoLinger(true, 0);
        }
        // The reset is heard before what this connection asks, since one loop after the other has a turn.
        try (RawPeer after = asking("/later/b", "")) {
            request();
            Heard second = heard;
            decision.complete(new UpgradeDecision.Open(second));
            assertThat(after.head()).startsWith("HTTP/1.1 101 ");
            Awaitility.await().until(second.opened::isDone);
        }
    }

    @Test
    void aFaultOfTheDecisionIsAnsweredWith500() throws Exception {
        for (String path : new String[] {"/null", "/no-stage", "/throws"}) {
            try (RawPeer peer = asking(path, "")) {
                assertThat(peer.head()).as(path).startsWith("HTTP/1.1 500 ");
            }
        }
        decision.completeExceptionally(new IllegalStateException("on purpose"));
        try (RawPeer peer = asking("/later/a", "")) {
            assertThat(peer.head()).startsWith("HTTP/1.1 500 ");
        }
    }

    @Test
    void theDecisionMayChooseAmongTheOfferedSubprotocols() throws Exception {
        decision.complete(new UpgradeDecision.Open(heard).withSubprotocol("v9"));
        try (RawPeer peer = asking("/later/a", "Sec-WebSocket-Protocol: v1, v9\r\n")) {
            assertThat(peer.head()).startsWith("HTTP/1.1 101 ").contains("Sec-WebSocket-Protocol: v9\r\n");
            assertThat(heard.line().subprotocol()).isEqualTo("v9");
        }
        try (RawPeer peer = asking("/later/a", "Sec-WebSocket-Protocol: v1\r\n")) {
            assertThat(peer.head()).startsWith("HTTP/1.1 500 ");
        }
    }

    @Test
    void aDecisionCannotTouchTheHandshakeOrSmuggleLines() {
        UpgradeDecision.Open open = new UpgradeDecision.Open(heard);
        for (String name : new String[] {"Connection", "Sec-WebSocket-Accept", "content-length", "a b", ""}) {
            assertThatThrownBy(() -> open.withHeader(name, "x")).isInstanceOf(IllegalArgumentException.class);
        }
        for (String value : new String[] {"a\r\nb: c", "a\nb", "a\0"}) {
            assertThatThrownBy(() -> open.withHeader("x-a", value)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
