package dev.openline.net;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.MessageKind;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Hears what happens on a line. All calls for one line come from its event loop, one after another, in the order of the bytes; they
 * must not block. An exception thrown here closes that line with 1011 and nothing else.
 */
public interface WebSocketHandler {
    /**
     * A handler that may block. Its calls come off the event loop, on virtual threads where the JDK has them (21 and newer) and else on a
     * pool of 64 threads; for each line one after another, in order, {@link #onOpen} first and {@link #onClosed} last. A handler that is
     * stuck holds up its own line only, and on the pool others once all 64 are. Payloads are copies, which may be kept. What waits for the
     * handler is bounded: see {@link BlockingOptions}.
     *
     * @param handler may be the same for many lines; it hears of each line as a {@link WebSocket} that is equal to itself only, whose
     *     {@link WebSocket#executor} runs tasks between the handler's calls
     */
    static WebSocketHandler blocking(WebSocketHandler handler) {
        return blocking(handler, BlockingOptions.defaults());
    }

    /** The same on other threads or within other bounds. */
    static WebSocketHandler blocking(WebSocketHandler handler, BlockingOptions options) {
        return new BlockingHandler(handler, options);
    }

    /** The upgrade is done: the line may be spoken on from now. */
    default void onOpen(WebSocket line) {}

    /**
     * One whole message, as bytes. Override this one where speed matters: nothing was copied or decoded yet.
     *
     * @param payload valid during the call only (a window into the read buffer); text is valid UTF-8 already
     */
    default void onMessage(WebSocket line, MessageKind kind, ByteBuffer payload) {
        if (kind == MessageKind.TEXT) {
            onText(line, StandardCharsets.UTF_8.decode(payload).toString());
        } else {
            onBinary(line, payload);
        }
    }

    /** One whole text message. */
    default void onText(WebSocket line, String text) {}

    /** One whole binary message; {@code data} is valid during the call only. */
    default void onBinary(WebSocket line, ByteBuffer data) {}

    /** The peer answered a ping of ours; {@code payload} is valid during the call only. */
    default void onPong(WebSocket line, ByteBuffer payload) {}

    /** The outbound queue has drained below its low mark after {@link WebSocket#isWritable} was false. */
    default void onWritable(WebSocket line) {}

    /**
     * The server is {@linkplain WebSocketServer#drain going away} and it is this line's turn to leave. By default it is closed with 1001;
     * what is not closed when the time is over is cut.
     */
    default void onGoingAway(WebSocket line) {
        line.close(CloseStatus.GOING_AWAY);
    }

    /** The line is over; called exactly once after {@link #onOpen}, also for lines that died without a close frame (1006). */
    default void onClosed(WebSocket line, CloseStatus status) {}
}
