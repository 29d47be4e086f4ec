package dev.openline.wire;

import com.jcraft.jzlib.Deflater;
import com.jcraft.jzlib.GZIPException;
import com.jcraft.jzlib.JZlib;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Compresses with a window smaller than the JDK's, by JZlib, a zlib in Java. Each message ends with a full flush, which forgets what
 * was said, so that the next may be another connection's.
 *
 * <p>A window of 8 bits is compressed for with 9: zlib's algorithm keeps {@value #LOOKAHEAD_BYTES} bytes of its window for looking
 * ahead, so with 512 bytes it refers back at most 250, which a window of 256 bytes holds. With a window of 256 it could not work at all,
 * which is why zlib has none.
 */
final class SmallWindowDeflater {
    private static final int LOOKAHEAD_BYTES = 262;
    private static final int SMALLEST_WINDOW_BITS = 9;

    /** Blocks of at least 2048 symbols: with less, small windows are slower and compress worse. */
    private static final int LEAST_MEMORY_LEVEL = 5;

    private static final byte[] EMPTY = {};

    private final int level;
    private final int windowBits;
    private @Nullable Deflater deflater;

    SmallWindowDeflater(int level, int windowBits) {
        this.level = level;
        this.windowBits = Math.max(windowBits, SMALLEST_WINDOW_BITS);
    }

    /**
     * Compresses a message, up to and including the end of its flush.
     *
     * @param payload its content and position stay
     * @param out with an array
     * @return whether it fitted into {@code out}
     */
    boolean deflate(ByteBuffer payload, ByteBuffer out) {
        Deflater used = deflater == null ? fresh() : deflater;
        // Kept for the next message only if this one ends as it should: what did not fit is still inside.
        deflater = null;
        int length = payload.remaining();
        if (payload.hasArray()) {
            used.setInput(payload.array(), payload.arrayOffset() + payload.position(), length, false);
        } else {
            byte[] copy = new byte[length];
            payload.get(payload.position(), copy);
            used.setInput(copy, 0, length, false);
        }
        used.setOutput(out.array(), out.arrayOffset() + out.position(), out.remaining());
        int answer = used.deflate(JZlib.Z_FULL_FLUSH);
        if (answer != JZlib.Z_OK) {
            throw new IllegalStateException("message of " + length + " bytes did not compress: " + answer);
        }
        int free = used.getAvailOut();
        if (free == 0) {
            return false;
        }
        out.position(out.limit() - free);
        // Neither array belongs to the thread for longer than this message.
        used.setInput(EMPTY, 0, 0, false);
        used.setOutput(EMPTY);
        deflater = used;
        return true;
    }

    private Deflater fresh() {
        try {
            int memory = Math.max(LEAST_MEMORY_LEVEL, windowBits - 7);
            return new Deflater(level, windowBits, memory, JZlib.W_NONE);
        } catch (GZIPException refused) {
            throw new IllegalStateException("no deflater of level " + level + " with " + windowBits + " bits", refused);
        }
    }
}
