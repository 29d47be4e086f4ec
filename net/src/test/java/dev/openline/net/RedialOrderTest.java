package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Nothing of one redialling line is ever heard by two threads at once, nor of two of its lines at once. */
class RedialOrderTest {
    private static final int LINES = 20;
    private static final int CUTS = 400;

    /** Fails when it is entered while it is entered, or when a call belongs to another line than the one that is open. */
    private static final class Detector implements WebSocketHandler {
        private final AtomicInteger inside = new AtomicInteger();
        private final Queue<String> faults;
        final AtomicInteger opened = new AtomicInteger();
        private WebSocket open;
        private Thread thread;
        private LineState told = LineState.WAITING;

        Detector(Queue<String> faults) {
            this.faults = faults;
        }

        private void enter(String what, boolean fits) {
            if (inside.getAndIncrement() != 0) faults.add(what + " while another call is under way");
            if (!fits) faults.add(what + " out of order");
            if (thread != null && thread != Thread.currentThread()) faults.add(what + " by another thread");
            thread = Thread.currentThread();
            Thread.yield();
            inside.decrementAndGet();
        }

        @Override
        public void onOpen(WebSocket line) {
            enter("onOpen", open == null && told == LineState.OPEN);
            open = line;
            opened.incrementAndGet();
        }

        @Override
        public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
            enter("onMessage", open == line);
        }

        @Override
        public void onClosed(WebSocket line, CloseStatus status) {
            enter("onClosed", open == line);
            open = null;
        }

        void onStatus(LineStatus status) {
            boolean fits = switch (status.state()) {
                case DIALLING -> open == null && told == LineState.WAITING;
                case OPEN -> open == null && told == LineState.DIALLING;
                case WAITING -> open == null && (told == LineState.OPEN || told == LineState.DIALLING);
                case CLOSING -> told == LineState.OPEN;
                case ENDED -> open == null;
            };
            enter("onStatus " + status + " after " + told, fits);
            told = status.state();
        }
    }

    @Test
    void callsNeverOverlapAndLinesFollowEachOtherUnderCuts() throws Exception {
        long seed = new SplittableRandom().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        Queue<String> faults = new ConcurrentLinkedQueue<>();
        Queue<WebSocket> served = new ConcurrentLinkedQueue<>();
        List<Detector> detectors = new ArrayList<>();
        List<RedialingLine> lines = new ArrayList<>();
        WebSocketHandler talkative = new WebSocketHandler() {
            @Override
            public void onOpen(WebSocket line) {
                served.add(line);
                for (int i = 0; i < 50; i++) line.sendText("news " + i);
            }
        };
        try (EventLoops loops = EventLoops.start(Transport.NIO, 3);
                WebSocketServer server =
                        WebSocketServer.listen(o -> o.port(0).loops(loops).webSocket("/", request -> talkative));
                WebSocketClient client = WebSocketClient.create(o -> o.loops(loops))) {
            for (int i = 0; i < LINES; i++) {
                Detector detector = new Detector(faults);
                detectors.add(detector);
                lines.add(client.keepOpen(
                        URI.create("ws://127.0.0.1:" + server.port() + "/"),
                        detector,
                        o -> o.delays(Duration.ofMillis(1), Duration.ofMillis(3))
                                .onStatus(detector::onStatus)));
            }
            for (int i = 0; i < CUTS; i++) {
                await().until(() -> !served.isEmpty());
                WebSocket victim = served.remove();
                if (random.nextBoolean()) victim.abort();
                else victim.close(CloseStatus.SERVICE_RESTART);
                lines.get(random.nextInt(LINES)).redialNow();
            }
            await().until(() ->
                    detectors.stream().mapToInt(one -> one.opened.get()).sum() >= CUTS);
            lines.forEach(RedialingLine::close);
            for (RedialingLine line : lines) line.ended().toCompletableFuture().join();
        }
        assertThat(faults).as("seed %d", seed).isEmpty();
    }
}
