package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What unfinished handshakes may hold together. */
class HandshakeBudgetTest {
    private final CompletableFuture<HttpResponse> slow = new CompletableFuture<>();
    private final List<RawPeer> peers = new ArrayList<>();
    private ServerOptions options;
    private EventLoops loops;
    private WebSocketServer server;

    @BeforeEach
    void listen() throws Exception {
        loops = EventLoops.start(Transport.NIO, 1);
        server = WebSocketServer.listen(o -> {
            options = o;
            o.port(0)
                    .loops(loops)
                    .handshakeTimeout(Duration.ofSeconds(60))
                    .maxUnfinishedHandshakeBytes(100_000)
                    .http(request -> request.path().equals("/slow")
                            ? slow
                            : CompletableFuture.completedStage(HttpResponse.text(200, "ok")))
                    .webSocket("/", request -> new WebSocketHandler() {
                        @Override
                        public void onText(WebSocket line, String text) {
                            line.sendText(text);
                        }
                    });
        });
    }

    @AfterEach
    void close() throws Exception {
        for (RawPeer peer : peers) peer.close();
        server.close();
        loops.close();
    }

    private RawPeer peer() throws Exception {
        RawPeer peer = RawPeer.connect(server.port());
        peers.add(peer);
        return peer;
    }

    private long held() {
        return options.handshakeBudget().held();
    }

    private void awaitHeld(long bytes) {
        Awaitility.await().untilAsserted(() -> assertThat(held()).isEqualTo(bytes));
    }

    @Test
    void theOldestMakeRoomAndFinishedLinesHearNothingOfIt() throws Exception {
        RawPeer line = peer();
        line.say(RawPeer.upgrade("/", ""));
        assertThat(line.head()).startsWith("HTTP/1.1 101 ");
        awaitHeld(0);
        String half = "GET / HTTP/1.1\r\nX: " + "x".repeat(9_981);
        List<RawPeer> halves = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            RawPeer peer = peer().say(half);
            halves.add(peer);
            awaitHeld(10_000L * Math.min(i + 1, 10));
        }
        for (RawPeer dropped : halves.subList(0, 20)) {
            assertThat(dropped.head()).startsWith("HTTP/1.1 503 ").containsIgnoringCase("retry-after: ");
        }
        // A newcomer gets its line though the budget is spent, and the youngest of the others live on.
        RawPeer second = peer();
        second.say(RawPeer.upgrade("/", ""));
        assertThat(second.head()).startsWith("HTTP/1.1 101 ");
        assertThat(line.say(RawPeer.text("hello")).frame().text()).isEqualTo("hello");
        assertThat(halves.get(29).say("\r\nHost: a\r\n\r\n").head()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void whatIsGivenUpIsGivenBack() throws Exception {
        peer().say("GET / HTTP/1.1\r\nX: ");
        awaitHeld(19);
        peers.get(0).close();
        awaitHeld(0);
        RawPeer alive = peer().say("GET / HTTP/1.1\r\nHost: a\r\n\r\nGET /sec");
        assertThat(alive.head()).startsWith("HTTP/1.1 200 ");
        alive.body(2);
        awaitHeld("GET /sec".length());
        alive.say("ond HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(alive.head()).startsWith("HTTP/1.1 200 ");
        awaitHeld(0);
        peer().say(RawPeer.upgrade("/nowhere", ""));
        awaitHeld(0);
    }

    @Test
    void aRequestThatIsBeingAnsweredIsNotDropped() throws Exception {
        RawPeer first =
                peer().say("POST /slow HTTP/1.1\r\nHost: a\r\nContent-Length: 50000\r\n\r\n" + "x".repeat(50_000));
        Awaitility.await().until(() -> held() > 50_000);
        String half = "GET / HTTP/1.1\r\nX: " + "x".repeat(9_981);
        for (int i = 0; i < 10; i++) peer().say(half);
        assertThat(peers.get(1).head()).startsWith("HTTP/1.1 503 ");
        slow.complete(HttpResponse.text(200, "at last"));
        assertThat(first.head()).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void whereNobodyElseMakesRoomTheNewcomerIsRefused() throws Exception {
        RawPeer large =
                peer().say("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n" + "x".repeat(150_000));
        assertThat(large.head()).startsWith("HTTP/1.1 503 ");
        awaitHeld(0);
    }

    @Test
    void byDefaultAllServersOfTheProcessShareOne() {
        assertThat(new ServerOptions().handshakeBudget()).isSameAs(new ServerOptions().handshakeBudget());
        assertThatThrownBy(() -> new ServerOptions().maxUnfinishedHandshakeBytes(1))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
