package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.openline.wire.CloseStatus;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.RepeatedTest;

/**
 * The same race as Lincheck walks through in small, on a whole line and over a socket: some threads send as fast as they are let, one
 * closes in the middle.
 */
@DisplayName("send, close and writability at once")
class SendCloseTest {
    private static final int SENDERS = 3;

    private final Heard heard = new Heard();
    private final ExecutorService senders = Executors.newFixedThreadPool(SENDERS);
    private WebSocketServer server;

    @BeforeEach
    void listen() throws Exception {
        server = WebSocketServer.listen(o -> o.port(0)
                .line(LineOptions.defaults().withMaxQueuedBytes(64 << 10))
                .webSocket("/", request -> heard));
    }

    @AfterEach
    void close() {
        senders.shutdownNow();
        server.close();
    }

    /** How many were accepted, one after the other, before the line closed. */
    private Callable<Integer> sender(int sender, WebSocket line) {
        return () -> {
            for (int number = 0; ; number++) {
                String text = sender + ":" + number + ":" + "x".repeat(number % 700);
                SendResult result = line.sendText(text);
                while (result == SendResult.QUEUE_FULL) {
                    Thread.onSpinWait();
                    result = line.sendText(text);
                }
                if (result == SendResult.CLOSED) {
                    assertThat(line.sendText(text)).isEqualTo(SendResult.CLOSED);
                    return number;
                }
            }
        };
    }

    @RepeatedTest(10)
    void whatArrivesIsWhatEachThreadSentFromItsFirstOnAndTheCloseIsLast() throws Exception {
        try (RawPeer peer = RawPeer.open(server.port())) {
            WebSocket line = heard.line();
            List<Future<Integer>> accepted = new ArrayList<>();
            for (int sender = 0; sender < SENDERS; sender++) accepted.add(senders.submit(sender(sender, line)));
            Map<Integer, Integer> arrived = new HashMap<>();
            RawPeer.Frame frame = peer.frame();
            for (int frames = 0; frame.opcode() == 1; frames++) {
                String[] words = new String(frame.payload(), StandardCharsets.UTF_8).split(":", -1);
                int number = Integer.parseInt(words[1]);
                assertThat(number).isEqualTo(arrived.getOrDefault(Integer.valueOf(words[0]), -1) + 1);
                assertThat(words[2]).hasSize(number % 700);
                arrived.put(Integer.valueOf(words[0]), number);
                if (frames == 1000) line.close(CloseStatus.GOING_AWAY);
                frame = peer.frame();
            }
            assertThat(frame.opcode()).isEqualTo(8);
            assertThat(frame.closeCode()).isEqualTo(1001);
            peer.say(RawPeer.close(1001));
            assertThat(peer.isEnded()).isTrue();
            for (int sender = 0; sender < SENDERS; sender++) {
                assertThat(arrived.getOrDefault(sender, -1))
                        .isLessThan(accepted.get(sender).get(10, TimeUnit.SECONDS));
            }
            assertThat(heard.status().code()).isEqualTo(1001);
            await().untilAsserted(() -> assertThat(line.queuedBytes()).isZero());
        }
    }
}
