package dev.openline.verify;

import dev.openline.net.HttpResponse;
import dev.openline.net.LineOptions;
import dev.openline.net.SendResult;
import dev.openline.net.UpgradeDecision;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.net.WebSocketServer;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import dev.openline.wire.WireLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Our server on a free port; it hands out its end of every line. {@code /} echoes, {@code /pick} does too and knows two subprotocols, and
 * {@code /obey} does what it is told, for clients that run elsewhere.
 */
final class EchoServer implements AutoCloseable {
    /** Room for the largest message of these tests, and not for twice as much. */
    static final int MAX_MESSAGE_BYTES = 3 * Messages.LARGEST / 2;

    static final LineOptions ROOMY = LineOptions.defaults()
            .withLimits(new WireLimits(MAX_MESSAGE_BYTES, MAX_MESSAGE_BYTES, 1024))
            .withMaxQueuedBytes(4 * Messages.LARGEST);

    /** The server's end of one line. */
    static final class End extends OpenlineEar {
        private final BlockingQueue<WebSocket> opened;

        private End(BlockingQueue<WebSocket> opened) {
            this.opened = opened;
        }

        @Override
        public void onOpen(WebSocket line) {
            opened.add(line);
        }

        @Override
        public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
            SendResult result = line.send(kind, payload);
            if (result != SendResult.ACCEPTED) throw new IllegalStateException("the echo was not taken: " + result);
        }

        /** This end, to speak on. */
        WebSocket line() {
            return Waiting.forNext(opened, "line");
        }
    }

    /** Pings, closes or drops the line when it is told to; of an answered ping it sends word. */
    private static final class Obedient implements WebSocketHandler {
        @Override
        public void onText(WebSocket line, String text) {
            String[] words = text.split(" ", 3);
            switch (words[0]) {
                case "ping" -> line.ping(Messages.bytes(words[1]));
                case "close" -> line.close(new CloseStatus(Integer.parseInt(words[1]), words[2]));
                case "drop" -> line.abort();
                default -> throw new IllegalArgumentException("can't " + text);
            }
        }

        @Override
        public void onPong(WebSocket line, ByteBuffer payload) {
            line.sendText("pong " + StandardCharsets.UTF_8.decode(payload));
        }
    }

    private final BlockingQueue<End> ends = new LinkedBlockingQueue<>();
    private final WebSocketServer server;

    private EchoServer(LineOptions line) throws IOException {
        HttpResponse page = HttpResponse.text(200, "a page of this origin\n");
        server = WebSocketServer.listen(o -> o.port(0)
                .http(request -> CompletableFuture.completedStage(page))
                .line(line)
                .webSocket("/", request -> newEnd())
                .webSocket("/obey", request -> new Obedient())
                .upgrades("/pick", List.of("first", "second"), request -> new UpgradeDecision.Open(newEnd())));
    }

    static EchoServer start() throws IOException {
        return start(ROOMY);
    }

    static EchoServer start(LineOptions line) throws IOException {
        return new EchoServer(line);
    }

    private End newEnd() {
        End end = new End(new LinkedBlockingQueue<>());
        ends.add(end);
        return end;
    }

    URI uri(String path) {
        return URI.create("ws://127.0.0.1:" + server.port() + path);
    }

    int port() {
        return server.port();
    }

    /** The server's end of the line that was opened next. */
    End nextEnd() {
        return Waiting.forNext(ends, "upgrade");
    }

    @Override
    public void close() {
        server.close();
    }
}
