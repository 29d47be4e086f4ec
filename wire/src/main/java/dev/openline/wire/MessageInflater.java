package dev.openline.wire;

import java.nio.ByteBuffer;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Turns the payload of a compressed message back into the message (RFC 7692 §7.2.2), for all connections of one thread: it keeps
 * nothing of a message but room. Every bound is checked while inflating, {@value #STEP_BYTES} bytes at a time, so a bomb costs no more
 * than the largest message that is allowed.
 */
final class MessageInflater implements AutoCloseable {
    /** One step: what is inflated between two looks at the bounds. */
    private static final int STEP_BYTES = 32 << 10;

    private static final int LARGEST_ARRAY = Integer.MAX_VALUE - 8;
    private static final int FIRST_ROOM_BYTES = 8 << 10;

    /** More room than this is not kept between messages. */
    private static final int KEPT_ROOM_BYTES = 256 << 10;

    /** Final blocks that one message may hold: each starts the stream anew, which costs more than its two bytes. */
    private static final int MAX_FINAL_BLOCKS = 1024;

    /**
     * The end that every sender strips (RFC 7692 §7.2.1), and after it an empty final block: it is read as one, and nothing else,
     * exactly if the stream stood between two blocks.
     */
    private static final byte[] END = {0, 0, -1, -1, 1, 0, 0, -1, -1};

    private static final byte[] EMPTY = {};

    private final Inflater inflater = new Inflater(true);

    /** Lent to the message being heard; whoever comes meanwhile makes room of its own. */
    private byte[] room = EMPTY;

    /**
     * Inflates one message.
     *
     * @param compressed the payload of all its frames; consumed
     * @param kind text is checked to be UTF-8 as it comes out
     * @param before what earlier messages said, which this one is added to; null without context takeover
     * @return the message, to be handed to {@link #done} when it was heard
     * @throws ProtocolViolation when a bound is exceeded, the stream is broken, or the text is not UTF-8
     */
    ByteBuffer inflate(ByteBuffer compressed, MessageKind kind, InflateBounds bounds, @Nullable SlidingWindow before) {
        Message message = new Message(compressed.remaining(), kind, bounds, roomFor(compressed.remaining(), bounds));
        try {
            inflater.reset();
            if (before != null) {
                before.prime(inflater);
            }
            inflater.setInput(compressed);
            message.readFrom(inflater, compressed);
        } catch (DataFormatException broken) {
            throw broken("compressed data is broken");
        } finally {
            inflater.setInput(EMPTY);
        }
        ByteBuffer whole = message.whole();
        if (before != null) {
            before.append(whole);
        }
        return whole;
    }

    /** The message has been heard: its room can be used again. */
    void done(ByteBuffer message) {
        byte[] used = message.array();
        if (used.length <= KEPT_ROOM_BYTES) {
            room = used;
        }
    }

    /** Gives native memory back at once. */
    @Override
    public void close() {
        inflater.end();
        room = EMPTY;
    }

    private byte[] roomFor(int compressedBytes, InflateBounds bounds) {
        byte[] free = room;
        room = EMPTY;
        int likely = (int) Math.min(bounds.maxBytes() + 1L, Math.max(FIRST_ROOM_BYTES, 4L * compressedBytes));
        return free.length >= likely || free.length >= KEPT_ROOM_BYTES ? free : new byte[likely];
    }

    /**
     * RFC 6455 §7.4.1: 1007 is for data that is not consistent with its type; RFC 7692 names no code of its own.
     */
    private static ProtocolViolation broken(String text) {
        return new ProtocolViolation(CloseStatus.INVALID_PAYLOAD, "RFC 7692 §7.2.2", text);
    }

    /** One message on its way out of the stream. */
    private static final class Message {
        private final long compressedBytes;
        private final boolean text;
        private final InflateBounds bounds;
        private ByteBuffer out;
        private int checked;
        private int utf8 = Utf8.BETWEEN;
        private int finalBlocks;

        Message(int compressedBytes, MessageKind kind, InflateBounds bounds, byte[] room) {
            this.compressedBytes = compressedBytes;
            this.text = kind == MessageKind.TEXT;
            this.bounds = bounds;
            this.out = ByteBuffer.wrap(room);
        }

        void readFrom(Inflater inflater, ByteBuffer compressed) throws DataFormatException {
            boolean ending = false;
            while (true) {
                openStep();
                inflater.inflate(out);
                check();
                if (inflater.finished()) {
                    if (inflater.getRemaining() == 0) {
                        return;
                    }
                    if (ending) {
                        throw broken("compressed data goes on after its end");
                    }
                    startAnew(inflater, compressed);
                } else if (out.hasRemaining()) {
                    if (ending || inflater.needsDictionary()) {
                        throw broken("compressed data ends inside a block");
                    }
                    ending = true;
                    inflater.setInput(END);
                }
            }
        }

        ByteBuffer whole() {
            if (utf8 != Utf8.BETWEEN) {
                throw MessageAssembly.endsInsideCharacter();
            }
            return out.limit(checked).position(0);
        }

        /** RFC 7692 §7.2.3.4: a block with BFINAL ends the stream, not the message; another stream may follow. */
        private void startAnew(Inflater inflater, ByteBuffer compressed) {
            if (++finalBlocks > MAX_FINAL_BLOCKS) {
                throw tooMuch("compressed message with more than " + MAX_FINAL_BLOCKS + " final blocks");
            }
            inflater.reset();
            inflater.setInput(compressed);
        }

        /** Room for the next step, never beyond one byte more than is allowed. */
        private void openStep() {
            int position = out.position();
            int most = mostBytes();
            if (position == out.capacity()) {
                int larger = (int) Math.min(most, 2L * position);
                byte[] copy = new byte[larger];
                System.arraycopy(out.array(), 0, copy, 0, position);
                out = ByteBuffer.wrap(copy).position(position);
            }
            out.limit(Math.min(Math.min(out.capacity(), most), position + STEP_BYTES));
        }

        private void check() {
            int size = out.position();
            if (size == mostBytes()) {
                throw new ProtocolViolation(
                        CloseStatus.MESSAGE_TOO_BIG,
                        "RFC 6455 §10.4",
                        "message of more than " + bounds.maxBytes() + " bytes");
            }
            if (size > bounds.ratioFloorBytes() && size > bounds.maxRatio() * compressedBytes) {
                throw tooMuch("message of more than " + bounds.maxRatio() + " times its compressed length");
            }
            if (text) {
                utf8 = Utf8.check(utf8, out, checked, size);
                if (utf8 == Utf8.BROKEN) {
                    throw MessageAssembly.notUtf8();
                }
            }
            checked = size;
        }

        private int mostBytes() {
            return (int) Math.min(LARGEST_ARRAY, bounds.maxBytes() + 1L);
        }

        private static ProtocolViolation tooMuch(String text) {
            return new ProtocolViolation(CloseStatus.POLICY_VIOLATION, "RFC 6455 §10.4", text);
        }
    }
}
