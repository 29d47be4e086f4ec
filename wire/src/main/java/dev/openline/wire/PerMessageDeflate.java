package dev.openline.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * permessage-deflate on one connection (RFC 7692 §7): compresses what is sent and inflates what is received. Without context takeover it
 * holds no more than its few fields. With it, it holds the last bytes of that direction: {@link DeflateOptions#contextBytes} of what it
 * sent, the agreed window of what it received. It owns no compressor and no native memory, so there is nothing to close.
 */
public final class PerMessageDeflate {
    /** "Per-Message Compressed" (RFC 7692 §6). */
    static final ReservedBits RESERVED = ReservedBits.owning(DeflateNegotiation.RSV1);

    private final DeflateOptions options;
    private final DeflateCodecs codecs;
    private final int windowBits;
    private final @Nullable SlidingWindow sent;
    private final @Nullable SlidingWindow received;

    /**
     * @param role which end this is
     * @param agreed in the handshake
     * @param options of this end
     * @param codecs of the thread that the connection belongs to
     */
    public PerMessageDeflate(Role role, DeflateParameters agreed, DeflateOptions options, DeflateCodecs codecs) {
        this.options = options;
        this.codecs = codecs;
        DeflateContext ours = agreed.sentBy(role);
        DeflateContext theirs = agreed.sentBy(role.peer());
        windowBits = ours.windowBits();
        sent = ours.isTakenOver() ? new SlidingWindow(Math.min(options.contextBytes(), ours.windowBytes())) : null;
        received = theirs.isTakenOver() ? new SlidingWindow(theirs.windowBytes()) : null;
    }

    /** Whether what this end sends refers to earlier messages. */
    public boolean takesContextOver() {
        return sent != null;
    }

    /** How far back a message may refer, as agreed for what this end sends. */
    public int windowBits() {
        return windowBits;
    }

    /**
     * Compresses a message, for {@link Wire#writeCompressed}.
     *
     * @param payload neither its content nor its position changes
     * @return the compressed payload, valid until this thread compresses again; or null when the message is to be sent as it is: it is
     *     shorter than the threshold, or would not become shorter
     */
    public @Nullable ByteBuffer compress(ByteBuffer payload) {
        return compress(payload, sent);
    }

    /**
     * Compresses a message so that it refers to no other: any connection whose agreed window is at least as large may send it, with or
     * without context takeover.
     *
     * @return as for {@link #compress}
     */
    public @Nullable ByteBuffer compressAlone(ByteBuffer payload) {
        return compress(payload, null);
    }

    private @Nullable ByteBuffer compress(ByteBuffer payload, @Nullable SlidingWindow before) {
        return payload.remaining() < options.thresholdBytes()
                ? null
                : codecs.deflater(options.level()).deflate(payload, windowBits, before);
    }

    /** A compressed message has been written: the peer may be referred to it from now on. */
    void sent(ByteBuffer payload) {
        if (sent != null) {
            sent.append(payload);
        }
    }

    /** The message behind a compressed payload, to be handed to {@link #heard}. */
    ByteBuffer inflate(ByteBuffer compressed, MessageKind kind, int maxMessageBytes) {
        InflateBounds bounds = new InflateBounds(maxMessageBytes, options.maxRatio(), options.ratioFloorBytes());
        return codecs.inflater().inflate(compressed, kind, bounds, received);
    }

    void heard(ByteBuffer message) {
        codecs.inflater().done(message);
    }

    /** Bytes held between messages: none without context takeover. */
    public int heldBytes() {
        return (sent == null ? 0 : sent.capacity()) + (received == null ? 0 : received.capacity());
    }
}
