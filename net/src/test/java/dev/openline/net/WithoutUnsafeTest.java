package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.wire.MessageKind;
import dev.openline.wire.WireLimits;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** In a process of its own: Netty decides when it is loaded what it may use. Java 25 tells addresses all the same. */
@DisplayName("Where Netty may not use Unsafe")
class WithoutUnsafeTest {
    private static final String ALL = "all came back";

    @Test
    void messagesOfAllSizesComeBackOnEveryTransport() throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dio.netty.noUnsafe=true",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Echoes.class.getName())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(said).contains(ALL);
    }

    /** What the process does. */
    static final class Echoes implements WebSocketHandler {
        public static void main(String[] args) throws Exception {
            for (Transport transport : Transport.values()) if (transport.isAvailable()) echo(transport);
            System.out.println(ALL);
            Runtime.getRuntime().halt(0);
        }

        private static void echo(Transport transport) throws Exception {
            LineOptions line = LineOptions.defaults().withLimits(new WireLimits(1 << 21, 1 << 21, 16));
            try (EventLoops loops = EventLoops.start(transport, 1);
                    WebSocketServer server = WebSocketServer.listen(
                            o -> o.port(0).loops(loops).line(line).webSocket("/", request -> new Echoes()));
                    RawPeer peer = RawPeer.open(server.port())) {
                for (int size : List.of(0, 20, 5_000, 20_000, 1_000_000)) {
                    byte[] payload = new byte[size];
                    new Random(size).nextBytes(payload);
                    peer.say(RawPeer.masked(0x82, payload));
                    assertThat(peer.frame().payload()).isEqualTo(payload);
                }
            }
        }

        @Override
        public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
            line.send(kind, payload);
        }
    }
}
