package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import dev.openline.wire.WireLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Large messages, which are read to where they belong,")
class LargeReadsTest {
    private static final int SECONDS = 20;
    private static final int LARGEST = 3 << 20;

    private final UnfinishedMessages unfinished = UnfinishedMessages.atMost(64 << 20);
    private final BlockingQueue<Integer> heard = new LinkedBlockingQueue<>();
    private final BlockingQueue<WebSocket> opened = new LinkedBlockingQueue<>();
    private final BlockingQueue<CloseStatus> closed = new LinkedBlockingQueue<>();

    static Stream<Transport> transports() {
        return Stream.of(Transport.values()).filter(Transport::isAvailable);
    }

    /** A server that answers each message with its length and hash, and does something else with its line. */
    private WebSocketServer serve(Transport transport, Consumer<WebSocket> also) throws IOException {
        LineOptions line = LineOptions.defaults()
                .withLimits(new WireLimits(LARGEST, LARGEST, 1024))
                .withUnfinished(unfinished);
        return WebSocketServer.listen(o -> o.port(0)
                .loops(EventLoops.start(transport, 1))
                .line(line)
                .webSocket("/", request -> new WebSocketHandler() {
                    @Override
                    public void onOpen(WebSocket line) {
                        opened.add(line);
                    }

                    @Override
                    public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
                        heard.add(payload.remaining());
                        line.sendBinary(receipt(payload));
                        also.accept(line);
                    }

                    @Override
                    public void onClosed(WebSocket line, CloseStatus status) {
                        closed.add(status);
                    }
                }));
    }

    private static ByteBuffer receipt(ByteBuffer payload) {
        return ByteBuffer.allocate(8)
                .putInt(payload.remaining())
                .putInt(payload.hashCode())
                .flip();
    }

    private static byte[] random(int size, Random random) {
        byte[] payload = new byte[size];
        random.nextBytes(payload);
        return payload;
    }

    /** Lines turn to large messages and back to small ones, all at once, while the application pauses and resumes them. */
    @ParameterizedTest
    @MethodSource("transports")
    void areHeardInOrderBesideSmallOnesHoweverTheyCome(Transport transport) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random pauses = new Random(seed);
        Consumer<WebSocket> pausing = line -> {
            if (pauses.nextInt(4) > 0) return;
            line.pauseReading();
            if (pauses.nextBoolean()) line.resumeReading();
            else line.executor().execute(line::resumeReading);
        };
        try (WebSocketServer server = serve(transport, pausing);
                EventLoops loops = server.loops()) {
            List<Thread> writers = new ArrayList<>();
            List<RawPeer> peers = new ArrayList<>();
            List<List<byte[]>> receipts = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                RawPeer peer = RawPeer.open(server.port());
                List<byte[]> expected = new ArrayList<>();
                byte[] stream = stream(new Random(seed + i), expected);
                Thread writer = new Thread(() -> sayInPieces(peer, stream, new Random(stream.length)));
                writer.start();
                writers.add(writer);
                peers.add(peer);
                receipts.add(expected);
            }
            for (int i = 0; i < peers.size(); i++) {
                for (byte[] receipt : receipts.get(i))
                    assertThat(peers.get(i).frame().payload()).isEqualTo(receipt);
                writers.get(i).join();
                peers.get(i).close();
            }
        }
    }

    /** Only two lines of a ring's loop read at once. */
    @ParameterizedTest
    @MethodSource("transports")
    void areHeardOfManyLinesThatAllSayAsMuchAsTheyCan(Transport transport) throws Exception {
        try (WebSocketServer server = serve(transport, line -> {});
                EventLoops loops = server.loops()) {
            byte[] message = random(LARGEST, new Random(4));
            byte[] receipt = receipt(ByteBuffer.wrap(message)).array();
            byte[] stream = repeated(RawPeer.masked(0x82, message), 6);
            List<Thread> writers = new ArrayList<>();
            List<RawPeer> peers = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                RawPeer peer = RawPeer.open(server.port());
                Thread writer = new Thread(() -> sayWhole(peer, stream));
                writer.start();
                writers.add(writer);
                peers.add(peer);
            }
            for (RawPeer peer : peers) {
                for (int i = 0; i < 6; i++) assertThat(peer.frame().payload()).isEqualTo(receipt);
                peer.close();
            }
            for (Thread writer : writers) writer.join();
        }
    }

    private static void sayWhole(RawPeer peer, byte[] stream) {
        try {
            peer.say(stream);
        } catch (IOException gone) {
            throw new AssertionError(gone);
        }
    }

    private static byte[] stream(Random random, List<byte[]> receipts) {
        ByteArrayOutputStream stream = new ByteArrayOutputStream();
        for (int turn = 0; turn < 6; turn++) {
            for (int large = random.nextInt(1, 4); large > 0; large--) {
                say(random(random.nextInt(LARGEST), random), stream, receipts);
            }
            for (int small = random.nextInt(40); small > 0; small--) {
                say(random(random.nextInt(random.nextInt(8) == 0 ? 100_000 : 300), random), stream, receipts);
            }
        }
        return stream.toByteArray();
    }

    private static void say(byte[] payload, ByteArrayOutputStream stream, List<byte[]> receipts) {
        stream.writeBytes(RawPeer.masked(0x82, payload));
        receipts.add(receipt(ByteBuffer.wrap(payload)).array());
    }

    private static void sayInPieces(RawPeer peer, byte[] stream, Random random) {
        try {
            int at = 0;
            while (at < stream.length) {
                int end = Math.min(stream.length, at + 1 + random.nextInt(random.nextBoolean() ? 2_000 : 1 << 20));
                peer.say(Arrays.copyOfRange(stream, at, end));
                at = end;
            }
        } catch (IOException gone) {
            throw new AssertionError(gone);
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void areNotReadWhileTheApplicationWantsNothing(Transport transport) throws Exception {
        try (WebSocketServer server = serve(transport, WebSocket::pauseReading);
                EventLoops loops = server.loops();
                RawPeer peer = RawPeer.open(server.port())) {
            WebSocket line = opened.poll(SECONDS, TimeUnit.SECONDS);
            Random random = new Random(1);
            byte[] message = random(LARGEST, random);
            Thread writer = new Thread(() -> sayInPieces(peer, repeated(RawPeer.masked(0x82, message), 8), random));
            writer.start();
            for (int i = 1; i <= 8; i++) {
                assertThat(peer.frame().payload())
                        .isEqualTo(receipt(ByteBuffer.wrap(message)).array());
                assertThat(heard.poll()).isEqualTo(LARGEST);
                // A ping of ours shows that the loop has gone round; nothing was heard on the way.
                line.ping(ByteBuffer.allocate(0));
                assertThat(peer.frame().firstByte()).isEqualTo(0x89);
                assertThat(heard).isEmpty();
                line.resumeReading();
            }
            writer.join();
        }
    }

    private static byte[] repeated(byte[] bytes, int times) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (int i = 0; i < times; i++) all.writeBytes(bytes);
        return all.toByteArray();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void areTheLastThatIsHeardOfAPeerThatEndsItsHalf(Transport transport) throws Exception {
        try (WebSocketServer server = serve(transport, line -> {});
                EventLoops loops = server.loops()) {
            Random random = new Random(2);
            for (int i = 0; i < 20; i++) {
                RawPeer peer = RawPeer.open(server.port());
                byte[] message = random(1 + random.nextInt(LARGEST), random);
                byte[] whole = repeated(RawPeer.masked(0x82, message), 2);
                int unsaid = random.nextInt(Math.min(message.length, 300_000));
                sayInPieces(peer, Arrays.copyOf(whole, whole.length - unsaid), random);
                peer.socket().shutdownOutput();
                int messages = unsaid == 0 ? 2 : 1;
                for (int j = 0; j < messages; j++) {
                    assertThat(heard.poll(SECONDS, TimeUnit.SECONDS)).isEqualTo(message.length);
                }
                assertThat(closed.poll(SECONDS, TimeUnit.SECONDS).code()).isEqualTo(1006);
                assertThat(heard).isEmpty();
                peer.close();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void leaveNothingBehindWhenTheirLineIsClosedInTheMiddleOrLater(Transport transport) throws Exception {
        try (WebSocketServer server = serve(transport, line -> {});
                EventLoops loops = server.loops()) {
            Random random = new Random(3);
            for (int i = 0; i < 30; i++) {
                RawPeer peer = RawPeer.open(server.port());
                WebSocket line = opened.poll(SECONDS, TimeUnit.SECONDS);
                byte[] message = random(1 << 20, random);
                byte[] frame = RawPeer.masked(0x82, message);
                sayInPieces(peer, i % 2 == 0 ? frame : Arrays.copyOf(frame, 500_000), random);
                if (i % 2 == 0) assertThat(peer.frame().payload()).hasSize(8);
                if (i % 3 == 0) line.abort();
                else if (i % 3 == 1) reset(peer);
                else line.close(CloseStatus.NORMAL);
                if (i % 3 == 2) {
                    assertThat(peer.frame().firstByte()).isEqualTo(0x88);
                    peer.close();
                } else if (i % 3 == 0) {
                    assertThat(peer.isEnded()).as("the descriptor is closed").isTrue();
                }
                assertThat(closed.poll(SECONDS, TimeUnit.SECONDS)).isNotNull();
            }
            assertThat(unfinished.heldBytes()).isZero();
            // The loop is as good as ever.
            try (RawPeer peer = RawPeer.open(server.port())) {
                byte[] message = random(LARGEST, random);
                peer.say(RawPeer.masked(0x82, message));
                assertThat(peer.frame().payload())
                        .isEqualTo(receipt(ByteBuffer.wrap(message)).array());
            }
        }
    }

    private static void reset(RawPeer peer) throws IOException {
        peer.socket().setSoLinger(true, 0);
        peer.close();
    }
}
