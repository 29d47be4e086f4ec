package dev.openline.wire;

import java.nio.ByteBuffer;

/**
 * What a {@link Wire} has to say, in order, on the thread that called it. Buffers are valid only during the call; the
 * sink may move their position and limit but must not keep them. A method may call back into the wire's sending side
 * ({@code write}, {@code ping}, {@code close}), never into {@code receive}, {@code onTime} or {@code endOfStream}.
 *
 * <p>The order at the end is always: the frames still to transmit, {@link #onClosed} once, {@link #hangUp} once.
 */
public interface WireSink {
    /**
     * One whole message. The payload is a window into the buffer given to {@link Wire#receive} when the message lay in
     * it in one frame, otherwise memory of its own. Text has been found valid UTF-8. Messages may still come between our
     * Close and the peer's, never after {@link #onClosed}.
     */
    void onMessage(MessageKind kind, ByteBuffer payload);

    /** A ping came and its pong was already given to {@link #transmit}. */
    void onPing(ByteBuffer payload);

    /** A pong came, asked for or not (RFC 6455 §5.5.3). */
    void onPong(ByteBuffer payload);

    /** One whole control frame that must be written now, after everything written before. */
    void transmit(ByteBuffer frame);

    /**
     * The connection is over, once. The status is the one received from the peer (RFC 6455 §7.1.5): 1005 when its Close
     * had no code, 1006 when there was no Close from it. One deviation from that section: when this end failed the
     * connection because of a violation, the status is the violation's own, which tells an application more than 1006.
     */
    void onClosed(CloseStatus status);

    /** The peer broke a rule: for the log line. The Close that answers it and {@link #onClosed} follow at once. */
    void onViolation(ProtocolViolation violation);

    /**
     * Nothing more will be sent, once, and always the last call: write out what is pending and close TCP. A driver
     * should end its sending half first and drop what still arrives for a moment, since closing a socket with unread
     * bytes resets it and may destroy the Close on its way to the peer.
     */
    void hangUp();
}
