package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.openline.wire.CloseStatus;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.assertj.core.api.Assertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a server goes away. */
class DrainTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    private final BlockingQueue<Heard> lines = new LinkedBlockingQueue<>();
    private final CompletableFuture<HttpResponse> answer = new CompletableFuture<>();
    private final BlockingQueue<HttpRequest> requests = new LinkedBlockingQueue<>();
    private WebSocketServer server;

    private void serve(Consumer<ServerOptions> more) throws IOException {
        server = WebSocketServer.listen(o -> {
            o.port(0)
                    .transport(Transport.NIO)
                    .readiness("/ready")
                    .webSocket("/", request -> {
                        Heard heard = new Heard();
                        lines.add(heard);
                        return heard;
                    })
                    .http(request -> {
                        requests.add(request);
                        return answer;
                    });
            more.accept(o);
        });
    }

    @AfterEach
    void close() {
        if (server != null) server.close();
    }

    private Heard heard() throws InterruptedException {
        return Heard.next(lines);
    }

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n";
    }

    private void awaitPortClosed() {
        Awaitility.await()
                .untilAsserted(() -> Assertions.assertThatThrownBy(
                                () -> RawPeer.connect(server.port()).close())
                        .isInstanceOf(ConnectException.class));
    }

    @Test
    void everyLineHears1001AndTheServerEndsWhenAllHaveAnswered() throws Exception {
        serve(o -> {});
        try (RawPeer one = RawPeer.open(server.port());
                RawPeer two = RawPeer.open(server.port())) {
            CompletableFuture<Drained> drained = server.drain(LONG);
            for (RawPeer peer : List.of(one, two)) {
                peer.expectClose(CloseStatus.GOING_AWAY);
                peer.say(RawPeer.close(1001));
                assertThat(peer.isEnded()).isTrue();
            }
            assertThat(drained.get(10, TimeUnit.SECONDS)).isEqualTo(new Drained(2, 0));
            assertThat(heard().status()).isEqualTo(CloseStatus.GOING_AWAY);
            assertThat(heard().status()).isEqualTo(CloseStatus.GOING_AWAY);
            assertThat(server.connections()).isZero();
        }
    }

    @Test
    void aLineThatDoesNotLeaveIsCutWhenTheTimeIsOver() throws Exception {
        serve(o -> o.webSocket("/", request -> {
            Heard stubborn = new Heard() {
                @Override
                public void onGoingAway(WebSocket line) {
                    line.sendText("I stay");
                }
            };
            lines.add(stubborn);
            return stubborn;
        }));
        try (RawPeer peer = RawPeer.open(server.port())) {
            CompletableFuture<Drained> drained = server.drain(Duration.ofMillis(300));
            assertThat(peer.frame().text()).isEqualTo("I stay");
            assertThat(peer.isEnded()).isTrue();
            assertThat(drained.get(10, TimeUnit.SECONDS)).isEqualTo(new Drained(0, 1));
            assertThat(heard().status()).isEqualTo(CloseStatus.ABNORMAL.withReason("the time to drain is over"));
        }
    }

    @Test
    void readinessGoesOffWhileTheNoticeLetsEverybodyIn() throws Exception {
        serve(o -> o.drainNotice(LONG));
        try (RawPeer probe = RawPeer.connect(server.port())) {
            assertThat(probe.say(get("/ready")).head()).startsWith("HTTP/1.1 200 ");
            assertThat(probe.body(6)).isEqualTo("ready\n");
            server.drain(LONG);
            assertThat(probe.say(get("/ready?again")).head())
                    .startsWith("HTTP/1.1 503 ")
                    .containsIgnoringCase("connection: keep-alive");
            try (RawPeer late = RawPeer.open(server.port())) {
                assertThat(heard().line()).isNotNull();
                late.say(RawPeer.text("still welcome"));
            }
        }
    }

    @Test
    void theNoticeEndsByItself() throws Exception {
        serve(o -> o.drainNotice(Duration.ofMillis(50)));
        try (RawPeer peer = RawPeer.open(server.port())) {
            server.drain(LONG);
            peer.expectClose(CloseStatus.GOING_AWAY);
            awaitPortClosed();
        }
    }

    @Test
    void aRequestInFlightIsAnsweredAndIsTheLastOfItsConnection() throws Exception {
        serve(o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(get("/slow"));
            assertThat(requests.poll(10, TimeUnit.SECONDS)).isNotNull();
            CompletableFuture<Drained> drained = server.drain(LONG);
            awaitPortClosed();
            answer.complete(HttpResponse.text(200, "done"));
            assertThat(peer.head()).startsWith("HTTP/1.1 200 ").containsIgnoringCase("connection: close");
            assertThat(peer.body(4)).isEqualTo("done");
            assertThat(peer.isEnded()).isTrue();
            assertThat(drained.get(10, TimeUnit.SECONDS)).isEqualTo(new Drained(1, 0));
        }
    }

    @Test
    void noLineIsOpenedOnAConnectionThatWasKept() throws Exception {
        serve(o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("GET / HTTP/1.1\r\nHo");
            Awaitility.await().until(() -> server.connections() == 1);
            server.drain(LONG);
            awaitPortClosed();
            peer.say("st: x\r\nUpgrade: websocket\r\n\r\n");
            assertThat(peer.head()).startsWith("HTTP/1.1 503 ").containsIgnoringCase("retry-after: ");
            assertThat(peer.body(25)).isEqualTo("the server is going away\n");
            assertThat(peer.isEnded()).isTrue();
        }
    }

    @Test
    void anIdleConnectionIsClosedSoon() throws Exception {
        serve(o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            assertThat(peer.say(get("/ready")).head()).startsWith("HTTP/1.1 200 ");
            peer.body(6);
            CompletableFuture<Drained> drained = server.drain(LONG);
            assertThat(peer.isEnded()).isTrue();
            assertThat(drained.get(10, TimeUnit.SECONDS)).isEqualTo(new Drained(1, 0));
        }
    }

    @Test
    void closingCutsADrainShort() throws Exception {
        serve(o -> o.drainNotice(LONG));
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard heard = heard();
            CompletableFuture<Drained> drained = server.drain(LONG);
            assertThat(server.drain(Duration.ofMillis(1))).isSameAs(drained);
            server.close();
            assertThat(drained).isCompletedWithValue(new Drained(0, 1));
            peer.expectClose(CloseStatus.GOING_AWAY);
            assertThat(heard.status()).isEqualTo(CloseStatus.ABNORMAL.withReason("the server closes"));
        }
    }

    @Test
    void closingEndsTheLinesOfThisServerOnLoopsThatOthersUse() throws Exception {
        try (EventLoops loops = EventLoops.start(Transport.NIO, 2)) {
            serve(o -> o.loops(loops));
            try (WebSocketServer other = WebSocketServer.listen(
                            o -> o.port(0).loops(loops).webSocket("/", request -> new EchoHandler()));
                    RawPeer stays = RawPeer.open(other.port());
                    RawPeer goes = RawPeer.open(server.port())) {
                server.close();
                goes.expectClose(CloseStatus.GOING_AWAY);
                assertThat(goes.isEnded()).isTrue();
                stays.say(RawPeer.text("unharmed"));
                assertThat(stays.frame().text()).isEqualTo("unharmed");
            }
        }
    }

    private static final class EchoHandler implements WebSocketHandler {
        @Override
        public void onText(WebSocket line, String text) {
            line.sendText(text);
        }
    }

    @Test
    void aDrainThatTakesNoTimeIsRefused() throws Exception {
        serve(o -> {});
        assertThatIllegalArgumentException().isThrownBy(() -> server.drain(Duration.ZERO));
    }

    /** Said by the pace alone, so on a clock of its own. */
    @Test
    void tenThousandGoodbyesAreSpreadEvenly() {
        long second = TimeUnit.SECONDS.toNanos(1);
        long step = TimeUnit.MILLISECONDS.toNanos(20);
        Pace pace = Pace.of(10_000, 0, 20 * second);
        int untold = 10_000;
        int most = 0;
        long now = 0;
        for (; untold > 0; now += step) {
            int share = pace.share(untold, step, now);
            most = Math.max(most, share);
            untold -= share;
        }
        assertThat(most).isBetween(13, 14);
        assertThat(now).isEqualTo(15 * second);
    }

    @Test
    void aServerWithFewConnectionsDoesNotTakeAllItsTime() {
        long second = TimeUnit.SECONDS.toNanos(1);
        assertThat(Pace.of(20, 7, 3600 * second)).isEqualTo(new Pace(7 + second / 5));
        assertThat(Pace.of(0, 7, second).share(3, 1, 7)).isEqualTo(3);
        assertThat(Pace.of(1_000_000, 0, -5)).isEqualTo(new Pace(0));
    }

    @Test
    void twoThousandLinesLeaveByTheirGoodbye() throws Exception {
        serve(o -> {});
        int count = 2_000;
        List<Heard> peers = new ArrayList<>();
        try (EventLoops loops = EventLoops.start(Transport.NIO, 1);
                WebSocketClient client = WebSocketClient.create(o -> o.loops(loops))) {
            URI uri = URI.create("ws://127.0.0.1:" + server.port() + "/");
            List<CompletableFuture<WebSocket>> dials = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                Heard peer = new Heard();
                peers.add(peer);
                dials.add(client.dial(uri, peer).toCompletableFuture());
                if (i % 100 == 99) for (var dial : dials) dial.get(10, TimeUnit.SECONDS);
            }
            Drained drained = server.drain(Duration.ofSeconds(2)).get(20, TimeUnit.SECONDS);
            assertThat(drained).isEqualTo(new Drained(count, 0));
            for (Heard peer : peers) assertThat(peer.status()).isEqualTo(CloseStatus.GOING_AWAY);
        }
    }
}
