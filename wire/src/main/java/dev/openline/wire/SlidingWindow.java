package dev.openline.wire;

import java.nio.ByteBuffer;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * The last bytes of one direction, which later messages may refer to (RFC 7692 §7.2.3.2). With context takeover this is all that
 * a connection keeps: the compressors themselves belong to the thread and are primed with it before each message. Grows with what was
 * said, up to its bound.
 */
final class SlidingWindow {
    private static final byte[] EMPTY = {};

    private final int maxBytes;
    private byte[] bytes = EMPTY;
    private int size;

    SlidingWindow(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** Memory held. */
    int capacity() {
        return bytes.length;
    }

    int size() {
        return size;
    }

    /** Takes in what was said last; the buffer's position stays. */
    void append(ByteBuffer said) {
        int length = said.remaining();
        int taken = Math.min(length, maxBytes);
        int kept = Math.min(size, maxBytes - taken);
        makeRoom(kept + taken);
        System.arraycopy(bytes, size - kept, bytes, 0, kept);
        said.get(said.position() + length - taken, bytes, kept, taken);
        size = kept + taken;
    }

    void prime(Inflater inflater) {
        if (size > 0) {
            inflater.setDictionary(bytes, 0, size);
        }
    }

    /** @param atMost how many of the last bytes may be referred to */
    void prime(Deflater deflater, int atMost) {
        int used = Math.min(size, atMost);
        if (used > 0) {
            deflater.setDictionary(bytes, size - used, used);
        }
    }

    private void makeRoom(int needed) {
        if (needed > bytes.length) {
            byte[] larger = new byte[Math.min(maxBytes, Math.max(needed, 2 * bytes.length))];
            System.arraycopy(bytes, 0, larger, 0, size);
            bytes = larger;
        }
    }
}
