package dev.openline.verify;

import dev.openline.net.EventLoops;
import dev.openline.net.HttpRequest;
import dev.openline.net.HttpResponse;
import dev.openline.net.LineOptions;
import dev.openline.net.SendResult;
import dev.openline.net.Transport;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.net.WebSocketServer;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import dev.openline.wire.WireTiming;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The program of {@link HurtProcess}: an echo server on one loop, which also tells on {@code /heap} how many bytes live on its heap and on
 * {@code /lines} how many lines and connections it has. It ends when its standard input does.
 */
final class HurtServer {
    private static final int MAX_CONNECTIONS = 1_000_000;

    /** Often enough that a test can count time in pings; nobody needs to answer them. */
    private static final WireTiming TIMING =
            new WireTiming(Duration.ofMillis(100), Duration.ofHours(1), Duration.ofSeconds(5));

    private static final AtomicInteger LINES = new AtomicInteger();

    private static WebSocketServer server;

    private HurtServer() {}

    public static void main(String[] args) throws IOException {
        Transport transport = Transport.valueOf(args[0]);
        EventLoops loops = EventLoops.start(transport, 1);
        server = WebSocketServer.listen(o -> o.port(0)
                .loops(loops)
                .maxConnections(MAX_CONNECTIONS)
                .line(LineOptions.defaults().withTiming(TIMING))
                .webSocket("/", request -> new Echo())
                .http(HurtServer::tell));
        System.out.println("port " + server.port());
        while (System.in.read() >= 0) {
            // Only its end says something.
        }
        System.exit(0);
    }

    private static CompletableFuture<HttpResponse> tell(HttpRequest request) {
        return CompletableFuture.completedFuture(
                switch (request.path()) {
                    case "/heap" -> HttpResponse.text(200, Long.toString(liveBytes()));
                    // The connection that asks is one of them.
                    case "/lines" -> HttpResponse.text(200, LINES.get() + " " + (server.connections() - 1));
                    default -> HttpResponse.text(404, "");
                });
    }

    private static long liveBytes() {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return runtime.totalMemory() - runtime.freeMemory();
    }

    private static final class Echo implements WebSocketHandler {
        @Override
        public void onOpen(WebSocket line) {
            LINES.incrementAndGet();
        }

        @Override
        public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
            if (line.send(kind, payload) == SendResult.QUEUE_FULL) line.close(CloseStatus.POLICY_VIOLATION);
        }

        @Override
        public void onClosed(WebSocket line, CloseStatus status) {
            LINES.decrementAndGet();
        }
    }
}
