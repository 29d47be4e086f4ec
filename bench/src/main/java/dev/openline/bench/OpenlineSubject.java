package dev.openline.bench;

import dev.openline.net.EventLoops;
import dev.openline.net.LineOptions;
import dev.openline.net.ServerOptions;
import dev.openline.net.SharedFrame;
import dev.openline.net.TlsEngine;
import dev.openline.net.TlsOptions;
import dev.openline.net.WebSocket;
import dev.openline.net.WebSocketHandler;
import dev.openline.net.WebSocketServer;
import dev.openline.wire.CloseStatus;
import dev.openline.wire.DeflateOptions;
import dev.openline.wire.MessageKind;
import dev.openline.wire.WireLimits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** Ours, as its users write it: heartbeat, limits and UTF-8 checks are on, as they are by default. */
final class OpenlineSubject {
    private OpenlineSubject() {}

    static int start(SubjectOptions options) throws IOException {
        EventLoops loops = EventLoops.start(options.transport(), options.threads());
        int largest = SubjectOptions.MAX_MESSAGE_BYTES;
        LineOptions line = LineOptions.defaults()
                .withLimits(new WireLimits(largest, largest, 1024))
                .withMaxQueuedBytes(2 * largest)
                .withDeflate(options.compresses() ? DeflateOptions.DEFAULT : null);
        return WebSocketServer.listen(o -> {
                    o.port(0).loops(loops).line(line);
                    paths(o);
                    if (options.identity() != null) o.tls(tls(options.identity()));
                })
                .port();
    }

    /** By the JDK's engine, as all servers here. */
    private static TlsOptions tls(Identity identity) {
        return TlsOptions.pem(identity.chain(), identity.key()).engine(TlsEngine.JDK);
    }

    /** It echoes on {@code /} too, so that one build can stand beside another as an external server. */
    private static void paths(ServerOptions server) {
        Audience audience = new Audience();
        server.webSocket("/echo", request -> new Echo())
                .webSocket("/", request -> new Echo())
                .webSocket("/broadcast", request -> audience)
                .webSocket("/publish", request -> new WebSocketHandler() {
                    @Override
                    public void onMessage(WebSocket from, MessageKind kind, ByteBuffer payload) {
                        audience.tell(kind, payload);
                    }
                });
    }

    /** Says back what it hears; a peer that doesn't read is not read from. */
    private static final class Echo implements WebSocketHandler {
        @Override
        public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
            line.send(kind, payload);
            if (!line.isWritable()) line.pauseReading();
        }

        @Override
        public void onWritable(WebSocket line) {
            line.resumeReading();
        }
    }

    /** All lines of {@code /broadcast}, by the loop they live on: one task and one shared frame per loop. */
    private static final class Audience implements WebSocketHandler {
        private final Map<Executor, Set<WebSocket>> lines = new ConcurrentHashMap<>();

        @Override
        public void onOpen(WebSocket line) {
            lines.computeIfAbsent(line.executor(), loop -> new LinkedHashSet<>())
                    .add(line);
        }

        @Override
        public void onClosed(WebSocket line, CloseStatus status) {
            lines.get(line.executor()).remove(line);
        }

        void tell(MessageKind kind, ByteBuffer payload) {
            SharedFrame frame = SharedFrame.of(kind, payload);
            lines.forEach((loop, group) -> {
                frame.retain();
                loop.execute(() -> {
                    for (WebSocket line : group) line.send(frame);
                    frame.release();
                });
            });
            frame.release();
        }
    }
}
