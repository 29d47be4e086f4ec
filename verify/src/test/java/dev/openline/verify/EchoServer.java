package dev.openline.verify;

import dev.openline.net.LineOptions;
import dev.openline.net.SendResult;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketServer;
import dev.openline.wire.MessageKind;
import dev.openline.wire.WireLimits;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** Our server on a free port: {@code /} echoes, {@code /pick} knows two subprotocols; it hands out its end of every line. */
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

    private final BlockingQueue<End> ends = new LinkedBlockingQueue<>();
    private final WebSocketServer server;

    private EchoServer() throws IOException {
        server = WebSocketServer.listen(o -> o.port(0)
                .line(ROOMY)
                .webSocket("/", request -> newEnd())
                .upgrades(
                        "/pick",
                        List.of("first", "second"),
                        request -> new dev.openline.net.UpgradeDecision.Open(newEnd())));
    }

    static EchoServer start() throws IOException {
        return new EchoServer();
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
