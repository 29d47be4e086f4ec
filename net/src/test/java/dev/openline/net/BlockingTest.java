package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.WireTiming;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Handlers that block, on a pool and, where the JDK has them, on virtual threads. */
class BlockingTest {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private WebSocketServer server;

    static Stream<String> threads() {
        return Stream.of("pool", "virtual");
    }

    private static BlockingOptions on(String threads) {
        Executor executor = threads.equals("pool") ? BlockingThreads.pool(4) : BlockingThreads.virtual();
        Assumptions.assumeTrue(executor != null, "this JDK has no virtual threads");
        return BlockingOptions.defaults().withExecutor(executor);
    }

    private void serve(BlockingOptions options, WebSocketHandler handler) throws Exception {
        EventLoops one = EventLoops.start(Transport.NIO, 1);
        server = WebSocketServer.listen(o -> o.port(0)
                .loops(one)
                .line(LineOptions.defaults()
                        .withTiming(WireTiming.DEFAULT.withoutHeartbeat())
                        .withMaxQueuedBytes(64 << 20)) // every answer of a test may wait for its peer
                .route("/", route -> route.handler(request -> handler).blocking(options)));
    }

    @AfterEach
    void close() {
        if (server == null) return;
        server.close();
        server.loops().close();
    }

    private String next() throws InterruptedException {
        String next = heard.poll(10, TimeUnit.SECONDS);
        if (next == null) throw new AssertionError("nothing heard within ten seconds");
        return next;
    }

    /** Says what it hears; waits on "wait" until it is let go; throws on "throw". */
    private final class Slow implements WebSocketHandler {
        final CountDownLatch go = new CountDownLatch(1);
        final AtomicInteger inside = new AtomicInteger();

        @Override
        public void onOpen(WebSocket line) {
            heard.add("open");
        }

        @Override
        public void onText(WebSocket line, String text) {
            if (inside.incrementAndGet() != 1) heard.add("two at a time");
            try {
                if (text.equals("wait")) go.await();
                if (text.equals("throw")) throw new IllegalStateException("on purpose");
                heard.add(text);
                SendResult said = line.sendText("re: " + text);
                if (said == SendResult.QUEUE_FULL) heard.add("no room for the answer");
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                inside.decrementAndGet();
            }
        }

        @Override
        public void onClosed(WebSocket line, CloseStatus status) {
            heard.add("closed " + status.code());
        }
    }

    @ParameterizedTest
    @MethodSource("threads")
    void callsComeInOrderOneAtATimeAndOffTheLoop(String threads) throws Exception {
        Slow slow = new Slow();
        serve(on(threads), slow);
        try (RawPeer peer = RawPeer.open(server.port())) {
            for (int i = 0; i < 1_000; i++) peer.say(RawPeer.text("" + i));
            peer.say(RawPeer.close(1000));
            assertThat(next()).isEqualTo("open");
            for (int i = 0; i < 1_000; i++) assertThat(next()).isEqualTo("" + i);
            assertThat(next()).isEqualTo("closed 1000");
            assertThat(heard).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("threads")
    void aStuckHandlerDelaysNoOtherLineOfItsLoop(String threads) throws Exception {
        Slow slow = new Slow();
        serve(on(threads), slow);
        try (RawPeer stuck = RawPeer.open(server.port())) {
            stuck.say(RawPeer.text("wait"));
            Awaitility.await().until(() -> slow.inside.get() == 1);
            slow.inside.set(0);
            for (int i = 0; i < 20; i++) {
                try (RawPeer other = RawPeer.open(server.port())) {
                    assertThat(other.say(RawPeer.text("hello")).frame().text()).isEqualTo("re: hello");
                    other.say(RawPeer.close(1000)).expectClose(CloseStatus.NORMAL);
                }
            }
            slow.inside.set(1);
            slow.go.countDown();
            assertThat(stuck.frame().text()).isEqualTo("re: wait");
        } finally {
            slow.go.countDown();
        }
    }

    @Test
    void aPeerThatSendsMoreThanMayWaitIsHeardInFullOnceTheHandlerGoesOn() throws Exception {
        Slow slow = new Slow();
        serve(on("pool").withMaxWaitingBytes(10_000), slow);
        int messages = 32;
        String large = "x".repeat(1 << 20);
        try (RawPeer peer = RawPeer.open(server.port())) {
            peer.say(RawPeer.text("wait"));
            Awaitility.await().until(() -> slow.inside.get() == 1);
            Thread sender = new Thread(() -> {
                try {
                    for (int i = 0; i < messages; i++) peer.say(RawPeer.text(large));
                } catch (java.io.IOException cut) {
                    heard.add("cut");
                }
            });
            sender.start();
            slow.go.countDown();
            assertThat(next()).isEqualTo("open");
            assertThat(next()).isEqualTo("wait");
            for (int i = 0; i < messages; i++) {
                assertThat(peer.frame().text()).startsWith("re: ");
                assertThat(next()).hasSize(1 << 20);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("threads")
    void aFaultClosesItsLineWith1011AndTheCloseIsHeardLast(String threads) throws Exception {
        serve(on(threads), new Slow());
        try (RawPeer peer = RawPeer.open(server.port())) {
            peer.say(RawPeer.text("throw"));
            peer.expectClose(CloseStatus.INTERNAL_ERROR);
            peer.say(RawPeer.close(1011));
            assertThat(List.of(next(), next())).containsExactly("open", "closed 1011");
        }
        assertThat(heard).isEmpty();
    }

    @Test
    void aSharedHandlerKeepsItsLinesApart() throws Exception {
        Slow slow = new Slow();
        WebSocketHandler shared = WebSocketHandler.blocking(slow);
        EventLoops one = EventLoops.start(Transport.NIO, 1);
        server = WebSocketServer.listen(o -> o.port(0).loops(one).webSocket("/", request -> shared));
        try (RawPeer stuck = RawPeer.open(server.port());
                RawPeer other = RawPeer.open(server.port())) {
            stuck.say(RawPeer.text("wait"));
            Awaitility.await().until(() -> slow.inside.get() == 1);
            slow.inside.set(0);
            assertThat(other.say(RawPeer.text("hello")).frame().text()).isEqualTo("re: hello");
            slow.inside.set(1);
            slow.go.countDown();
            assertThat(stuck.frame().text()).isEqualTo("re: wait");
        } finally {
            slow.go.countDown();
        }
    }

    @Test
    void itsExecutorRunsBetweenTheCalls() throws Exception {
        Heard inner = new Heard();
        serve(on("pool"), inner);
        try (RawPeer peer = RawPeer.open(server.port())) {
            WebSocket line = inner.line();
            CountDownLatch go = new CountDownLatch(1);
            line.executor().execute(() -> {
                try {
                    go.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
                inner.texts.add("task");
            });
            peer.say(RawPeer.text("message"));
            go.countDown();
            assertThat(inner.text()).isEqualTo("task");
            assertThat(inner.text()).isEqualTo("message");
        }
    }

    @Test
    void aPauseOfTheHandlerOutlastsAFullQueue() throws Exception {
        Heard inner = new Heard();
        serve(on("pool").withMaxWaitingMessages(1), inner);
        try (RawPeer peer = RawPeer.open(server.port())) {
            WebSocket line = inner.line();
            line.pauseReading();
            peer.say(RawPeer.text("a"));
            line.sendText("paused");
            assertThat(peer.frame().text()).isEqualTo("paused");
            line.resumeReading();
            assertThat(inner.text()).isEqualTo("a");
            peer.say(RawPeer.text("b"));
            assertThat(inner.text()).isEqualTo("b");
        }
    }

    @Test
    void anExecutorThatRefusesEndsTheLine() throws Exception {
        serve(
                BlockingOptions.defaults().withExecutor(task -> {
                    throw new RejectedExecutionException("on purpose");
                }),
                new Slow());
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(RawPeer.upgrade("/", ""));
            String all = new String(peer.socket().getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            assertThat(all)
                    .as("no close frame, and perhaps not even an answer")
                    .matches("(?s)|HTTP/1.1 101 .*\r\n\r\n");
        }
    }

    @Test
    void aPayloadOutlivesItsCall() throws Exception {
        BlockingQueue<ByteBuffer> kept = new LinkedBlockingQueue<>();
        serve(on("pool"), new WebSocketHandler() {
            @Override
            public void onBinary(WebSocket line, ByteBuffer data) {
                kept.add(data);
            }
        });
        try (RawPeer peer = RawPeer.open(server.port())) {
            for (int i = 0; i < 3; i++) peer.say(RawPeer.masked(0x82, new byte[] {(byte) i}));
            for (int i = 0; i < 3; i++)
                assertThat(kept.poll(10, TimeUnit.SECONDS).get(0)).isEqualTo((byte) i);
        }
    }

    @Test
    void boundsAreChecked() {
        BlockingOptions options = BlockingOptions.defaults();
        assertThatThrownBy(() -> options.withMaxWaitingMessages(0)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> options.withMaxWaitingBytes(0)).isInstanceOf(IllegalArgumentException.class);
    }
}
