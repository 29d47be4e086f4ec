package dev.openline.net;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.DeflateParameters;
import dev.openline.wire.MessageKind;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One open line, seen from either side. Every method may be called from any thread and none blocks. Messages of one thread leave in
 * the order of its calls, whole, never mixed with another's; a message sent after another was seen to be sent leaves after it.
 */
public interface WebSocket {
    /** Sends a text message. Lone surrogates, which UTF-8 can't spell, leave as {@code ?}. */
    SendResult sendText(String text);

    /** Sends a binary message: what is between the buffer's position and limit. The buffer is copied and its position left alone. */
    SendResult sendBinary(ByteBuffer data);

    /**
     * Sends a message from bytes; {@code TEXT} must be valid UTF-8 (the peer closes the line if not). The buffer is copied and its
     * position left alone. One exception to the copy: a server may send a large payload from where it lies when it is the very buffer that
     * {@link WebSocketHandler#onMessage} is being given, so its content must not be changed any more.
     */
    SendResult send(MessageKind kind, ByteBuffer payload);

    /** Sends a message that was framed once for many lines; by reference, the caller keeps its own reference. Server lines only. */
    SendResult send(SharedFrame frame);

    /**
     * Tells when everything that was accepted before this call, by this thread or earlier by another, has been handed to the operating system.
     * Completes on the line's event loop, in the order of the calls, with {@link SendOutcome#WRITTEN} or {@link SendOutcome#LOST}, and never
     * exceptionally. It costs a message nothing that this isn't called after.
     */
    CompletionStage<SendOutcome> whenWritten();

    /** Sends as {@link #send(MessageKind, ByteBuffer)} does, and tells what became of the message; completes as {@link #whenWritten}. */
    default CompletionStage<SendOutcome> sendTracked(MessageKind kind, ByteBuffer payload) {
        return switch (send(kind, payload)) {
            case ACCEPTED -> whenWritten();
            case QUEUE_FULL -> CompletableFuture.completedFuture(SendOutcome.QUEUE_FULL);
            case CLOSED -> CompletableFuture.completedFuture(SendOutcome.CLOSED);
        };
    }

    /** Sends as {@link #sendText} does, and tells what became of the message. */
    default CompletionStage<SendOutcome> sendTextTracked(String text) {
        return sendTracked(MessageKind.TEXT, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Sends a ping with at most 125 bytes of payload (RFC 6455 §5.5.2). The heartbeat needs no call of this. */
    SendResult ping(ByteBuffer payload);

    /** Starts the closing handshake (RFC 6455 §7.1.2). What was sent before still leaves; a second call changes nothing. */
    void close(CloseStatus status);

    /** Drops the connection at once, without a close frame: the peer sees 1006. */
    void abort();

    /** Whether more should be sent: false from the high mark of the outbound queue until it is below the low mark. */
    boolean isWritable();

    /** Bytes accepted and not yet handed to the operating system; approximate when read from another thread. */
    long queuedBytes();

    /** Bytes handed to the operating system since the line was opened: while it grows, the peer is reading. */
    long sentBytes();

    /** Stops reading from the peer, so that its own sends will stall. What was read already, up to a mebibyte, is still heard. Its pongs go unread too, so a paused line is judged by what it accepts instead. */
    void pauseReading();

    /** Undoes {@link #pauseReading}. */
    void resumeReading();

    /** The request that opened the line; on the client the one that was sent. */
    HttpRequest request();

    /** What the decision about the upgrade set for this line, or null. */
    default <T> @Nullable T attribute(Attribute<T> attribute) {
        return request().attribute(attribute);
    }

    /** The subprotocol both sides agreed on, or null. */
    @Nullable
    String subprotocol();

    /** How messages are compressed where that pays (permessage-deflate, RFC 7692), or null when both sides did not agree on it. */
    @Nullable
    DeflateParameters deflate();

    /** The other end of the socket, or null once the line is closed. Behind a proxy the client is {@code request().remoteAddress()}. */
    @Nullable
    SocketAddress remoteAddress();

    /** Runs tasks on the thread that calls this line's handler. */
    Executor executor();
}
