// Longer than 400 lines because both directions of a connection, its heartbeat and its end share one state.
package dev.openline.wire;

import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One WebSocket connection after its handshake (RFC 6455), as a machine without I/O: bytes and the time go in, messages
 * and frames to transmit come out through a {@link WireSink}. A driver owns the socket and the clock:
 *
 * <pre>{@code
 * wire.receive(bytes, now, sink);        // whatever was read
 * wakeAt(wire.nextDeadline());           // then wire.onTime(now, sink)
 * wire.endOfStream(now, sink);           // TCP ended
 * }</pre>
 *
 * <p>Two laws. A peer's fault is never thrown: it comes as {@link WireSink#onViolation}, the Close that answers it, and
 * {@link WireSink#onClosed}. And one connection belongs to one thread at a time: nothing here is synchronized.
 *
 * <p>Times are nanoseconds of any monotonic clock, compared by difference, so they may be negative.
 */
public final class Wire {
    private static final CloseStatus NO_PONG = CloseStatus.ABNORMAL.withReason("no answer to ping");
    private static final CloseStatus NO_CLOSE = CloseStatus.ABNORMAL.withReason("no answer to close");
    private static final CloseStatus LINE_ENDED = CloseStatus.ABNORMAL.withReason("the line ended without a close");

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final WireTiming timing;
    private final IntSupplier maskKeys;
    private final Incoming incoming;
    private final @Nullable PerMessageDeflate deflate;
    private @Nullable FrameTap tap;
    private Closing closing = Closing.OPEN;

    /** The kind of the message being sent in pieces; null between messages. */
    private @Nullable MessageKind sending;

    /** When something was last received. */
    private long heardAt;

    /** When the peer was last asked for a sign: by a ping or, once closing, by our Close. */
    private long askedAt;

    /**
     * A connection whose handshake just ended.
     *
     * @param role which end this is
     * @param limits what the peer may make it hold
     * @param timing heartbeat and patience
     * @param reserved the bits that belong to negotiated extensions
     * @param maskKeys a fresh, unpredictable key for every frame (RFC 6455 §10.3); asked by a client only
     * @param nowNanos the time
     */
    // More than 4 parameters because these are six independent facts of one connection, set once, by a driver.
    public Wire(
            Role role,
            WireLimits limits,
            WireTiming timing,
            ReservedBits reserved,
            IntSupplier maskKeys,
            long nowNanos) {
        this(HeadRules.of(role, limits, reserved), timing, maskKeys, nowNanos);
    }

    /**
     * A connection whose handshake just ended, with messages that may be compressed (RFC 7692).
     *
     * @param deflate what was agreed on, or null without permessage-deflate; the other parameters are as above
     */
    // More than 4 parameters because these are six independent facts of one connection, set once, by a driver.
    public Wire(
            Role role,
            WireLimits limits,
            WireTiming timing,
            @Nullable PerMessageDeflate deflate,
            IntSupplier maskKeys,
            long nowNanos) {
        this(
                HeadRules.of(role, limits, deflate == null ? ReservedBits.NONE : PerMessageDeflate.RESERVED),
                timing,
                deflate,
                maskKeys,
                nowNanos);
    }

    Wire(HeadRules rules, WireTiming timing, IntSupplier maskKeys, long nowNanos) {
        this(rules, timing, null, maskKeys, nowNanos);
    }

    // More than 4 parameters because these are five independent facts of one connection.
    private Wire(
            HeadRules rules,
            WireTiming timing,
            @Nullable PerMessageDeflate deflate,
            IntSupplier maskKeys,
            long nowNanos) {
        this.timing = Objects.requireNonNull(timing, "timing");
        this.maskKeys = Objects.requireNonNull(maskKeys, "maskKeys");
        this.incoming = new Incoming(rules);
        this.deflate = deflate;
        this.heardAt = nowNanos;
        this.askedAt = nowNanos;
    }

    /** Keeps messages that come in pieces in this memory from now on; by default they are on the heap, unbounded. */
    public void memory(MessageMemory memory) {
        incoming.memory(Objects.requireNonNull(memory, "memory"));
    }

    /**
     * During {@link WireSink#onMessage}: the memory that the payload is, when it came in pieces and was put together in
     * memory of its own; null when it is a window into the buffer given to {@link #receive}. For a driver that sends on
     * what it hears without copying it.
     */
    public MessageMemory.@Nullable Block delivered() {
        return incoming.delivered();
    }

    /** Shows every frame to a tap from now on; null stops it. */
    public void tap(@Nullable FrameTap tap) {
        this.tap = tap;
    }

    /**
     * Takes everything that was read. All of {@code in} is consumed, unless the sink throws: that passes through, and
     * what has not been looked at yet is still in {@code in}.
     *
     * @param in writable: payloads are unmasked in place; any byte order
     * @param nowNanos when it was read
     */
    public void receive(ByteBuffer in, long nowNanos, WireSink sink) {
        heardAt = nowNanos;
        try {
            while (in.hasRemaining() && closing.hears()) {
                incoming.read(in, this, sink);
            }
        } catch (ProtocolViolation violation) {
            fail(violation, sink);
        }
        in.position(in.limit());
    }

    /**
     * Where the bytes that come next belong, when they are of a large message that has begun: a driver may read them there,
     * and says so with {@link #received}, or reads them elsewhere as ever, and says so with {@link #receive}.
     *
     * @param most bytes that the driver would read at once
     * @return null where it makes no difference
     */
    public @Nullable Room room(int most) {
        return closing.hears() ? incoming.room(most) : null;
    }

    /**
     * Takes what was read to where {@link #room} said, with nothing received in between.
     *
     * @param bytes at least 1, at most the room's length
     * @param nowNanos when they were read
     */
    public void received(int bytes, long nowNanos, WireSink sink) {
        heardAt = nowNanos;
        if (!closing.hears()) {
            return;
        }
        try {
            incoming.filled(bytes, this, sink);
        } catch (ProtocolViolation violation) {
            fail(violation, sink);
        }
    }

    /** TCP ended or was reset, whoever did it. Harmless when all is over already. */
    public void endOfStream(long nowNanos, WireSink sink) {
        step(Closing.Event.LINE_ENDS, LINE_ENDED, sink);
    }

    /**
     * When {@link #onTime} wants to be called, or {@link Long#MAX_VALUE} for never. Asking is cheap, but nobody has to ask
     * after every receipt: a deadline only moves away then, and a call to {@link #onTime} that comes early does nothing.
     */
    public long nextDeadline() {
        return switch (closing) {
            case OPEN -> heartbeatDeadline();
            case ASKED, AGREED -> askedAt + timing.closeTimeout().toNanos();
            case OVER -> Long.MAX_VALUE;
        };
    }

    /**
     * Does what is due: pings an idle peer, declares a silent one dead, ends a closing handshake nobody answers. A
     * driver that stopped reading on purpose must not call this, since silence then says nothing about the peer.
     */
    public void onTime(long nowNanos, WireSink sink) {
        long deadline = nextDeadline();
        if (deadline == Long.MAX_VALUE || nowNanos - deadline < 0) {
            return;
        }
        if (closing != Closing.OPEN) {
            step(Closing.Event.TIME_IS_UP, NO_CLOSE, sink);
        } else if (awaitsSign()) {
            step(Closing.Event.TIME_IS_UP, NO_PONG, sink);
        } else {
            askedAt = nowNanos;
            transmit(FrameType.PING, NOTHING, sink);
        }
    }

    /** Whether data frames may be sent: neither side has said goodbye. */
    public boolean isOpen() {
        return closing == Closing.OPEN;
    }

    /** Whether a message is being sent in pieces, so that no other data frame may go before its last one. */
    public boolean isMidMessage() {
        return sending != null;
    }

    /** What permessage-deflate was agreed on with, for who writes compressed messages; null without it. */
    public @Nullable PerMessageDeflate deflate() {
        return deflate;
    }

    /** Bytes of memory held for a message that has not come whole; zero between messages. */
    public int heldBytes() {
        return incoming.heldBytes();
    }

    /** Whether a frame's payload has begun and not ended: more of it is certain to come from a peer that keeps the rules. */
    public boolean isInsideFrame() {
        return incoming.isInsideFrame();
    }

    /** The bytes {@link #write} needs for a message of this length. */
    public static int frameSize(Role sender, int payloadBytes) {
        return Frames.size(sender, payloadBytes);
    }

    /**
     * Writes a whole message as one frame, masked when this is a client.
     *
     * @param payload neither its content nor its position changes; text must be UTF-8
     * @param out room for {@link #frameSize} bytes
     * @throws IllegalStateException when the connection is not {@linkplain #isOpen open} or {@linkplain #isMidMessage
     *     another message} is being sent in pieces
     * @throws IllegalArgumentException when {@code out} has not enough room; nothing is written then
     */
    public void write(MessageKind kind, ByteBuffer payload, ByteBuffer out) {
        writeFragment(kind, Fragment.WHOLE, payload, out);
    }

    /**
     * Writes only the head of a whole message's frame, for a payload that follows by reference. A server's business: a
     * client has to mask what follows.
     *
     * @param payload what will follow; neither its content nor its position changes
     * @param out room for {@link Frames#headSize} bytes
     * @throws IllegalStateException as {@link #write} does, and for a client
     */
    public void writeHead(MessageKind kind, ByteBuffer payload, ByteBuffer out) {
        if (closing != Closing.OPEN || sending != null || role() == Role.CLIENT) {
            throw new IllegalStateException("no head of a whole message may be sent by a " + role() + ", " + closing);
        }
        Frames.writeHead(out, kind, payload.remaining());
        if (tap != null) {
            FrameHead head = FrameHead.of(Frames.FIN | FrameType.of(kind).opcode(), payload.remaining());
            tap.frameSent(head, FrameLine.preview(head.type(), payload));
        }
    }

    /**
     * Writes one piece of a message: {@code FIRST}, any number of {@code MIDDLE}, {@code LAST}; or {@code WHOLE}.
     *
     * @param kind the same for all pieces of a message
     * @throws IllegalStateException when the connection is not {@linkplain #isOpen open} or the piece does not follow on
     *     the one before
     * @throws IllegalArgumentException when {@code out} has not enough room; nothing is written then
     */
    public void writeFragment(MessageKind kind, Fragment fragment, ByteBuffer payload, ByteBuffer out) {
        if (closing != Closing.OPEN) {
            throw new IllegalStateException("no data may be sent any more: " + closing);
        }
        if (sending != (fragment.opens() ? null : kind)) {
            throw new IllegalStateException(fragment + " piece of " + kind + " while "
                    + (sending == null ? "nothing" : sending) + " is being sent");
        }
        FrameType type = fragment.opens() ? FrameType.of(kind) : FrameType.CONTINUATION;
        frame((fragment.ends() ? Frames.FIN : 0) | type.opcode(), payload, out);
        sending = fragment.ends() ? null : kind;
    }

    /**
     * Writes a whole message that was compressed (RFC 7692 §7.2.1) as one frame, masked when this is a client.
     *
     * @param payload the message as it was before; with context takeover later ones may refer to it
     * @param compressed as {@link PerMessageDeflate#compress} or {@code compressAlone} made it; not consumed
     * @param out room for {@link #frameSize} of the compressed payload
     * @throws IllegalStateException as {@link #write} does, and without permessage-deflate
     * @throws IllegalArgumentException when {@code out} has not enough room; nothing is written then
     */
    public void writeCompressed(MessageKind kind, ByteBuffer payload, ByteBuffer compressed, ByteBuffer out) {
        PerMessageDeflate agreed = requireCompressible();
        if (closing != Closing.OPEN) {
            throw new IllegalStateException("no data may be sent any more: " + closing);
        }
        if (sending != null) {
            throw new IllegalStateException("whole message while " + sending + " is being sent");
        }
        int firstByte =
                Frames.FIN | DeflateNegotiation.RSV1 | FrameType.of(kind).opcode();
        rawFrame(firstByte, compressed, out);
        agreed.sent(payload);
        if (tap != null) {
            FrameHead head = FrameHead.deflated(firstByte, compressed.remaining(), payload.remaining());
            tap.frameSent(head, FrameLine.preview(head.type(), payload));
        }
    }

    /**
     * Notes that a whole message went out compressed past this wire, as one frame that {@link Frames#writeCompressed} made from {@link
     * PerMessageDeflate#compressAlone}. Whoever does that asks {@link #isOpen} and {@link #isMidMessage} first.
     *
     * @param payload the message as it was before; not consumed
     */
    public void wroteCompressed(ByteBuffer payload) {
        requireCompressible().sent(payload);
    }

    private PerMessageDeflate requireCompressible() {
        PerMessageDeflate agreed = deflate;
        if (agreed == null) {
            throw new IllegalStateException("permessage-deflate was not agreed on");
        }
        return agreed;
    }

    /**
     * Sends a ping of its caller's own; its pong comes as {@link WireSink#onPong}.
     *
     * @param payload at most 125 bytes; not consumed
     * @throws IllegalStateException when the connection is not {@linkplain #isOpen open}
     * @throws IllegalArgumentException when the payload is longer
     */
    public void ping(ByteBuffer payload, WireSink sink) {
        if (closing != Closing.OPEN) {
            throw new IllegalStateException("no ping may be sent any more: " + closing);
        }
        if (payload.remaining() > 125) {
            throw new IllegalArgumentException("ping of " + payload.remaining() + " bytes, at most 125 fit");
        }
        transmit(FrameType.PING, payload, sink);
    }

    /**
     * Begins the closing handshake (RFC 6455 §7.1.2); ignored when either side did already.
     *
     * @param status {@link CloseStatus#NO_STATUS} sends a Close without a code
     * @throws IllegalArgumentException when the code must not be sent (RFC 6455 §7.4.1)
     */
    public void close(CloseStatus status, long nowNanos, WireSink sink) {
        if (!CloseStatus.maySend(status.code()) && status.code() != CloseStatus.NO_STATUS.code()) {
            throw new IllegalArgumentException("close code " + status.code() + " must not be sent");
        }
        if (closing == Closing.OPEN) {
            askedAt = nowNanos;
        }
        step(Closing.Event.WE_CLOSE, status, sink);
    }

    void heardControl(int firstByte, ByteBuffer payload, WireSink sink) {
        if (tap != null) {
            tapReceived(firstByte, payload);
        }
        switch (firstByte & 0x0f) {
            case 0x8 -> heardClose(CloseStatus.read(payload), sink);
            case 0x9 -> {
                // RFC 6455 §5.5.2 wants a pong until the peer's Close came, so also after ours.
                transmit(FrameType.PONG, payload, sink);
                sink.onPing(payload);
            }
            default -> sink.onPong(payload);
        }
    }

    /** Whether messages under the first reserved bit are ours to inflate; otherwise they are passed on as they came. */
    boolean inflates() {
        return deflate != null;
    }

    /**
     * A compressed message came whole.
     *
     * @param firstByte of its last frame
     * @param payload of all its frames
     */
    // More than 4 parameters because the hot path makes no object for them, and this follows it.
    void heardCompressed(int firstByte, MessageKind kind, ByteBuffer payload, int maxMessageBytes, WireSink sink) {
        PerMessageDeflate agreed = Objects.requireNonNull(deflate);
        int compressedBytes = payload.remaining();
        ByteBuffer message = agreed.inflate(payload, kind, maxMessageBytes);
        try {
            if (tap != null && Fragment.of(firstByte) == Fragment.WHOLE) {
                FrameHead head = FrameHead.deflated(firstByte, compressedBytes, message.remaining());
                tap.frameReceived(head, FrameLine.preview(head.type(), message));
            }
            sink.onMessage(kind, message);
        } finally {
            agreed.heard(message);
        }
    }

    boolean isTapped() {
        return tap != null;
    }

    void tapReceived(int firstByte, ByteBuffer payload) {
        if (deflate != null && (firstByte & DeflateNegotiation.RSV1) != 0) {
            if (Fragment.of(firstByte) != Fragment.WHOLE) {
                FrameHead piece = FrameHead.deflated(firstByte, payload.remaining(), payload.remaining());
                Objects.requireNonNull(tap).frameReceived(piece, FrameLine.binaryPreview(payload));
            }
            return; // A whole one is shown once it is inflated.
        }
        FrameHead head = FrameHead.of(firstByte, payload.remaining());
        Objects.requireNonNull(tap).frameReceived(head, FrameLine.preview(head.type(), payload));
    }

    private void heardClose(CloseStatus theirs, WireSink sink) {
        if (closing == Closing.OPEN) {
            askedAt = heardAt;
        }
        step(Closing.Event.THEY_CLOSE, theirs, sink);
    }

    private void fail(ProtocolViolation violation, WireSink sink) {
        sink.onViolation(violation);
        step(Closing.Event.VIOLATION, violation.answer(), sink);
    }

    private void step(Closing.Event event, CloseStatus status, WireSink sink) {
        Closing before = closing;
        closing = before.after(event, role());
        if (before.sendsCloseOn(event)) {
            // RFC 6455 §5.5.1: the answer to a Close repeats its code; the reason was the other side's to give.
            CloseStatus ours = event == Closing.Event.THEY_CLOSE ? status.withReason("") : status;
            transmit(FrameType.CLOSE, ours.payload(), sink);
        }
        if (before.isSettledBy(closing)) {
            incoming.forget();
            sink.onClosed(status);
        }
        if (before.hangsUpAt(closing)) {
            sink.hangUp();
        }
    }

    private Role role() {
        return incoming.reader();
    }

    private boolean awaitsSign() {
        return heardAt - askedAt < 0;
    }

    private long heartbeatDeadline() {
        if (!timing.hasHeartbeat()) {
            return Long.MAX_VALUE;
        }
        return awaitsSign()
                ? askedAt + timing.pongTimeout().toNanos()
                : heardAt + timing.pingInterval().toNanos();
    }

    private void transmit(FrameType type, ByteBuffer payload, WireSink sink) {
        ByteBuffer out = ByteBuffer.allocate(Frames.size(role(), payload.remaining()));
        frame(Frames.FIN | type.opcode(), payload, out);
        sink.transmit(out.flip());
    }

    private void frame(int firstByte, ByteBuffer payload, ByteBuffer out) {
        rawFrame(firstByte, payload, out);
        if (tap != null) {
            FrameHead head = FrameHead.of(firstByte, payload.remaining());
            tap.frameSent(head, FrameLine.preview(head.type(), payload));
        }
    }

    private void rawFrame(int firstByte, ByteBuffer payload, ByteBuffer out) {
        if (role() == Role.CLIENT) {
            Frames.frameMasked(firstByte, payload, maskKeys.getAsInt(), out);
        } else {
            Frames.frame(firstByte, payload, out);
        }
    }
}
