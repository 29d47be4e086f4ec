package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.WireTiming;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Peers that reset, end their half, or fall silent, in every state of a connection and on every transport of this machine: the line ends
 * once, with its status, and its loop has nothing to do for it.
 */
class DeadSocketsTest {
    private static final Duration LONG = Duration.ofMinutes(10);

    /** A loop that spins uses all of the second that is looked at; one with nothing to do uses a few milliseconds of it. */
    private static final long WINDOW_MILLIS = 1_000;

    private static final long BUSY_MILLIS = 150;

    private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(3);

    /** Hears how a line ends, and how often. */
    private static final class Ends extends Heard {
        final AtomicInteger ends = new AtomicInteger();

        @Override
        public void onClosed(WebSocket line, CloseStatus status) {
            ends.incrementAndGet();
            closed.complete(status);
        }
    }

    /** How a peer goes away. */
    private enum Death {
        RESET {
            @Override
            void of(Socket socket) throws IOException {
                socket.setSoLinger(true, 0);
                socket.close();
            }
        },
        HALF_CLOSE {
            @Override
            void of(Socket socket) throws IOException {
                socket.shutdownOutput();
            }
        };

        abstract void of(Socket socket) throws IOException;
    }

    /** What the connection is doing when its peer goes away; answers the codes that a handler may then hear. */
    private enum State {
        IDLE {
            @Override
            List<Integer> bring(RawPeer peer, Ends ends) {
                return List.of(1006);
            }
        },
        INSIDE_A_FRAME_HEAD {
            @Override
            List<Integer> bring(RawPeer peer, Ends ends) throws Exception {
                peer.say(new byte[] {(byte) 0x81});
                return List.of(1006);
            }
        },
        INSIDE_A_MESSAGE {
            @Override
            List<Integer> bring(RawPeer peer, Ends ends) throws Exception {
                peer.say(RawPeer.masked(0x02, new byte[50_000]));
                return List.of(1006);
            }
        },
        WRITING_TO_ONE_WHO_DOES_NOT_READ {
            @Override
            List<Integer> bring(RawPeer peer, Ends ends) throws Exception {
                fill(ends.line());
                return List.of(1006);
            }
        },
        CLOSED_BY_US_UNANSWERED {
            @Override
            List<Integer> bring(RawPeer peer, Ends ends) throws Exception {
                ends.line().close(CloseStatus.NORMAL);
                peer.expectClose(CloseStatus.NORMAL);
                return List.of(1006);
            }
        },
        CLOSED_BY_THE_PEER {
            @Override
            List<Integer> bring(RawPeer peer, Ends ends) throws Exception {
                peer.say(RawPeer.close(1001));
                return List.of(1001, 1006); // a reset may overtake it
            }
        },
        FAILED {
            @Override
            List<Integer> bring(RawPeer peer, Ends ends) throws Exception {
                peer.say(new byte[] {(byte) 0xf1, 0});
                peer.expectClose(CloseStatus.PROTOCOL_ERROR);
                return List.of(1002);
            }
        };

        abstract List<Integer> bring(RawPeer peer, Ends ends) throws Exception;
    }

    private final BlockingQueue<Ends> lines = new LinkedBlockingQueue<>();
    private EventLoops loops;
    private WebSocketServer server;

    static Stream<Transport> transports() {
        return Arrays.stream(Transport.values()).filter(Transport::isAvailable);
    }

    static Stream<Arguments> deaths() {
        return transports()
                .flatMap(transport -> Arrays.stream(State.values())
                        .flatMap(state ->
                                Arrays.stream(Death.values()).map(death -> Arguments.of(transport, state, death))));
    }

    private void serve(Transport transport, WireTiming timing, Consumer<ServerOptions> more) throws IOException {
        loops = EventLoops.start(transport, 1);
        server = WebSocketServer.listen(o -> {
            o.port(0)
                    .loops(loops)
                    // On io_uring a peer that ends its half while we write to it is gone by this deadline, elsewhere at
                    // once.
                    .line(LineOptions.defaults().withTiming(timing).withWriteTimeout(WRITE_TIMEOUT))
                    .webSocket("/", request -> {
                        Ends ends = new Ends();
                        lines.add(ends);
                        return ends;
                    });
            more.accept(o);
        });
    }

    @AfterEach
    void close() {
        if (server != null) server.close();
        if (loops != null) loops.close();
    }

    private Ends ends() throws InterruptedException {
        Ends ends = lines.poll(10, TimeUnit.SECONDS);
        if (ends == null) throw new AssertionError("no line within ten seconds");
        return ends;
    }

    /** Until the kernel takes no more and the line's own queue is full too. */
    private static void fill(WebSocket line) {
        ByteBuffer chunk = ByteBuffer.allocate(100_000);
        Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
            SendResult sent = SendResult.ACCEPTED;
            while (sent == SendResult.ACCEPTED) sent = line.sendBinary(chunk);
            return sent == SendResult.QUEUE_FULL && !line.isWritable();
        });
    }

    private void assertNothingIsLeftAndTheLoopRests() throws Exception {
        Awaitility.await().untilAsserted(() -> assertThat(server.connections()).isZero());
        assertTheLoopRests();
    }

    private void assertTheLoopRests() throws Exception {
        var loop = loops.loop(0);
        long thread = loop.submit(() -> Thread.currentThread().getId()).get();
        var threads = ManagementFactory.getThreadMXBean();
        long before = threads.getThreadCpuTime(thread);
        loop.schedule(() -> {}, WINDOW_MILLIS, TimeUnit.MILLISECONDS).get();
        long used = TimeUnit.NANOSECONDS.toMillis(threads.getThreadCpuTime(thread) - before);
        assertThat(used)
                .as("milliseconds of CPU that the loop used within %s ms", WINDOW_MILLIS)
                .isLessThan(BUSY_MILLIS);
    }

    @ParameterizedTest(name = "{0}: {1}, {2}")
    @MethodSource("deaths")
    void aPeerThatGoesAwayEndsItsLineOnce(Transport transport, State state, Death death) throws Exception {
        serve(transport, new WireTiming(LONG, LONG, LONG), o -> {});
        try (RawPeer peer = RawPeer.open(server.port())) {
            Ends ends = ends();
            List<Integer> codes = state.bring(peer, ends);
            death.of(peer.socket());
            assertThat(ends.status().code()).isIn(codes);
            Awaitility.await()
                    .untilAsserted(() -> assertThat(server.connections()).isZero());
            assertThat(ends.ends).hasValue(1);
            assertThat(ends.line().sendText("late")).isEqualTo(SendResult.CLOSED);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void whatIsLeftOfDeadPeersCostsNothing(Transport transport) throws Exception {
        serve(transport, new WireTiming(LONG, LONG, LONG), o -> {});
        for (State state : State.values()) {
            for (Death death : Death.values()) {
                try (RawPeer peer = RawPeer.open(server.port())) {
                    state.bring(peer, ends());
                    death.of(peer.socket());
                }
            }
        }
        for (Death death : Death.values()) {
            try (RawPeer peer = RawPeer.connect(server.port())) {
                peer.say("GET / HTTP/1.1\r\nHo");
                death.of(peer.socket());
            }
        }
        assertNothingIsLeftAndTheLoopRests();
    }

    /** All of these stay open for as long as their deadlines say, which here is for ever. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void halfDeadPeersCostNothingWhileTheyLast(Transport transport) throws Exception {
        serve(transport, new WireTiming(LONG, LONG, LONG), o -> o.handshakeTimeout(LONG));
        RawPeer silent = RawPeer.open(server.port());
        ends();
        RawPeer paused = pausedWith(Death.HALF_CLOSE);
        RawPeer reset = pausedWith(Death.RESET);
        RawPeer full = RawPeer.open(server.port());
        fill(ends().line());
        RawPeer fullAndPaused = RawPeer.open(server.port());
        WebSocket line = ends().line();
        line.pauseReading();
        fill(line);
        fullAndPaused.socket().shutdownOutput();
        RawPeer unanswered = RawPeer.open(server.port());
        ends().line().close(CloseStatus.NORMAL);
        unanswered.expectClose(CloseStatus.NORMAL);
        RawPeer failed = RawPeer.open(server.port());
        failed.say(new byte[] {(byte) 0xf1, 0});
        failed.expectClose(CloseStatus.PROTOCOL_ERROR);
        RawPeer dribbling = RawPeer.connect(server.port());
        dribbling.say("GET / HTTP/1.1\r\nHo");
        assertTheLoopRests();
        for (RawPeer peer : List.of(silent, paused, reset, full, fullAndPaused, unanswered, failed, dribbling))
            peer.close();
    }

    private RawPeer pausedWith(Death death) throws Exception {
        RawPeer peer = RawPeer.open(server.port());
        WebSocket line = ends().line();
        line.pauseReading();
        // So that the pause is known to have happened before the peer goes away.
        line.executor().execute(() -> line.sendText("paused"));
        assertThat(peer.frame().text()).isEqualTo("paused");
        peer.say(RawPeer.text("unread"));
        death.of(peer.socket());
        return peer;
    }

    /** While reading is paused nobody has to notice; when it goes on, everybody does. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void aPausedLineEndsWhenItReadsOn(Transport transport) throws Exception {
        serve(transport, new WireTiming(LONG, LONG, LONG), o -> {});
        for (Death death : Death.values()) {
            try (RawPeer peer = RawPeer.open(server.port())) {
                Ends ends = ends();
                WebSocket line = ends.line();
                line.pauseReading();
                line.executor().execute(() -> line.sendText("paused"));
                assertThat(peer.frame().text()).isEqualTo("paused");
                death.of(peer.socket());
                line.resumeReading();
                assertThat(ends.status().code()).isEqualTo(1006);
                assertThat(ends.ends).hasValue(1);
            }
        }
        assertNothingIsLeftAndTheLoopRests();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void silentPeersAreGoneByTheirDeadlines(Transport transport) throws Exception {
        Duration soon = Duration.ofMillis(200);
        serve(transport, new WireTiming(soon, soon, soon), o -> o.handshakeTimeout(soon));
        RawPeer idle = RawPeer.open(server.port());
        Ends silent = ends();
        RawPeer closing = RawPeer.open(server.port());
        Ends unanswered = ends();
        unanswered.line().close(CloseStatus.NORMAL);
        RawPeer failed = RawPeer.open(server.port());
        Ends violated = ends();
        failed.say(new byte[] {(byte) 0xf1, 0});
        RawPeer mute = RawPeer.connect(server.port());
        assertThat(silent.status()).isEqualTo(CloseStatus.ABNORMAL.withReason("no answer to ping"));
        assertThat(unanswered.status()).isEqualTo(CloseStatus.ABNORMAL.withReason("no answer to close"));
        assertThat(violated.status().code()).isEqualTo(1002);
        assertNothingIsLeftAndTheLoopRests();
        for (RawPeer peer : List.of(idle, closing, failed, mute)) peer.close();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void aPeerThatKeepsTalkingAfterItsFaultIsCutInTime(Transport transport) throws Exception {
        serve(transport, new WireTiming(LONG, LONG, Duration.ofMillis(300)), o -> {});
        try (RawPeer peer = RawPeer.open(server.port())) {
            Ends ends = ends();
            peer.say(new byte[] {(byte) 0xf1, 0});
            byte[] noise = new byte[10_000];
            try {
                while (server.connections() > 0) peer.say(noise);
            } catch (SocketException cut) {
                // as it should
            }
            assertThat(ends.status().code()).isEqualTo(1002);
        }
        assertNothingIsLeftAndTheLoopRests();
    }
}
