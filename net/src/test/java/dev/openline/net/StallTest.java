package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.WireTiming;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Peers that don't read what waits for them. */
class StallTest {
    private final BlockingQueue<Heard> lines = new LinkedBlockingQueue<>();
    private WebSocketServer server;

    static Stream<Transport> transports() {
        return Arrays.stream(Transport.values()).filter(Transport::isAvailable);
    }

    private void serve(Transport transport, Duration writeTimeout) throws IOException {
        LineOptions options = LineOptions.defaults()
                .withTiming(WireTiming.DEFAULT.withoutHeartbeat())
                .withWriteTimeout(writeTimeout);
        EventLoops loops = EventLoops.start(transport, 1);
        server =
                WebSocketServer.listen(o -> o.port(0).loops(loops).line(options).webSocket("/", request -> {
                    Heard heard = new Heard() {
                        @Override
                        public void onText(WebSocket line, String text) {
                            line.sendText(text);
                        }
                    };
                    lines.add(heard);
                    return heard;
                }));
    }

    @AfterEach
    void close() {
        if (server == null) return;
        server.close();
        server.loops().close();
    }

    private Heard heard() throws InterruptedException {
        return Heard.next(lines);
    }

    private static void fill(WebSocket line) {
        Awaitility.await()
                .pollInterval(Duration.ofMillis(20))
                .until(() -> refill(line) == SendResult.QUEUE_FULL && !line.isWritable());
    }

    private static SendResult refill(WebSocket line) {
        ByteBuffer chunk = ByteBuffer.allocate(100_000);
        SendResult sent = SendResult.ACCEPTED;
        while (sent == SendResult.ACCEPTED) sent = line.sendBinary(chunk);
        return sent;
    }

    /** It even answers pings, and talks: its silence is not what gives it away. Another line on the same loop goes on. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    @Timeout(60)
    void aPeerThatReadsNothingIsDroppedAndItsNeighbourGoesOn(Transport transport) throws Exception {
        serve(transport, Duration.ofMillis(500));
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard stalled = heard();
            try (RawPeer neighbour = RawPeer.open(server.port())) {
                fill(stalled.line());
                for (int i = 0; !stalled.closed.isDone(); i++) {
                    neighbour.say(RawPeer.text("echo " + i));
                    assertThat(neighbour.frame().text()).isEqualTo("echo " + i);
                    if (i % 100 == 0 && !stalled.closed.isDone()) {
                        pong(peer);
                        // The system's own buffers grow for a while, and that counts as taken.
                        refill(stalled.line());
                    }
                    assertThat(stalled.line().queuedBytes())
                            .isLessThanOrEqualTo(LineOptions.defaults().maxQueuedBytes() + 200_000L);
                }
                assertThat(stalled.status()).isEqualTo(CloseStatus.ABNORMAL.withReason("it takes nothing for PT0.5S"));
                neighbour.say(RawPeer.text("still here"));
                assertThat(neighbour.frame().text()).isEqualTo("still here");
            }
        }
    }

    private static void pong(RawPeer peer) {
        try {
            peer.say(RawPeer.masked(0x8a, new byte[0]));
        } catch (IOException dropped) {
            // The line may be dropped while we speak.
        }
    }

    /** It takes one frame of a hundred kilobytes in a while, and far more waits for it, for several times the time in which it must take some. */
    @Test
    void aPeerThatReadsSlowlyStays() throws Exception {
        serve(Transport.NIO, Duration.ofMillis(800));
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard slow = heard();
            fill(slow.line());
            for (int i = 0; i < 20; i++) {
                server.loops()
                        .loop(0)
                        .schedule(() -> {}, 100, TimeUnit.MILLISECONDS)
                        .get();
                assertThat(peer.frame().payload()).hasSize(100_000);
                slow.line().sendBinary(ByteBuffer.allocate(100_000));
                assertThat(slow.closed).isNotDone();
            }
        }
    }

    @Test
    void aQueueThatWasReadInTimeIsForgotten() throws Exception {
        serve(Transport.NIO, Duration.ofMillis(300));
        try (RawPeer peer = RawPeer.open(server.port())) {
            Heard heard = heard();
            WebSocket line = heard.line();
            fill(line);
            line.sendText("the end");
            Thread reader = new Thread(() -> {
                try {
                    while (true) peer.frame();
                } catch (IOException ended) {
                    // closed by the test
                }
            });
            reader.start();
            Awaitility.await().until(() -> line.queuedBytes() == 0);
            // Twice its time later the line is still there.
            server.loops()
                    .loop(0)
                    .schedule(() -> {}, 700, TimeUnit.MILLISECONDS)
                    .get();
            assertThat(heard.closed).isNotDone();
            peer.close();
            reader.join();
        }
    }

    @Test
    void aWriteTimeoutIsCheckedWhenItIsSet() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LineOptions.defaults().withWriteTimeout(Duration.ZERO));
    }
}
