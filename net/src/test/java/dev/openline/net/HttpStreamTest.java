package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.wire.WireTiming;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("answers that are streamed in HTTP/1, on every transport of this machine")
@Timeout(60)
class HttpStreamTest {
    private static final String GET = "GET /stream?secret HTTP/1.1\r\nHost: a\r\n\r\n";
    private static final int WRITES = 800;

    private final BlockingQueue<HeardStream> streams = new LinkedBlockingQueue<>();
    private final Queue<SharedBytes> shared = new ConcurrentLinkedQueue<>();
    private EventLoops loops;
    private WebSocketServer server;

    static Stream<Transport> transports() {
        return Stream.of(Transport.values()).filter(Transport::isAvailable);
    }

    private void serve(Transport transport, Consumer<ServerOptions> more) throws IOException {
        loops = EventLoops.start(transport, 1);
        server = WebSocketServer.listen(o -> {
            o.port(0)
                    .loops(loops)
                    .line(LineOptions.defaults().withTiming(WireTiming.DEFAULT.withoutHeartbeat()))
                    .http(request -> {
                        if (!request.path().equals("/stream")) {
                            return CompletableFuture.completedStage(HttpResponse.text(200, request.target()));
                        }
                        HeardStream heard = new HeardStream();
                        streams.add(heard);
                        return CompletableFuture.completedStage(HttpResponse.stream(200, "text/event-stream", heard)
                                .with("cache-control", "no-store"));
                    });
            more.accept(o);
        });
    }

    @AfterEach
    void close() {
        if (server != null) server.close();
        if (loops != null) loops.close();
        Awaitility.await()
                .untilAsserted(() -> assertThat(shared)
                        .allSatisfy(bytes -> assertThat(bytes.bytes().refCnt()).isZero()));
    }

    private SharedBytes shared(ByteBuffer bytes) {
        SharedBytes made = SharedBytes.of(bytes);
        shared.add(made);
        return made;
    }

    private HeardStream heard() throws InterruptedException {
        return HeardStream.next(streams);
    }

    private void tick(long millis) throws Exception {
        loops.loop(0).schedule(() -> {}, millis, TimeUnit.MILLISECONDS).get();
    }

    // --- what arrives
    // ---------------------------------------------------------------------------------------------------------------

    /** Numbers its writes, and makes some of them large, and some of them shared. */
    private final class Writer {
        private final HttpStream stream;
        private final int name;
        private final Random random;

        Writer(HttpStream stream, int name, long seed) {
            this.stream = stream;
            this.name = name;
            this.random = new Random(seed + name);
        }

        void write(int number) {
            int size = 8 + (random.nextInt(5) == 0 ? random.nextInt(20_000) : random.nextInt(300));
            ByteBuffer bytes = ByteBuffer.allocate(size).putInt(0, name).putInt(4, number);
            if (random.nextBoolean()) {
                assertThat(stream.write(bytes)).isEqualTo(SendResult.ACCEPTED);
                return;
            }
            SharedBytes made = shared(bytes);
            assertThat(stream.write(made)).isEqualTo(SendResult.ACCEPTED);
            made.release();
        }

        Thread started() {
            Thread thread = new Thread(() -> {
                for (int i = 0; i < WRITES; i++) write(i);
            });
            thread.start();
            return thread;
        }

        void turn(int from) {
            int until = Math.min(WRITES, from + 1 + random.nextInt(30));
            for (int i = from; i < until; i++) write(i);
            if (until < WRITES) stream.executor().execute(() -> turn(until));
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void writesOfTwoThreadsAndTheLoopArriveWholeAndEachInItsOrderAndTheConnectionGoesOn(Transport transport)
            throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        serve(transport, o -> o.line(LineOptions.defaults().withMaxQueuedBytes(64 << 20)));
        try (RawPeer peer = RawPeer.connect(server.port())) {
            for (int round = 0; round < 2; round++) {
                peer.say(GET);
                HeardStream heard = heard();
                HttpStream stream = heard.stream();
                List<Thread> threads =
                        List.of(new Writer(stream, 0, seed).started(), new Writer(stream, 1, seed).started());
                stream.executor().execute(() -> new Writer(stream, 2, seed).turn(0));
                if (round == 1) for (Thread thread : threads) thread.join();
                assertThat(peer.head())
                        .startsWith("HTTP/1.1 200 OK\r\n")
                        .contains("content-type: text/event-stream\r\n")
                        .contains("cache-control: no-store\r\n")
                        .contains("transfer-encoding: chunked\r\n")
                        .doesNotContain("content-length");
                int[] next = new int[3];
                for (int i = 0; i < 3 * WRITES; i++) {
                    ByteBuffer chunk = ByteBuffer.wrap(peer.chunk());
                    int name = chunk.getInt();
                    assertThat(chunk.getInt()).isEqualTo(next[name]++);
                }
                stream.end();
                assertThat(stream.write(HeardStream.bytes("late"))).isEqualTo(SendResult.CLOSED);
                assertThat(peer.chunk()).isEmpty();
                heard.awaitClosed();
                assertThat(heard.opens).hasValue(1);
                assertThat(heard.ends).hasValue(1);
            }
            peer.say("GET /after HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(peer.head()).startsWith("HTTP/1.1 200 OK\r\n").contains("content-length: 6\r\n");
            assertThat(peer.body(6)).isEqualTo("/after");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void emptyWritesEndNothing(Transport transport) throws Exception {
        serve(transport, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET).head();
            HttpStream stream = heard().stream();
            SharedBytes nothing = shared(ByteBuffer.allocate(0));
            assertThat(stream.write(ByteBuffer.allocate(0))).isEqualTo(SendResult.ACCEPTED);
            assertThat(stream.write(nothing)).isEqualTo(SendResult.ACCEPTED);
            nothing.release();
            stream.write(HeardStream.bytes("something"));
            stream.end();
            assertThat(new String(peer.chunk(), StandardCharsets.UTF_8)).isEqualTo("something");
            assertThat(peer.chunk()).isEmpty();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aClientOfHttp10GetsBytesWithoutChunksUntilTheConnectionEnds(Transport transport) throws Exception {
        serve(transport, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
            assertThat(peer.head()).contains("connection: close\r\n").doesNotContain("transfer-encoding");
            HeardStream heard = heard();
            SharedBytes end = shared(HeardStream.bytes(" end"));
            heard.stream().write(HeardStream.bytes("the"));
            heard.stream().write(end);
            end.release();
            heard.stream().end();
            assertThat(peer.body(7)).isEqualTo("the end");
            assertThat(peer.isEnded()).isTrue();
            heard.awaitClosed();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aClientThatAsksForItIsLeftBehindTheBody(Transport transport) throws Exception {
        serve(transport, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("GET /stream HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            assertThat(peer.head()).contains("connection: close\r\n").contains("chunked");
            HttpStream stream = heard().stream();
            stream.write(HeardStream.bytes("all"));
            stream.end();
            assertThat(peer.chunk()).hasSize(3);
            assertThat(peer.chunk()).isEmpty();
            assertThat(peer.isEnded()).isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aHeadRequestGetsTheHeadAndItsStreamIsOverAtOnce(Transport transport) throws Exception {
        serve(transport, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n");
            assertThat(peer.head()).startsWith("HTTP/1.1 200 OK\r\n").contains("chunked");
            assertThat(peer.head()).as("no body is between the heads").contains("content-length: 5");
            HeardStream heard = heard();
            heard.awaitClosed();
            assertThat(heard.opens).hasValue(1);
            assertThat(heard.stream().write(HeardStream.bytes("body"))).isEqualTo(SendResult.CLOSED);
            assertThat(heard.stream().isWritable()).isFalse();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theRequestIsKeptWithoutItsBody(Transport transport) throws Exception {
        serve(transport, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("POST /stream?q=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbody")
                    .head();
            HttpRequest request = heard().stream().request();
            assertThat(request.query("q")).isEqualTo("1");
            assertThat(request.headers().first("host")).isEqualTo("a");
            assertThat(request.body()).isEmpty();
        }
    }

    // --- backpressure
    // ---------------------------------------------------------------------------------------------------------------

    /** Until nothing more is taken for a while, since the system's own buffers grow at first. */
    private static int fill(HttpStream stream) {
        int[] accepted = {0};
        int[] quiet = {0};
        Awaitility.await().pollInterval(Duration.ofMillis(20)).until(() -> {
            int more = refill(stream);
            accepted[0] += more;
            quiet[0] = more > 0 || stream.isWritable() ? 0 : quiet[0] + 1;
            return quiet[0] == 10;
        });
        return accepted[0];
    }

    private static int refill(HttpStream stream) {
        ByteBuffer chunk = ByteBuffer.allocate(100_000);
        int accepted = 0;
        while (stream.write(chunk) == SendResult.ACCEPTED) accepted++;
        return accepted;
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aPeerThatDoesNotReadFillsTheQueueAndIsToldOnWhenItReads(Transport transport) throws Exception {
        serve(transport, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET).head();
            HeardStream heard = heard();
            HttpStream stream = heard.stream();
            int accepted = fill(stream);
            SharedBytes refused = shared(ByteBuffer.allocate(100_000));
            assertThat(stream.write(refused)).isEqualTo(SendResult.QUEUE_FULL);
            refused.release();
            assertThat(refused.bytes().refCnt()).as("nothing of it was taken").isZero();
            int before = heard.writables.get();
            for (int i = 0; i < accepted; i++) assertThat(peer.chunk()).hasSize(100_000);
            Awaitility.await().until(() -> heard.writables.get() > before && stream.isWritable());
            Awaitility.await().until(() -> stream.sentBytes() >= accepted * 100_000L);
            assertThat(stream.write(ByteBuffer.allocate(5))).isEqualTo(SendResult.ACCEPTED);
            assertThat(peer.chunk()).hasSize(5);
        }
    }

    /** Then the socket may take all of it without the channel ever having been full. */
    @ParameterizedTest
    @MethodSource("transports")
    void whoWasRefusedWhileOnlyTheLoopWasBusyIsToldToo(Transport transport) throws Exception {
        serve(transport, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET).head();
            HeardStream heard = heard();
            HttpStream stream = heard.stream();
            CountDownLatch busy = new CountDownLatch(1);
            stream.executor().execute(() -> {
                try {
                    busy.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            int accepted = 0;
            while (stream.write(ByteBuffer.allocate(10_000)) == SendResult.ACCEPTED) accepted++;
            busy.countDown();
            for (int i = 0; i < accepted; i++) assertThat(peer.chunk()).hasSize(10_000);
            Awaitility.await().until(() -> heard.writables.get() > 0);
            assertThat(stream.write(ByteBuffer.allocate(1))).isEqualTo(SendResult.ACCEPTED);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void aPeerThatTakesNothingIsDroppedAndItsNeighbourGoesOn(Transport transport) throws Exception {
        serve(transport, o -> o.line(LineOptions.defaults().withWriteTimeout(Duration.ofMillis(500))));
        try (RawPeer peer = RawPeer.connect(server.port());
                RawPeer neighbour = RawPeer.connect(server.port())) {
            peer.say(GET).head();
            HeardStream stalled = heard();
            neighbour.say(GET).head();
            HttpStream lively = heard().stream();
            fill(stalled.stream());
            for (int i = 0; i < 1_000_000 && !stalled.closed.isDone(); i++) {
                lively.write(HeardStream.bytes("on"));
                assertThat(neighbour.chunk()).hasSize(2);
            }
            assertThat(stalled.ends).hasValue(1);
        }
    }

    /** What is left is less than what makes a stream unwritable, and yet somebody has to take it. */
    @ParameterizedTest
    @MethodSource("transports")
    void aPeerThatDoesNotTakeTheRestOfABodyIsDropped(Transport transport) throws Exception {
        serve(transport, o -> o.line(LineOptions.defaults().withWriteTimeout(Duration.ofMillis(300))));
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET).head();
            HeardStream heard = heard();
            fill(heard.stream());
            heard.stream().end();
            heard.awaitClosed();
            Awaitility.await()
                    .untilAsserted(() -> assertThat(server.connections()).isZero());
        }
    }

    // --- the connection around it
    // ---------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @MethodSource("transports")
    void aSilentStreamOutlivesTheTimesOfRequests(Transport transport) throws Exception {
        Duration soon = Duration.ofMillis(100);
        serve(transport, o -> o.handshakeTimeout(soon).keepAliveTimeout(soon));
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET).head();
            HeardStream heard = heard();
            tick(500);
            assertThat(heard.closed).isNotDone();
            heard.stream().write(HeardStream.bytes("still here"));
            assertThat(peer.chunk()).hasSize(10);
            heard.stream().end();
            assertThat(peer.chunk()).isEmpty();
            assertThat(peer.isEnded()).as("an idle connection is closed").isTrue();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void theNextRequestWaitsForTheEndAndNothingIsSaidMeanwhile(Transport transport) throws Exception {
        serve(transport, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET).head();
            HttpStream stream = heard().stream();
            peer.say("POST /next HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
            tick(100);
            stream.write(HeardStream.bytes("first"));
            assertThat(peer.chunk()).hasSize(5);
            peer.say("ok");
            stream.end();
            assertThat(peer.chunk()).isEmpty();
            assertThat(peer.head()).startsWith("HTTP/1.1 200 OK\r\n");
            assertThat(peer.body(5)).isEqualTo("/next");
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whoSendsTooMuchBehindAStreamLosesIt(Transport transport) throws Exception {
        serve(transport, o -> {});
        List<String> floods = List.of(
                "GET /next HTTP/1.1\r\nHost: a\r\n\r\n".repeat(16),
                "POST /next HTTP/1.1\r\nHost: a\r\nContent-Length: 65536\r\n\r\n" + "x".repeat(65_536),
                RawPeer.upgrade("/", ""));
        for (String flood : floods) {
            try (RawPeer peer = RawPeer.connect(server.port())) {
                peer.say(GET).head();
                HeardStream heard = heard();
                peer.say(flood);
                heard.awaitClosed();
                assertThat(peer.isEnded()).isTrue();
            }
        }
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say("GET /stream HTTP/1.1\r\nHost: a\r\n\r\n".repeat(3));
            List<HeardStream> all = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                all.add(heard());
                peer.head();
                assertThat(streams).isEmpty();
                all.get(i).stream().end();
                assertThat(peer.chunk()).isEmpty();
            }
            for (HeardStream one : all) one.awaitClosed();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void anAbortedBodyIsSeenToBeIncomplete(Transport transport) throws Exception {
        serve(transport, o -> {});
        try (RawPeer peer = RawPeer.connect(server.port())) {
            peer.say(GET).head();
            HeardStream heard = heard();
            heard.stream().abort();
            assertThat(peer.isEnded()).isTrue();
            heard.awaitClosed();
            assertThat(heard.stream().write(HeardStream.bytes("x"))).isEqualTo(SendResult.CLOSED);
        }
    }
}
