package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import dev.openline.wire.WireTiming;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a sender is told about its message, on both sides of a line. */
class SendOutcomeTest {
    private final BlockingQueue<Heard> accepted = new LinkedBlockingQueue<>();
    private EventLoops loops;
    private WebSocketServer server;
    private WebSocketClient client;

    @BeforeEach
    void start() throws Exception {
        loops = EventLoops.start(Transport.NIO, 1);
        LineOptions patient = LineOptions.defaults().withTiming(WireTiming.DEFAULT.withoutHeartbeat());
        server =
                WebSocketServer.listen(o -> o.port(0).loops(loops).line(patient).webSocket("/", request -> {
                    Heard heard = new Heard();
                    accepted.add(heard);
                    return heard;
                }));
        client = WebSocketClient.create(o -> o.loops(loops).line(patient));
    }

    @AfterEach
    void stop() {
        server.close();
        client.close();
        loops.close();
    }

    private WebSocket served() throws Exception {
        Heard heard = accepted.poll(10, TimeUnit.SECONDS);
        if (heard == null) throw new AssertionError("no line within ten seconds");
        return heard.line();
    }

    private static <T> T of(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aMessageThatThePeerHasReadWasWritten() throws Exception {
        try (RawPeer peer = RawPeer.open(server.port())) {
            CompletionStage<SendOutcome> outcome = served().sendTextTracked("hello");
            assertThat(peer.frame().text()).isEqualTo("hello");
            assertThat(of(outcome)).isEqualTo(SendOutcome.WRITTEN);
        }
    }

    @Test
    void aClientIsToldAsAServerIs() throws Exception {
        WebSocket line = of(client.dial(URI.create("ws://127.0.0.1:" + server.port() + "/"), new Heard()));
        assertThat(of(line.sendTextTracked("hello"))).isEqualTo(SendOutcome.WRITTEN);
        assertThat(of(line.sendTracked(MessageKind.BINARY, ByteBuffer.allocate(300_000))))
                .isEqualTo(SendOutcome.WRITTEN);
    }

    @Test
    void outcomesComeInTheOrderOfTheCallsAndOnTheLoop() throws Exception {
        List<Integer> order = new CopyOnWriteArrayList<>();
        Queue<String> threads = new ConcurrentLinkedQueue<>();
        try (RawPeer peer = RawPeer.open(server.port())) {
            WebSocket line = served();
            List<CompletionStage<SendOutcome>> outcomes = new ArrayList<>();
            line.executor().execute(() -> {
                for (int i = 0; i < 50; i++) outcomes.add(tracked(line, i, order, threads));
                line.executor().execute(() -> line.sendText("the last"));
            });
            while (!peer.frame().text().equals("the last")) {}
            for (CompletionStage<SendOutcome> outcome : outcomes)
                assertThat(of(outcome)).isEqualTo(SendOutcome.WRITTEN);
        }
        assertThat(order)
                .containsExactlyElementsOf(IntStream.range(0, 50).boxed().toList());
        assertThat(threads).allMatch(name -> name.startsWith("openline-loop"));
    }

    private static CompletionStage<SendOutcome> tracked(
            WebSocket line, int number, List<Integer> order, Queue<String> threads) {
        return line.sendTextTracked("message " + number).thenApply(outcome -> {
            order.add(number);
            threads.add(Thread.currentThread().getName());
            return outcome;
        });
    }

    @Test
    void whatThePeerNeverReadsIsNotCalledWrittenAndIsLostWithTheLine() throws Exception {
        try (RawPeer peer = RawPeer.open(server.port())) {
            WebSocket line = served();
            ByteBuffer chunk = ByteBuffer.allocate(100_000);
            List<CompletionStage<SendOutcome>> outcomes = new ArrayList<>();
            // The kernel's buffers fill first; then the line's own.
            await().until(() -> {
                outcomes.add(line.sendTracked(MessageKind.BINARY, chunk));
                return outcomes.get(outcomes.size() - 1).toCompletableFuture().getNow(null) == SendOutcome.QUEUE_FULL;
            });
            CompletionStage<SendOutcome> waiting = outcomes.get(outcomes.size() - 2);
            assertThat(waiting.toCompletableFuture())
                    .as("accepted, but the peer reads nothing")
                    .isNotDone();

            line.abort();

            assertThat(of(waiting)).isEqualTo(SendOutcome.LOST);
            assertThat(of(outcomes.get(0))).isEqualTo(SendOutcome.WRITTEN);
            await().until(() -> of(line.sendTextTracked("too late")) == SendOutcome.CLOSED);
            assertThat(of(line.whenWritten())).isEqualTo(SendOutcome.LOST);
            assertThat(peer.socket().isClosed()).as("the peer did nothing").isFalse();
        }
    }

    @Test
    void whatWasSentBeforeACloseWasWritten() throws Exception {
        try (RawPeer peer = RawPeer.open(server.port())) {
            WebSocket line = served();
            CompletionStage<SendOutcome> outcome = line.sendTextTracked("last words");
            line.close(CloseStatus.NORMAL);
            assertThat(of(outcome)).isEqualTo(SendOutcome.WRITTEN);
            assertThat(peer.frame().text()).isEqualTo("last words");
        }
    }

    @Test
    void whatIsSentBehindACloseIsNotTaken() throws Exception {
        try (RawPeer peer = RawPeer.open(server.port())) {
            WebSocket line = served();
            line.close(CloseStatus.NORMAL);
            peer.expectClose(CloseStatus.NORMAL);
            // The peer has not answered our close, so the line is not over.
            assertThat(line.sendText("too late")).isEqualTo(SendResult.CLOSED);
            assertThat(of(line.sendTextTracked("too late"))).isEqualTo(SendOutcome.CLOSED);
            assertThat(of(line.whenWritten())).isEqualTo(SendOutcome.LOST);
        }
    }

    @Test
    void onLoopsThatHaveEndedItIsLost() throws Exception {
        try (RawPeer peer = RawPeer.open(server.port())) {
            WebSocket line = served();
            loops.close();
            assertThat(of(line.whenWritten())).isEqualTo(SendOutcome.LOST);
            assertThat(peer.isEnded()).isTrue();
        }
    }

    @Test
    void whileThereIsNoLineNothingIsTakenUnlessItIsToBeKept() throws Exception {
        try (ServerSocket absent = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            URI address = URI.create("ws://127.0.0.1:" + absent.getLocalPort() + "/");
            RedialingLine strict = client.keepOpen(address, new Heard());
            assertThat(strict.sendText("now")).isEqualTo(SendResult.CLOSED);
            assertThat(of(strict.sendTextTracked("now"))).isEqualTo(SendOutcome.CLOSED);
        }
    }

    @Test
    void whatIsKeptLeavesFirstAndInItsOrderWhenTheLineIsOpen() throws Exception {
        try (ServerSocket late = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            URI address = URI.create("ws://127.0.0.1:" + late.getLocalPort() + "/");
            WebSocketHandler greeting = new WebSocketHandler() {
                @Override
                public void onOpen(WebSocket line) {
                    line.sendText("hello from onOpen");
                }
            };
            RedialingLine line = client.keepOpen(address, greeting, o -> o.maxKeptBytes(1_000));
            List<CompletionStage<SendOutcome>> outcomes = new ArrayList<>();
            for (int i = 0; i < 10; i++) outcomes.add(line.sendTextTracked("kept " + i));
            assertThat(line.sendText("x".repeat(400))).isEqualTo(SendResult.QUEUE_FULL);
            assertThat(of(line.sendTextTracked("x".repeat(400)))).isEqualTo(SendOutcome.QUEUE_FULL);

            try (RawPeer peer = RawPeer.of(late.accept())) {
                peer.accept();
                for (int i = 0; i < 10; i++)
                    assertThat(peer.maskedFrame().text()).isEqualTo("kept " + i);
                assertThat(peer.maskedFrame().text()).isEqualTo("hello from onOpen");
                for (CompletionStage<SendOutcome> outcome : outcomes) {
                    assertThat(of(outcome)).isEqualTo(SendOutcome.WRITTEN);
                }
                assertThat(line.sendText("x".repeat(2_000))).isEqualTo(SendResult.ACCEPTED);
            }
        }
    }

    @Test
    void whatIsStillKeptAtTheEndIsLost() throws Exception {
        try (ServerSocket never = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"))) {
            URI address = URI.create("ws://127.0.0.1:" + never.getLocalPort() + "/");
            RedialingLine line = client.keepOpen(address, new Heard(), o -> o.maxKeptBytes(1_000));
            CompletionStage<SendOutcome> kept = line.sendTextTracked("kept");
            assertThat(kept.toCompletableFuture()).isNotDone();
            line.close();
            assertThat(of(kept)).isEqualTo(SendOutcome.LOST);
            assertThat(line.sendText("too late")).isEqualTo(SendResult.CLOSED);
        }
    }
}
