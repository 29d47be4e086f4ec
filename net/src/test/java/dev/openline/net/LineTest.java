package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import dev.openline.wire.WireLimits;
import dev.openline.wire.WireTiming;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LineTest {
    private static final WireTiming QUICK =
            new WireTiming(Duration.ofMillis(200), Duration.ofMillis(400), Duration.ofMillis(400));

    private final BlockingQueue<Heard> lines = new LinkedBlockingQueue<>();
    private WebSocketServer server;

    @BeforeEach
    void listen() throws Exception {
        serve(LineOptions.defaults().withTiming(WireTiming.DEFAULT.withoutHeartbeat()));
    }

    private void serve(LineOptions options) throws Exception {
        if (server != null) server.close();
        server = WebSocketServer.listen(
                o -> o.port(0).transport(Transport.NIO).line(options).webSocket("/", request -> {
                    Heard heard = new Heard();
                    lines.add(heard);
                    return heard;
                }));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Heard heard() throws InterruptedException {
        return Heard.next(lines);
    }

    @Test
    void messagesOfManyThreadsArriveWholeAndEachThreadsInOrder() throws Exception {
        int threads = 8;
        int each = 500;
        try (RawPeer peer = RawPeer.open(server.port())) {
            WebSocket line = heard().line();
            List<Thread> senders = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int thread = t;
                Thread sender = new Thread(() -> {
                    for (int i = 0; i < each; i++) {
                        String text = thread + ":" + i + ":" + "x".repeat(i % 200);
                        while (line.sendText(text) == SendResult.QUEUE_FULL) Thread.onSpinWait();
                    }
                });
                senders.add(sender);
                sender.start();
            }
            int[] next = new int[threads];
            for (int i = 0; i < threads * each; i++) {
                String[] parts = peer.frame().text().split(":", -1);
                int thread = Integer.parseInt(parts[0]);
                assertThat(Integer.parseInt(parts[1])).isEqualTo(next[thread]++);
                assertThat(parts[2]).hasSize((next[thread] - 1) % 200);
            }
            for (Thread sender : senders) sender.join();
        }
    }

    @Test
    void whatAnotherThreadSentBeforeLeavesBefore() throws Exception {
        try (RawPeer peer = RawPeer.open(server.port())) {
            WebSocket line = heard().line();
            for (int i = 0; i < 200; i++) {
                line.sendText("from outside");
                line.executor().execute(() -> line.sendText("from the loop"));
                assertThat(peer.frame().text()).isEqualTo("from outside");
                assertThat(peer.frame().text()).isEqualTo("from the loop");
            }
        }
    }

    @Test
    void aSharedFrameReachesEveryLineAndIsReleased() throws Exception {
        SharedFrame frame =
                SharedFrame.of(MessageKind.TEXT, ByteBuffer.wrap("to all".getBytes(StandardCharsets.UTF_8)));
        try (RawPeer one = RawPeer.open(server.port());
                RawPeer two = RawPeer.open(server.port())) {
            WebSocket first = heard().line();
            WebSocket second = heard().line();
            first.send(frame);
            second.executor().execute(() -> second.send(frame));
            assertThat(one.frame().text()).isEqualTo("to all");
            assertThat(two.frame().text()).isEqualTo("to all");
            Awaitility.await().until(() -> frame.bytes().refCnt() == 1);
            frame.release();
            assertThat(frame.bytes().refCnt()).isZero();
        }
    }

    @Test
    void aPeerThatNeverReadsFillsItsQueueAndNoMore() throws Exception {
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard heard = heard();
            WebSocket line = heard.line();
            ByteBuffer chunk = ByteBuffer.allocate(100_000);
            SendResult last = SendResult.ACCEPTED;
            for (int i = 0; i < 1_000 && last == SendResult.ACCEPTED; i++) last = line.sendBinary(chunk);
            // The kernel's buffers fill first; then the line's own.
            Awaitility.await().until(() -> line.sendBinary(chunk) == SendResult.QUEUE_FULL && !line.isWritable());
            assertThat(line.queuedBytes())
                    .isLessThanOrEqualTo(LineOptions.defaults().maxQueuedBytes() + 100_000L);
            line.abort();
            assertThat(heard.status().code()).isEqualTo(1006);
            assertThat(line.sendText("too late")).isEqualTo(SendResult.CLOSED);
            assertThat(peer.socket().isClosed()).as("the peer did nothing").isFalse();
        }
    }

    @Test
    void aMessageLargerThanTheQueueIsTakenWhenNothingWaits() throws Exception {
        serve(LineOptions.defaults().withMaxQueuedBytes(1_000));
        try (RawPeer peer = RawPeer.open(server.port())) {
            WebSocket line = heard().line();
            // The answer to the upgrade waits there too, until it is flushed.
            Awaitility.await().until(() -> line.queuedBytes() == 0);
            assertThat(line.sendBinary(ByteBuffer.allocate(50_000))).isEqualTo(SendResult.ACCEPTED);
            assertThat(peer.frame().payload()).hasSize(50_000);
        }
    }

    @Test
    void theClosingHandshakeEndsTheConnectionFromEitherSide() throws Exception {
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard heard = heard();
            peer.say(RawPeer.close(1001));
            peer.expectClose(CloseStatus.GOING_AWAY);
            assertThat(peer.isEnded()).isTrue();
            assertThat(heard.status().code()).isEqualTo(1001);
            assertThat(heard.line().sendText("late")).isEqualTo(SendResult.CLOSED);
        }
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard heard = heard();
            heard.line().sendText("last words");
            heard.line().close(new CloseStatus(4000, "enough"));
            assertThat(peer.frame().text()).isEqualTo("last words");
            RawPeer.Frame close = peer.frame();
            assertThat(close.closeCode()).isEqualTo(4000);
            peer.say(RawPeer.close(4000));
            assertThat(peer.isEnded()).isTrue();
            assertThat(heard.status().code()).isEqualTo(4000);
        }
    }

    @Test
    void aPeerThatNeverAnswersACloseIsDroppedInTime() throws Exception {
        serve(LineOptions.defaults().withTiming(QUICK));
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard heard = heard();
            heard.line().close(CloseStatus.NORMAL);
            peer.expectClose(CloseStatus.NORMAL);
            assertThat(heard.status().code()).isEqualTo(1006);
            assertThat(peer.isEnded()).isTrue();
        }
    }

    @Test
    void aSilentPeerIsPingedAndThenDeclaredDead() throws Exception {
        serve(LineOptions.defaults().withTiming(QUICK));
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard heard = heard();
            assertThat(peer.frame().opcode()).isEqualTo(9);
            assertThat(heard.status().code()).isEqualTo(1006);
            assertThat(peer.isEnded()).isTrue();
        }
    }

    @Test
    void aPeerThatAnswersPingsStays() throws Exception {
        serve(LineOptions.defaults().withTiming(QUICK));
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard heard = heard();
            for (int i = 0; i < 5; i++) {
                RawPeer.Frame ping = peer.frame();
                assertThat(ping.opcode()).isEqualTo(9);
                peer.say(RawPeer.masked(0x8a, ping.payload()));
            }
            assertThat(heard.closed).isNotDone();
        }
    }

    @Test
    void aCutConnectionIs1006AndHeardOnce() throws Exception {
        RawPeer peer = RawPeer.open(server.port());
        Heard heard = heard();
        peer.socket().setSoLinger(true, 0);
        peer.close();
        assertThat(heard.status().code()).isEqualTo(1006);
    }

    @ParameterizedTest(name = "{0}: {1} -> {2}")
    @CsvSource({
        "unmasked frame, 8105 68656c6c6f, 1002",
        "reserved bit, c180 00000000, 1002",
        "unknown opcode, 8380 00000000, 1002",
        "continuation of nothing, 8080 00000000, 1002",
        "fragmented ping, 0980 00000000, 1002",
        "ping of 126 bytes, 89fe007e 00000000, 1002",
        "length with the top bit set, 82ff8000000000000000 00000000, 1002",
        "length that is not minimal, 82fe0001 00000000ff, 1002",
        "length over the limit, 82ff0000000000100001 00000000, 1009",
        "invalid UTF-8, 8181 00000000ff, 1007",
        "close with one byte, 8881 0000000003, 1002",
        "close with 1005, 8882 0000000003ed, 1002",
    })
    void aMalformedFrameGetsTheCodeOfItsRuleAndNothingAfterItIsHeard(String rule, String hex, int code)
            throws Exception {
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard heard = heard();
            peer.say(java.util.HexFormat.of().parseHex(hex.replace(" ", "")));
            peer.say(RawPeer.text("after"));
            RawPeer.Frame close = peer.frame();
            assertThat(close.opcode()).isEqualTo(8);
            assertThat(close.closeCode()).isEqualTo(code);
            peer.socket().shutdownOutput();
            assertThat(peer.isEnded()).isTrue();
            assertThat(heard.status().code()).isEqualTo(code);
            assertThat(heard.texts).isEmpty();
        }
    }

    @Test
    void aHandlerThatThrowsClosesItsLineWith1011() throws Exception {
        server.close();
        server = WebSocketServer.listen(o -> o.port(0)
                .transport(Transport.NIO)
                .webSocket("/", request -> new WebSocketHandler() {
                    @Override
                    public void onText(WebSocket line, String text) {
                        throw new IllegalStateException("on purpose");
                    }
                }));
        try (RawPeer peer = RawPeer.open(server.port())) {
            peer.say(RawPeer.text("x"));
            peer.expectClose(CloseStatus.INTERNAL_ERROR);
        }
    }

    @Test
    void aFloodOfPingsWhoseAnswersAreNotReadEndsTheLine() throws Exception {
        serve(LineOptions.defaults().withMaxQueuedBytes(64 << 10));
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard heard = heard();
            byte[] ping = RawPeer.masked(0x89, new byte[125]);
            byte[] many = new byte[ping.length * 1_000];
            for (int i = 0; i < 1_000; i++) System.arraycopy(ping, 0, many, i * ping.length, ping.length);
            Thread flood = new Thread(() -> {
                try {
                    for (int i = 0; i < 500; i++) peer.say(many);
                } catch (java.io.IOException ended) {
                    // as it should
                }
            });
            flood.start();
            assertThat(heard.status().code()).isEqualTo(1006);
            flood.join();
        }
    }

    @Test
    void aPausedLineHearsNothingUntilItIsResumed() throws Exception {
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard heard = heard();
            WebSocket line = heard.line();
            line.pauseReading();
            line.executor().execute(() -> line.sendText("paused"));
            assertThat(peer.frame().text()).isEqualTo("paused");
            peer.say(RawPeer.text("a")).say(RawPeer.text("b"));
            line.executor().execute(() -> line.sendText("still"));
            assertThat(peer.frame().text()).isEqualTo("still");
            line.resumeReading();
            assertThat(heard.text()).isEqualTo("a");
            assertThat(heard.text()).isEqualTo("b");
        }
    }

    @Test
    void aLineThatIsPausedForLongIsPingedAndNotTakenForDead() throws Exception {
        serve(LineOptions.defaults().withTiming(QUICK));
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard heard = heard();
            heard.line().pauseReading();
            // The second of these would be too late for a pong to the first.
            for (int i = 0; i < 5; i++) assertThat(peer.frame().opcode()).isEqualTo(9);
            heard.line().resumeReading();
            peer.say(RawPeer.text("still here"));
            assertThat(heard.text()).isEqualTo("still here");
        }
    }

    @Test
    void aMessageOverTheLimitInManyFragmentsIs1009() throws Exception {
        serve(LineOptions.defaults().withLimits(new WireLimits(1_000, 2_000, 10)));
        try (RawPeer peer = RawPeer.open(server.port())) {
            peer.say(RawPeer.masked(0x02, new byte[900]));
            peer.say(RawPeer.masked(0x00, new byte[900]));
            peer.say(RawPeer.masked(0x00, new byte[900]));
            peer.expectClose(CloseStatus.MESSAGE_TOO_BIG);
        }
    }
}
