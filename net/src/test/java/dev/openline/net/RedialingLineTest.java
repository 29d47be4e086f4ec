package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.WireTiming;
import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A line that redials, over real sockets. */
class RedialingLineTest {
    /** What the server's side hears, one per line. */
    private final BlockingQueue<Heard> accepted = new LinkedBlockingQueue<>();

    private final Ear ear = new Ear();
    private EventLoops loops;
    private WebSocketServer server;
    private WebSocketClient client;

    /** Hears all lines of one client, as strings in their order. */
    private static class Ear implements WebSocketHandler {
        final List<String> log = new CopyOnWriteArrayList<>();

        @Override
        public void onOpen(WebSocket line) {
            log.add("open");
        }

        @Override
        public void onText(WebSocket line, String text) {
            log.add(text);
        }

        @Override
        public void onClosed(WebSocket line, CloseStatus status) {
            log.add("closed " + status.code());
        }
    }

    @BeforeEach
    void start() throws IOException {
        loops = EventLoops.start(Transport.NIO, 2);
        server = serverOn(0);
        client = WebSocketClient.create(o -> o.loops(loops));
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
        loops.close();
    }

    private WebSocketServer serverOn(int port) throws IOException {
        return WebSocketServer.listen(o -> o.port(port).transport(Transport.NIO).webSocket("/", request -> {
            Heard heard = new Heard();
            accepted.add(heard);
            return heard;
        }));
    }

    private URI address() {
        return address(server.port());
    }

    private static URI address(int port) {
        return URI.create("ws://127.0.0.1:" + port + "/");
    }

    private static void quick(RedialOptions options) {
        options.delays(Duration.ofMillis(1), Duration.ofMillis(20));
    }

    private Heard accepted() throws InterruptedException {
        Heard heard = accepted.poll(10, TimeUnit.SECONDS);
        if (heard == null) throw new AssertionError("no line within ten seconds");
        return heard;
    }

    private static LineStatus ended(RedialingLine line) throws Exception {
        return line.ended().toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aLineThatBreaksOrIsClosedIsDialledAgain() throws Exception {
        RedialingLine line = client.keepOpen(address(), ear, RedialingLineTest::quick);
        for (int code : List.of(1000, 1001, 1012)) {
            Heard heard = accepted();
            heard.line().sendText("hello");
            heard.line().close(new CloseStatus(code, ""));
        }
        accepted().line().abort();
        accepted();

        await().until(() -> ear.log.size() == 12 && line.state() == LineState.OPEN);
        assertThat(ear.log)
                .containsExactly(
                        "open",
                        "hello",
                        "closed 1000",
                        "open",
                        "hello",
                        "closed 1001",
                        "open",
                        "hello",
                        "closed 1012",
                        "open",
                        "closed 1006",
                        "open");
    }

    @Test
    void aServerThatIsNotThereYetIsDialledUntilItIs() throws Exception {
        int port = server.port();
        server.close();
        List<LineStatus> told = new CopyOnWriteArrayList<>();
        RedialingLine line = client.keepOpen(address(port), ear, o -> {
            quick(o);
            o.onStatus(told::add);
        });
        await().until(() -> told.stream().anyMatch(status -> status.dials() >= 3));

        server = serverOn(port);

        accepted();
        await().until(() -> line.state() == LineState.OPEN);
        assertThat(told.get(1).state()).isEqualTo(LineState.WAITING);
        assertThat(told.get(1).toString())
                .matches("dialling again in \\d+ ms: cannot connect to 127.0.0.1:" + port + ": connection refused");
    }

    @Test
    void closeSaysGoodbyeAndIsFinal() throws Exception {
        RedialingLine line = client.keepOpen(address(), ear, RedialingLineTest::quick);
        Heard heard = accepted();
        await().until(() -> line.state() == LineState.OPEN);

        line.close(CloseStatus.GOING_AWAY.withReason("home"));

        assertThat(heard.status()).isEqualTo(new CloseStatus(1001, "home"));
        assertThat(ended(line))
                .isEqualTo(new LineStatus(LineState.ENDED, 1, Duration.ZERO, null, null, "closed by the application"));
        assertThat(ear.log).containsExactly("open", "closed 1001");
        assertThat(line.line()).isNull();
        assertThat(line.sendText("too late")).isEqualTo(SendResult.CLOSED);
    }

    @Test
    void closeDuringADialDropsIt() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            RedialingLine line = client.keepOpen(address(silent.getLocalPort()), ear);
            try (RawPeer peer = RawPeer.of(silent.accept())) {
                peer.head();
                line.close();
                assertThat(peer.isEnded()).isTrue();
                assertThat(ended(line).why()).isEqualTo("closed by the application");
            }
        }
        assertThat(ear.log).isEmpty();
    }

    @Test
    void theListenerMayCloseFromWhereverItIsCalled() throws Exception {
        RedialingLine[] line = new RedialingLine[1];
        CompletableFuture<Void> known = new CompletableFuture<>();
        WebSocketHandler closing = new WebSocketHandler() {
            @Override
            public void onClosed(WebSocket ignored, CloseStatus status) {
                line[0].close();
            }
        };
        line[0] = client.keepOpen(address(), closing, RedialingLineTest::quick);
        accepted().line().abort();
        assertThat(ended(line[0]).state()).isEqualTo(LineState.ENDED);

        line[0] = client.keepOpen(
                address(),
                ear,
                o -> o.onStatus(status -> {
                    known.join();
                    if (status.state() == LineState.OPEN) line[0].close();
                }));
        known.complete(null);
        assertThat(ended(line[0]).state()).isEqualTo(LineState.ENDED);
    }

    @Test
    void whatTheApplicationThrowsEndsOneLineAndNoMore() throws Exception {
        AtomicInteger opened = new AtomicInteger();
        WebSocketHandler moody = new WebSocketHandler() {
            @Override
            public void onOpen(WebSocket line) {
                if (opened.incrementAndGet() == 1) throw new IllegalStateException("on purpose");
            }

            @Override
            public void onClosed(WebSocket line, CloseStatus status) {
                throw new IllegalStateException("on purpose");
            }
        };
        RedialingLine line = client.keepOpen(address(), moody, o -> {
            quick(o);
            o.onStatus(status -> {
                throw new IllegalStateException("on purpose");
            });
            o.rule(new RedialRule() {
                @Override
                public NextDial afterClose(CloseStatus status) {
                    throw new IllegalStateException("on purpose");
                }
            });
        });
        assertThat(accepted().status().code()).isEqualTo(1011);
        accepted();
        await().until(() -> line.state() == LineState.OPEN);
    }

    @Test
    void aServersWishIsHonouredAndTheApplicationMayOverrideIt() throws Exception {
        try (ServerSocket busy = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            RedialingLine line = client.keepOpen(address(busy.getLocalPort()), ear, RedialingLineTest::quick);
            try (RawPeer peer = RawPeer.of(busy.accept())) {
                peer.head();
                peer.say("HTTP/1.1 503 Busy\r\nRetry-After: 3000\r\nContent-Length: 0\r\n\r\n");
                await().until(() -> line.state() == LineState.WAITING);
            }
            assertThat(line.status().delay()).isBetween(Duration.ofSeconds(3000), Duration.ofSeconds(3001));
            assertThat(line.status().failure().retryAfter()).contains(Duration.ofSeconds(3000));

            line.redialNow();

            try (RawPeer peer = RawPeer.of(busy.accept())) {
                assertThat(peer.head()).startsWith("GET / ");
            }
        }
    }

    @Test
    void aRefusalThatWillNotPassIsFinal() throws Exception {
        try (ServerSocket strict = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            RedialingLine line = client.keepOpen(address(strict.getLocalPort()), ear, RedialingLineTest::quick);
            try (RawPeer peer = RawPeer.of(strict.accept())) {
                peer.head();
                peer.say("HTTP/1.1 301 Moved\r\nLocation: ws://elsewhere.example/\r\nContent-Length: 0\r\n\r\n");
                assertThat(ended(line).why())
                        .isEqualTo("127.0.0.1:" + strict.getLocalPort()
                                + " refused: the server answered 301 instead of 101, and redirects are not followed");
            }
        }
    }

    @Test
    void everyRedialAsksForAFreshPlanAndAFailedOneIsAnAttempt() throws Exception {
        AtomicInteger tokens = new AtomicInteger();
        List<String> seen = new CopyOnWriteArrayList<>();
        WebSocketServer guarded =
                WebSocketServer.listen(o -> o.port(0).loops(loops).webSocket("/", request -> {
                    seen.add(request.headers().first("Authorization"));
                    Heard heard = new Heard();
                    accepted.add(heard);
                    return heard;
                }));
        try (WebSocketClient asking = WebSocketClient.create(o -> o.loops(loops).beforeDial(plan -> {
            int token = tokens.incrementAndGet();
            if (token == 2) return CompletableFuture.failedFuture(new IOException("no token today"));
            return CompletableFuture.supplyAsync(() -> plan.withHeader("Authorization", "Bearer " + token));
        }))) {
            List<LineStatus> told = new CopyOnWriteArrayList<>();
            asking.keepOpen(address(guarded.port()), ear, o -> {
                quick(o);
                o.onStatus(told::add);
            });
            accepted().line().abort();
            accepted();
            assertThat(seen).containsExactly("Bearer 1", "Bearer 3");
            assertThat(told).anyMatch(status -> status.why().endsWith("could not be prepared: no token today"));
        } finally {
            guarded.close();
        }
    }

    @Test
    void aServerThatFellSilentIsNoticedByTheHeartbeatAndDialledAgain() throws Exception {
        WireTiming quick = new WireTiming(Duration.ofMillis(100), Duration.ofMillis(200), Duration.ofSeconds(5));
        try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
                WebSocketClient pinging = WebSocketClient.create(
                        o -> o.loops(loops).line(LineOptions.defaults().withTiming(quick)))) {
            pinging.keepOpen(address(silent.getLocalPort()), ear, RedialingLineTest::quick);
            try (RawPeer first = RawPeer.of(silent.accept())) {
                first.accept();
                try (RawPeer second = RawPeer.of(silent.accept())) {
                    second.accept();
                    await().until(() -> ear.log.size() >= 3);
                    assertThat(ear.log.subList(0, 3)).containsExactly("open", "closed 1006", "open");
                }
            }
        }
    }

    @Test
    void aClientThatClosesSaysGoodbyeOnItsOwnLoops() throws Exception {
        WebSocketClient own = WebSocketClient.create(o -> {});
        RedialingLine open = own.keepOpen(address(), ear);
        RedialingLine waiting = own.keepOpen(address(1), ear);
        Heard heard = accepted();
        await().until(() -> open.state() == LineState.OPEN && waiting.state() == LineState.WAITING);

        own.close();

        assertThat(heard.status()).isEqualTo(CloseStatus.NORMAL);
        assertThat(open.state()).isEqualTo(LineState.ENDED);
        assertThat(waiting.state()).isEqualTo(LineState.ENDED);
        RedialingLine late = own.keepOpen(address(), ear);
        assertThat(ended(late).why()).isEqualTo("the event loops have ended");
    }

    @Test
    void loopsThatEndEndTheLine() throws Exception {
        EventLoops others = EventLoops.start(Transport.NIO, 1);
        RedialingLine line =
                WebSocketClient.create(o -> o.loops(others)).keepOpen(address(), ear, RedialingLineTest::quick);
        accepted();
        await().until(() -> line.state() == LineState.OPEN);
        others.close();
        assertThat(ended(line).state()).isEqualTo(LineState.ENDED);
    }

    /** What stands between must not swallow a method that handlers get one day. */
    @Test
    void everythingThatAHandlerCanHearIsHandedOn() {
        List<String> handedOn = Arrays.stream(RedialDriver.OneLine.class.getDeclaredMethods())
                .map(Method::getName)
                .toList();
        // The last two are called by the handler's own onMessage.
        assertThat(Arrays.stream(WebSocketHandler.class.getDeclaredMethods())
                        .filter(method -> !Modifier.isStatic(method.getModifiers()))
                        .map(Method::getName))
                .allMatch(name -> handedOn.contains(name) || name.equals("onText") || name.equals("onBinary"));
    }

    @Test
    void anAddressOrABoundThatIsWrongIsTheCallersFault() {
        assertThatIllegalArgumentException().isThrownBy(() -> client.keepOpen(URI.create("http://127.0.0.1/"), ear));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.keepOpen(address(), ear, o -> o.maxKeptBytes((1 << 20) + 1)))
                .withMessage("maxKeptBytes 1048577 > maxQueuedBytes 1048576 of a line");
    }
}
