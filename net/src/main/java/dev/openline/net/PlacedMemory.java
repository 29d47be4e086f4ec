package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;

/**
 * Memory for long runs of bytes that the system copies, so placed in its page that the copy is fast.
 *
 * <p>Processors compare the places of a load and of the stores before it by their low twelve bits, their place in a page. A copy whose target
 * lies a few bytes further in its page than its source seems to read what it has just written, and waits for it, word by word: on an AMD EPYC
 * (Zen 4) the system's copy of a megabyte took three times as long for distances from 1 to 10 bytes, at times up to 32, and not for others. The
 * system collects what a thread sends from the beginning of a page on, each message behind the one before; when all is taken it begins
 * anew. So its side is most often a few bytes into a page, and ours must be anywhere else: half a page away.
 */
final class PlacedMemory {
    private static final int PAGE_BYTES = 4096;

    /** Runs shorter than this go anywhere: the wait is some nanoseconds, and a page of room would be much for them. */
    static final int LEAST_BYTES = 16 << 10;

    /** Whether Netty may ask where memory lies: without Unsafe on Java 17 it may not. */
    static final boolean HAS_ADDRESSES = hasAddresses();

    private PlacedMemory() {}

    private static boolean hasAddresses() {
        ByteBuf any = PooledByteBufAllocator.DEFAULT.directBuffer(1, 1);
        try {
            return any.hasMemoryAddress();
        } finally {
            any.release();
        }
    }

    /** How much is taken from the pool for this many bytes. */
    static int bytesFor(int bytes) {
        return bytes < LEAST_BYTES ? bytes : bytes + PAGE_BYTES;
    }

    /** An empty buffer, the caller's, whose indices are where its {@code bytes} bytes begin: at 0 for a short run, else in the middle of a page. */
    static ByteBuf take(int bytes) {
        int all = bytesFor(bytes);
        return clear(PooledByteBufAllocator.DEFAULT.directBuffer(all, all));
    }

    /** The same buffer, empty again. */
    static ByteBuf clear(ByteBuf taken) {
        // Where Netty may not ask for addresses the place is left to chance.
        boolean placed = taken.capacity() >= LEAST_BYTES && taken.hasMemoryAddress();
        int start = placed ? start(taken.memoryAddress()) : 0;
        return taken.setIndex(start, start);
    }

    /** How far behind an address the next middle of a page is. */
    private static int start(long address) {
        return (int) (PAGE_BYTES / 2 - address) & PAGE_BYTES - 1;
    }
}
