package dev.openline.wire;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import org.jspecify.annotations.Nullable;

/**
 * Compresses messages (RFC 7692 §7.2.1) for all connections of one thread: it keeps nothing of a message but room.
 *
 * <p>The JDK's deflater is the faster one, and has only the largest window. It serves smaller windows too as long as what a message may
 * refer to, itself included, is no longer than the window. For the others there is {@link SmallWindowDeflater}.
 */
final class MessageDeflater implements AutoCloseable {
    /** Input is handed over in pieces, since the JDK holds back the garbage collector while it works on an array. */
    private static final int STEP_BYTES = 64 << 10;

    /** More room than this is not kept between messages. */
    private static final int KEPT_ROOM_BYTES = 256 << 10;

    /** What a sync flush ends with and a sender strips (RFC 7692 §7.2.1). */
    private static final int END_BYTES = 4;

    private static final byte[] EMPTY = {};

    private final int level;
    private @Nullable Deflater largest;
    private final @Nullable SmallWindowDeflater[] smaller = new SmallWindowDeflater[DeflateContext.MAX_WINDOW_BITS];

    private ByteBuffer room = ByteBuffer.wrap(EMPTY);

    MessageDeflater(int level) {
        this.level = level;
    }

    /**
     * Compresses one message.
     *
     * @param payload its content and position stay
     * @param windowBits how far back it may refer
     * @param before what earlier messages said, to be referred to where that is possible; null without context takeover
     * @return the payload of the compressed message, until the next call; null when it would not be shorter
     */
    @Nullable
    ByteBuffer deflate(ByteBuffer payload, int windowBits, @Nullable SlidingWindow before) {
        int length = payload.remaining();
        if (length <= END_BYTES) {
            return null;
        }
        int window = 1 << windowBits;
        ByteBuffer out = room(length);
        boolean shorter;
        if (windowBits == DeflateContext.MAX_WINDOW_BITS) {
            shorter = largest(payload, before, window, out);
        } else if (length <= window) {
            shorter = largest(payload, before, window - length, out);
        } else {
            shorter = smaller(windowBits).deflate(payload, out);
        }
        return shorter ? out.limit(out.position() - END_BYTES).position(0) : null;
    }

    /** Gives native memory back at once. */
    @Override
    public void close() {
        if (largest != null) {
            largest.end();
            largest = null;
        }
        room = ByteBuffer.wrap(EMPTY);
    }

    /** Whether it became shorter; given up as soon as it is as long as the message. */
    private boolean largest(ByteBuffer payload, @Nullable SlidingWindow before, int back, ByteBuffer out) {
        Deflater deflater = largest;
        if (deflater == null) {
            deflater = new Deflater(level, true);
            largest = deflater;
        }
        deflater.reset();
        if (before != null) {
            before.prime(deflater, back);
        }
        int from = payload.position();
        int end = payload.limit();
        try {
            int to = from;
            while (to < end) {
                to = Math.min(end, payload.position() + STEP_BYTES);
                deflater.setInput(payload.limit(to));
                int flush = to == end ? Deflater.SYNC_FLUSH : Deflater.NO_FLUSH;
                while (!deflater.needsInput()) {
                    deflater.deflate(out, flush);
                    if (!out.hasRemaining()) {
                        return false;
                    }
                }
            }
            return true;
        } finally {
            deflater.setInput(EMPTY);
            payload.limit(end).position(from);
        }
    }

    private SmallWindowDeflater smaller(int windowBits) {
        SmallWindowDeflater deflater = smaller[windowBits];
        if (deflater == null) {
            deflater = new SmallWindowDeflater(level, windowBits);
            smaller[windowBits] = deflater;
        }
        return deflater;
    }

    private ByteBuffer room(int size) {
        ByteBuffer out = room;
        if (out.capacity() < size) {
            out = ByteBuffer.allocate(Math.max(size, 1 << 10));
            if (size <= KEPT_ROOM_BYTES) {
                room = out;
            }
        }
        return out.clear().limit(size);
    }
}
