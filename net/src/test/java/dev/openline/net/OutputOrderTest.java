package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.wire.MessageKind;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Some frames go straight to the socket, some wait in the channel, some are shared or lie elsewhere: it must not show. */
@DisplayName("frames leave in the order in which they were sent")
class OutputOrderTest {
    private static final int ROUNDS = 4;
    private static final int MESSAGES = 1_500;
    private static final int LARGEST = 20_000;

    static Stream<Transport> transports() {
        return Stream.of(Transport.values()).filter(Transport::isAvailable);
    }

    /** Sends a round of numbered messages in turns of its loop, each in a way of its own. */
    private static final class Sender implements WebSocketHandler {
        private final Random random;
        private int number;
        private volatile CompletableFuture<Void> allSent = new CompletableFuture<>();

        Sender(long seed) {
            random = new Random(seed);
        }

        @Override
        public void onText(WebSocket line, String text) {
            turn(line, number + MESSAGES);
        }

        private void turn(WebSocket line, int until) {
            for (int left = random.nextInt(1, 40); left > 0 && number < until; left--) say(line);
            if (number < until) line.executor().execute(() -> turn(line, until));
            else allSent.complete(null);
        }

        private void say(WebSocket line) {
            int size = 4 + (random.nextInt(5) == 0 ? random.nextInt(LARGEST) : random.nextInt(200));
            ByteBuffer payload = ByteBuffer.allocate(size).putInt(0, number++);
            if (random.nextBoolean()) {
                assertThat(line.send(MessageKind.BINARY, payload)).isEqualTo(SendResult.ACCEPTED);
                return;
            }
            SharedFrame shared = SharedFrame.of(MessageKind.BINARY, payload);
            assertThat(line.send(shared)).isEqualTo(SendResult.ACCEPTED);
            shared.release();
        }
    }

    @ParameterizedTest
    @MethodSource("transports")
    void whetherTheSocketTakesThemAtOnceOrTheyHaveToWait(Transport transport) throws Exception {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Sender sender = new Sender(seed);
        LineOptions line = LineOptions.defaults().withMaxQueuedBytes(64 << 20);
        try (EventLoops loops = EventLoops.start(transport, 1);
                WebSocketServer server = WebSocketServer.listen(
                        o -> o.port(0).loops(loops).line(line).webSocket("/", request -> sender));
                RawPeer peer = RawPeer.open(server.port())) {
            for (int round = 0, expected = 0; round < ROUNDS; round++) {
                CompletableFuture<Void> allSent = new CompletableFuture<>();
                sender.allSent = allSent;
                peer.say(RawPeer.text("more"));
                // In every other round nothing is read before all was sent: more than a socket takes.
                if (round % 2 == 1) allSent.get(10, TimeUnit.SECONDS);
                for (int i = 0; i < MESSAGES; i++) {
                    assertThat(ByteBuffer.wrap(peer.frame().payload()).getInt()).isEqualTo(expected++);
                }
            }
        }
    }
}
