package dev.openline.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A message that does not lie whole in one read: its bytes so far, unmasked and (for text) checked as they come. Its
 * memory grows with the bytes received whatever length a head announces: to at most {@value #GROWTH} times as many, or,
 * from {@value #LARGE} on, to the end of the message if that is not beyond {@value #LARGE_GROWTH} times as many: a large
 * one would otherwise be copied again and again. It goes back when the message ends.
 */
final class MessageAssembly {
    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);
    private static final int FIRST_CAPACITY = 64;

    /** Memory for each byte received, at most. */
    private static final int GROWTH = 2;

    /** From this many bytes received on, a peer is believed more. */
    static final int LARGE = 16 << 10;

    /** Memory for each byte received of a large message whose end is known, at most. */
    static final int LARGE_GROWTH = 16;

    private final MessageKind kind;
    private final boolean compressed;
    private final boolean checked;
    private final MessageMemory memory;

    /** Holds {@link #bytes}; null while there are none. */
    private MessageMemory.@Nullable Block block;

    private ByteBuffer bytes = EMPTY;
    private int size;
    private int fragments;
    private int frameStart;

    /** Where the message ends, as the head of its last frame says; 0 before that frame. */
    private long end;

    private int utf8 = Utf8.BETWEEN;

    /** @param firstByte of the frame that opens the message; with an owned reserved bit, text is the extension's */
    MessageAssembly(int firstByte, MessageMemory memory) {
        this.memory = memory;
        kind = (firstByte & 0x0f) == FrameType.TEXT.opcode() ? MessageKind.TEXT : MessageKind.BINARY;
        compressed = (firstByte & DeflateNegotiation.RSV1) != 0;
        checked = kind == MessageKind.TEXT && (firstByte & 0x70) == 0;
    }

    MessageKind kind() {
        return kind;
    }

    /** Whether its opening frame had the first reserved bit: its bytes, all of them, are of permessage-deflate then. */
    boolean isCompressed() {
        return compressed;
    }

    int size() {
        return size;
    }

    int fragments() {
        return fragments;
    }

    MessageMemory.@Nullable Block block() {
        return block;
    }

    /** Memory held. */
    int capacity() {
        return bytes.capacity();
    }

    /** Memory behind what there is of the message. */
    int spare() {
        return bytes.capacity() - size;
    }

    /** @param last the length of the message's last frame, as its head says, or 0 for a frame that isn't the last */
    void frameOpens(int last) {
        fragments++;
        frameStart = size;
        end = last == 0 ? 0 : (long) size + last;
    }

    /**
     * Takes bytes of the current frame.
     *
     * @param key masks the first of them; zero when they are not masked
     * @param atMost what the message can still grow to, as far as is known: there is no use in room beyond it
     */
    // More than 4 parameters because the hot path makes no object for a range of bytes.
    void append(ByteBuffer from, int at, int length, int key, int atMost) {
        makeRoom(length, atMost);
        took(length, Words.take(from, at, bytes, size, length, key));
    }

    /** Takes bytes of the current frame that lie behind the message already, as far as {@link #room} said, masked by this key unless it is zero. */
    void filled(int length, int key) {
        took(length, key == 0 ? Words.TOP_BITS : Words.unmask(bytes, size, size + length, key));
    }

    private void took(int length, long seen) {
        int start = size;
        size += length;
        if (checked && (utf8 != Utf8.BETWEEN || (seen & Words.TOP_BITS) != 0)) {
            utf8 = Utf8.check(utf8, bytes, start, size);
            if (utf8 == Utf8.BROKEN) {
                throw notUtf8();
            }
        }
    }

    /**
     * Where the bytes that come next belong; null while so few have come that these are better read elsewhere, with what is behind them.
     *
     * @param most bytes that are wanted
     * @param atMost as for {@link #append}
     */
    @Nullable
    Room room(int most, int atMost) {
        if (size < LARGE || most < LARGE || spare() < LARGE && !grow(size + 1, atMost)) {
            return null;
        }
        MessageMemory.Block held = block;
        return held == null ? null : new Room(held, size, Math.min(most, spare()));
    }

    /** The message, all of which is there. */
    ByteBuffer whole() {
        if (utf8 != Utf8.BETWEEN) {
            throw endsInsideCharacter();
        }
        return bytes.position(0).limit(size);
    }

    /** The payload of the frame that ended last, for a tap. */
    ByteBuffer lastFrame() {
        return bytes.duplicate().limit(size).position(frameStart);
    }

    static ProtocolViolation notUtf8() {
        return new ProtocolViolation(CloseStatus.INVALID_PAYLOAD, "RFC 6455 §8.1", "text is not UTF-8");
    }

    static ProtocolViolation endsInsideCharacter() {
        return new ProtocolViolation(CloseStatus.INVALID_PAYLOAD, "RFC 6455 §8.1", "text ends inside a character");
    }

    /** Gives the memory back; the message is over. */
    void release() {
        MessageMemory.Block held = block;
        block = null;
        bytes = EMPTY;
        if (held != null) {
            held.release();
        }
    }

    private void makeRoom(int length, int atMost) {
        if (size + length > bytes.capacity() && !grow(size + length, atMost)) {
            throw new ProtocolViolation(
                    CloseStatus.TRY_AGAIN_LATER, "RFC 6455 §10.4", "too much is held for unfinished messages");
        }
    }

    /** Moves the message to where there is more room. False if there is none for it. */
    private boolean grow(int needed, int atMost) {
        long roomy = Math.max(FIRST_CAPACITY, (long) GROWTH * needed);
        if (needed >= LARGE) {
            roomy = Math.max(roomy, Math.min((long) LARGE_GROWTH * needed, end));
        }
        MessageMemory.Block larger = memory.take((int) Math.max(needed, Math.min(roomy, atMost)));
        if (larger == null) {
            return false;
        }
        ByteBuffer moved = larger.bytes().clear().put(0, bytes, 0, size);
        release();
        block = larger;
        bytes = moved;
        return true;
    }
}
