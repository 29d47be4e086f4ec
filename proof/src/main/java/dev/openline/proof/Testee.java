package dev.openline.proof;

import dev.openline.net.DialFailed;
import dev.openline.net.LineOptions;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketClient;
import dev.openline.net.WebSocketHandler;
import dev.openline.net.WebSocketServer;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.DeflateContext;
import dev.openline.wire.DeflateOptions;
import dev.openline.wire.MessageKind;
import dev.openline.wire.WireLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Openline as Autobahn wants it: an end that echoes, with room for the testsuite's 16 MiB. */
final class Testee {
    private static final int LARGEST = 16 << 20;
    private static final int FRAGMENTS = 1 << 20;
    private static final LineOptions ROOMY = LineOptions.defaults()
            .withLimits(new WireLimits(LARGEST, LARGEST, FRAGMENTS))
            .withMaxQueuedBytes(2 * LARGEST)
            .withDeflate(DeflateOptions.DEFAULT
                    .withThresholdBytes(0)
                    .withSending(DeflateContext.TAKEOVER)
                    .withReceiving(DeflateContext.TAKEOVER));

    private static final int MINUTES_PER_CASE = 2;

    private Testee() {}

    static WebSocketServer server() throws IOException {
        return WebSocketServer.listen(o -> o.port(0).line(ROOMY).webSocket("/", request -> new Echo()));
    }

    /** Dials Autobahn's server once for each of its cases. */
    static void dialEveryCase(URI server) throws InterruptedException {
        try (WebSocketClient client = WebSocketClient.create(o -> o.line(ROOMY))) {
            Echo count = new Echo();
            run(client, server.resolve("/getCaseCount"), count);
            int cases = Integer.parseInt(count.last);
            for (int number = 1; number <= cases; number++) {
                run(client, server.resolve("/runCase?case=" + number + "&agent=Openline"), new Echo());
            }
            run(client, server.resolve("/updateReports?agent=Openline"), new Echo());
        }
    }

    private static void run(WebSocketClient client, URI address, Echo echo) throws InterruptedException {
        try {
            client.dial(address, echo).toCompletableFuture().get(MINUTES_PER_CASE, TimeUnit.MINUTES);
            echo.closed.get(MINUTES_PER_CASE, TimeUnit.MINUTES);
        } catch (ExecutionException | TimeoutException stuck) {
            if (stuck.getCause() instanceof DialFailed) return; // A case may be about a handshake that fails.
            throw new IllegalStateException("stuck at " + address, stuck);
        }
    }

    private static final class Echo implements WebSocketHandler {
        private final CompletableFuture<CloseStatus> closed = new CompletableFuture<>();
        private volatile String last = "";

        @Override
        public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
            if (payload.remaining() < 10)
                last = java.nio.charset.StandardCharsets.UTF_8
                        .decode(payload.duplicate())
                        .toString();
            line.send(kind, payload);
        }

        @Override
        public void onClosed(WebSocket line, CloseStatus status) {
            closed.complete(status);
        }
    }
}
