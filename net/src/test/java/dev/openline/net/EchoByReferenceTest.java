package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.wire.MessageKind;
import dev.openline.wire.WireLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("Large messages that are sent on from where they lie")
class EchoByReferenceTest {
    private static final int[] SIZES = {
        1, 125, 126, 4000, 4092, 4096, 4100, 16_384, 65_535, 65_536, 100_000, 131_072, 262_144, 1_048_576
    };

    static Stream<Transport> transports() {
        return Stream.of(Transport.values()).filter(Transport::isAvailable);
    }

    private static WebSocketServer serve(Transport transport, BiConsumer<WebSocket, ByteBuffer> answer)
            throws IOException {
        LineOptions line = LineOptions.defaults()
                .withLimits(new WireLimits(1 << 21, 1 << 21, 1024))
                .withMaxQueuedBytes(64 << 20);
        return WebSocketServer.listen(o -> o.port(0)
                .loops(EventLoops.start(transport, 1))
                .line(line)
                .webSocket("/", request -> new WebSocketHandler() {
                    @Override
                    public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
                        answer.accept(line, payload);
                    }
                }));
    }

    /** What arrives in bursts lies side by side in one buffer, next to what other lines are still sending from theirs. */
    @ParameterizedTest
    @MethodSource("transports")
    void comeBackAsTheyWereHoweverTheyCameAndHoweverLateTheyAreRead(Transport transport) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        try (WebSocketServer server = serve(transport, (line, payload) -> line.send(MessageKind.BINARY, payload));
                EventLoops loops = server.loops()) {
            List<RawPeer> peers = new ArrayList<>();
            List<List<byte[]>> said = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                peers.add(RawPeer.open(server.port()));
                said.add(new ArrayList<>());
            }
            for (int burst = 0; burst < 12; burst++) {
                int who = random.nextInt(peers.size());
                say(peers.get(who), said.get(who), random);
                if (random.nextInt(3) == 0) hear(peers.get(who), said.get(who));
            }
            for (int i = 0; i < peers.size(); i++) {
                hear(peers.get(i), said.get(i));
                peers.get(i).close();
            }
        }
    }

    private static void say(RawPeer peer, List<byte[]> said, Random random) throws IOException {
        ByteArrayOutputStream burst = new ByteArrayOutputStream();
        for (int i = random.nextInt(1, 8); i > 0; i--) {
            byte[] payload = new byte[SIZES[random.nextInt(SIZES.length)]];
            random.nextBytes(payload);
            said.add(payload);
            burst.writeBytes(RawPeer.masked(0x82, payload));
        }
        byte[] bytes = burst.toByteArray();
        int cut = random.nextInt(bytes.length);
        Thread writer = new Thread(() -> {
            try {
                peer.say(java.util.Arrays.copyOf(bytes, cut));
                peer.say(java.util.Arrays.copyOfRange(bytes, cut, bytes.length));
            } catch (IOException gone) {
                throw new AssertionError(gone);
            }
        });
        writer.start();
        try {
            // Only when all is written may the peer stop reading for long: the server has room for it.
            writer.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static void hear(RawPeer peer, List<byte[]> said) throws IOException {
        for (byte[] expected : said) assertThat(peer.frame().payload()).isEqualTo(expected);
        said.clear();
    }

    @ParameterizedTest
    @MethodSource("transports")
    void goTwiceAndInPartWithoutDisturbingOneAnother(Transport transport) throws Exception {
        for (int size : new int[] {20_000, 700_000}) goTwiceAndInPart(transport, size);
    }

    /** The kinds differ, so that a head written over another one would show. */
    private static void goTwiceAndInPart(Transport transport, int size) throws Exception {
        byte[] payload = new byte[size];
        new Random(1).nextBytes(payload);
        for (int i = 0; i < size; i++) payload[i] &= 0x7f;
        BiConsumer<WebSocket, ByteBuffer> answer = (line, heard) -> {
            line.send(MessageKind.BINARY, heard.duplicate().position(heard.position() + 10));
            line.send(MessageKind.BINARY, heard);
            line.send(MessageKind.TEXT, heard);
            line.send(MessageKind.BINARY, heard.position(heard.position() + 5_000));
        };
        try (WebSocketServer server = serve(transport, answer);
                EventLoops loops = server.loops();
                RawPeer peer = RawPeer.open(server.port())) {
            peer.say(RawPeer.masked(0x82, payload)).say(RawPeer.masked(0x82, payload));
            for (int i = 0; i < 2; i++) {
                assertThat(peer.frame().payload()).isEqualTo(tail(payload, 10));
                assertFrame(peer.frame(), 0x82, payload);
                assertFrame(peer.frame(), 0x81, payload);
                assertThat(peer.frame().payload()).isEqualTo(tail(payload, 5_000));
            }
        }
    }

    private static void assertFrame(RawPeer.Frame frame, int firstByte, byte[] payload) {
        assertThat(frame.firstByte()).isEqualTo(firstByte);
        assertThat(frame.payload()).isEqualTo(payload);
    }

    private static byte[] tail(byte[] payload, int from) {
        return java.util.Arrays.copyOfRange(payload, from, payload.length);
    }
}
