package dev.openline.net;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Takes each of its lines to a {@link BlockingLine} of its own; the handler behind it may hear any number of lines. */
final class BlockingHandler implements WebSocketHandler {
    private final WebSocketHandler handler;
    private final BlockingOptions options;
    private final Map<WebSocket, BlockingLine> lines = new ConcurrentHashMap<>();

    BlockingHandler(WebSocketHandler handler, BlockingOptions options) {
        this.handler = handler;
        this.options = options;
    }

    @Override
    public void onOpen(WebSocket line) {
        BlockingLine blocking = new BlockingLine(handler, options);
        lines.put(line, blocking);
        blocking.onOpen(line);
    }

    @Override
    public void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
        BlockingLine blocking = lines.get(line);
        if (blocking != null) blocking.onMessage(line, kind, payload);
    }

    @Override
    public void onPong(WebSocket line, ByteBuffer payload) {
        BlockingLine blocking = lines.get(line);
        if (blocking != null) blocking.onPong(line, payload);
    }

    @Override
    public void onWritable(WebSocket line) {
        BlockingLine blocking = lines.get(line);
        if (blocking != null) blocking.onWritable(line);
    }

    @Override
    public void onGoingAway(WebSocket line) {
        BlockingLine blocking = lines.get(line);
        if (blocking != null) blocking.onGoingAway(line);
    }

    @Override
    public void onClosed(WebSocket line, CloseStatus status) {
        BlockingLine blocking = lines.remove(line);
        if (blocking != null) blocking.onClosed(line, status);
    }
}
