package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.internal.PlatformDependent;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("a peer that sends pongs nobody asked for, and does not end")
class PongFloodTest {
    /** In one write: some thousand pongs. */
    private static final byte[] PONGS = pongs(4_000);

    private static final int WRITES = 200;

    private static final int ECHOES = 50;

    /** Far less than was read, and more than a test's own garbage. */
    private static final long NOISE_BYTES = 8 << 20;

    /** The buffers that a ring may get while it is flooded, and keeps. */
    private static final long RING_BYTES = 8 << 20;

    /** Some hundred are in each read. A ring may read one line 33 times before it is another's turn, twice for an echo. */
    private static int mostBeforeAnEcho(Transport transport) {
        return transport == Transport.IO_URING ? 130_000 : 50_000;
    }

    private final BlockingQueue<Counting> lines = new LinkedBlockingQueue<>();
    private EventLoops loops;
    private WebSocketServer server;

    private static final class Counting extends Heard {
        final AtomicInteger pongs = new AtomicInteger();

        @Override
        public void onText(WebSocket line, String text) {
            super.onText(line, text);
            line.sendText(text);
        }

        @Override
        public void onPong(WebSocket line, ByteBuffer payload) {
            pongs.incrementAndGet();
        }
    }

    static Stream<Transport> transports() {
        return Arrays.stream(Transport.values()).filter(Transport::isAvailable);
    }

    private void serve(Transport transport) throws IOException {
        loops = EventLoops.start(transport, 1);
        server = WebSocketServer.listen(o -> o.port(0).loops(loops).webSocket("/", request -> {
            Counting heard = new Counting();
            lines.add(heard);
            return heard;
        }));
    }

    @AfterEach
    void close() {
        server.close();
        loops.close();
    }

    private Counting heard() throws InterruptedException {
        return Heard.next(lines);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void isReadWithoutKeepingAnythingAndStaysAsItWas(Transport transport) throws Exception {
        serve(transport);
        try (RawPeer peer = RawPeer.open(server.port())) {
            Counting heard = heard();
            peer.say(PONGS).say(RawPeer.text("warm")); // what is made once is made
            assertThat(peer.frame().text()).isEqualTo("warm");
            long before = bytesInUse();
            for (int i = 1; i < WRITES; i++) peer.say(PONGS);
            peer.say(RawPeer.text("all of them"));
            assertThat(peer.frame().text()).isEqualTo("all of them");
            assertThat(heard.pongs).hasValue(WRITES * 4_000);
            Awaitility.await().until(() -> heard.line().queuedBytes() == 0);
            assertThat(bytesInUse())
                    .as("in use, after %d bytes of pongs", (long) WRITES * PONGS.length)
                    .isLessThan(before + NOISE_BYTES + (transport == Transport.IO_URING ? RING_BYTES : 0));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void keepsNoOtherLineOfItsLoopWaiting(Transport transport) throws Exception {
        assertThat(pongsBeforeAnEcho(transport, 1))
                .as("one is read in pieces, and another's turn comes between them")
                .isLessThan(mostBeforeAnEcho(transport));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("transports")
    void takesItsTurnWithOthersOfItsKind(Transport transport) throws Exception {
        assertThat(pongsBeforeAnEcho(transport, 4))
                .as("each is read in pieces, and another's turn comes between them")
                .isLessThan(4 * mostBeforeAnEcho(transport));
    }

    /** On the average, while so many flood. */
    private long pongsBeforeAnEcho(Transport transport, int floods) throws Exception {
        serve(transport);
        List<RawPeer> flooding = new ArrayList<>();
        List<Counting> flooded = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < floods; i++) {
            RawPeer peer = RawPeer.open(server.port());
            flooding.add(peer);
            flooded.add(heard());
            threads.add(new Thread(() -> sayForEver(peer)));
        }
        try (RawPeer neighbour = RawPeer.open(server.port())) {
            threads.forEach(Thread::start);
            long heardMeanwhile = 0;
            for (int i = 0; i < ECHOES; i++) {
                long before = pongs(flooded);
                neighbour.say(RawPeer.text("echo " + i));
                assertThat(neighbour.frame().text()).isEqualTo("echo " + i);
                heardMeanwhile += pongs(flooded) - before;
                // The flood is still on, and is read too.
                while (threads.get(0).isAlive() && pongs(flooded) == before) Thread.onSpinWait();
            }
            assertThat(threads).allMatch(Thread::isAlive);
            return heardMeanwhile / ECHOES;
        } finally {
            for (RawPeer peer : flooding) peer.close();
            for (Thread thread : threads) thread.join();
        }
    }

    private static long pongs(List<Counting> flooded) {
        return flooded.stream().mapToLong(line -> line.pongs.get()).sum();
    }

    private static void sayForEver(RawPeer peer) {
        try {
            while (true) peer.say(PONGS);
        } catch (SocketException closed) {
            // by the test, which has seen enough
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] pongs(int count) {
        byte[] one = RawPeer.masked(0x8a, new byte[125]);
        ByteBuffer all = ByteBuffer.allocate(count * one.length);
        while (all.hasRemaining()) all.put(one);
        return all.array();
    }

    private static long bytesInUse() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory() + PlatformDependent.usedDirectMemory();
    }
}
