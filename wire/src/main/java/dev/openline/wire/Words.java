package dev.openline.wire;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Masks, unmasks and looks for bytes outside ASCII, eight bytes at a time (RFC 6455 §5.3). Buffers are read and written
 * by absolute index in the machine's own byte order, so their position and limit are neither used nor changed; their order
 * is afterwards what it was.
 *
 * <p>A mask key is an int whose highest byte masks the first byte. Every method that reads text answers the words it
 * saw (unmasked) joined by OR: all bytes were ASCII if and only if {@code (answer & TOP_BITS) == 0}.
 */
final class Words {
    static final long TOP_BITS = 0x8080808080808080L;

    /** From this length on a loop of its own is worth its checks. */
    private static final int RUN_BYTES = 256;

    /** What is gone through twice at once, a multiple of the key's length: it stays in the processor's nearest cache. */
    private static final int CACHED_BYTES = 4096;

    /** From this length on the loop is called and never made part of who calls it, which takes 20 ns. */
    private static final int APART_BYTES = 1024;

    private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
    private static final VarHandle LONG = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle INT = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.nativeOrder());

    /**
     * {@link #nativeRun}, to be compiled for itself. The compiler makes callees part of their callers until these are too large, and then
     * leaves out what is called last: reading a long, in this loop. A server whose reads were compiled so spent 1,300 µs on a megabyte
     * instead of 40. It can't do that to a handle that is not a constant.
     */
    private static MethodHandle nativeRunApart = nativeRunApart();

    private Words() {}

    private static MethodHandle nativeRunApart() {
        try {
            return MethodHandles.lookup()
                    .findStatic(
                            Words.class,
                            "nativeRun",
                            MethodType.methodType(long.class, ByteBuffer.class, int.class, int.class, int.class));
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The four bytes at an index as a mask key. */
    static int key(ByteBuffer bytes, int at) {
        int key = (int) INT.get(bytes, at);
        return LITTLE ? Integer.reverseBytes(key) : key;
    }

    /** Unmasks in place. */
    static long unmask(ByteBuffer bytes, int from, int to, int key) {
        return to - from >= RUN_BYTES && bytes.isDirect()
                ? directRun(bytes, from, to, key)
                : move(bytes, from, bytes, from, to - from, key);
    }

    /**
     * Unmasks bytes where they are, for nobody will look there again, and copies them to where they are kept. A key of zero
     * copies, and answers as if it had seen a byte outside ASCII: it has not looked.
     */
    // More than 4 parameters because the hot path makes no object for a range of bytes.
    static long take(ByteBuffer from, int at, ByteBuffer to, int toAt, int length, int key) {
        if (key == 0) {
            to.put(toAt, from, at, length);
            return TOP_BITS;
        }
        if (length < RUN_BYTES || !from.isDirect()) {
            return move(from, at, to, toAt, length, key);
        }
        long seen = 0;
        for (int done = 0; done < length; done += CACHED_BYTES) {
            int bytes = Math.min(CACHED_BYTES, length - done);
            seen |= unmask(from, at + done, at + done + bytes, key);
            to.put(toAt + done, from, at + done, bytes);
        }
        return seen;
    }

    /**
     * Copies bytes, masking or unmasking them on the way; the two places may be the same. A key of zero copies. The last
     * word overlaps the one before instead of being done byte by byte, which is why it is read before anything is
     * written.
     */
    // More than 4 parameters because the hot path makes no object for a range of bytes.
    static long move(ByteBuffer from, int at, ByteBuffer to, int toAt, int length, int key) {
        if (length < 8) {
            return moveShort(from, at, to, toAt, length, key);
        }
        if (length >= RUN_BYTES && from != to) {
            return run(from, at, to, toAt, length, key);
        }
        long mask = word(key);
        int lastAt = length - 8;
        long last = (long) LONG.get(from, at + lastAt) ^ word(rotated(key, lastAt));
        long seen = last;
        for (int i = 0; i < lastAt; i += 8) {
            long plain = (long) LONG.get(from, at + i) ^ mask;
            LONG.set(to, toAt + i, plain);
            seen |= plain;
        }
        LONG.set(to, toAt + lastAt, last);
        return seen;
    }

    /** A long range, a piece at a time: copied, then masked while the processor's nearest cache has it. */
    // More than 4 parameters because the hot path makes no object for a range of bytes.
    private static long run(ByteBuffer from, int at, ByteBuffer to, int toAt, int length, int key) {
        long seen = 0;
        for (int done = 0; done < length; done += CACHED_BYTES) {
            int bytes = Math.min(CACHED_BYTES, length - done);
            int place = toAt + done;
            to.put(place, from, at + done, bytes);
            seen |= unmask(to, place, place + bytes, key);
        }
        return seen;
    }

    /**
     * Unmasks a long range outside the heap. The compiler does this loop in the processor's widest words, where it does so
     * at all, under conditions: it knows from the buffer's class that no store can touch an object, which a view handle
     * does not tell it, nor a loop that has seen both kinds of buffers; what is read and written is one place; the loop's
     * own variable is that place, not a distance from it; and no word has to be turned round, which is why the
     * buffer has the machine's order meanwhile. 15 to 30 GB/s became 80.
     */
    private static long directRun(ByteBuffer bytes, int from, int to, int key) {
        ByteOrder order = bytes.order();
        bytes.order(ByteOrder.nativeOrder());
        try {
            return to - from < APART_BYTES
                    ? nativeRun(bytes, from, to, key)
                    : (long) nativeRunApart.invokeExact(bytes, from, to, key);
        } catch (Throwable neverThrown) {
            throw new IllegalStateException(neverThrown); // It takes its arguments as they are.
        } finally {
            bytes.order(order);
        }
    }

    private static long nativeRun(ByteBuffer bytes, int from, int to, int key) {
        long mask = word(key);
        int lastAt = to - 8;
        long last = bytes.getLong(lastAt) ^ word(rotated(key, lastAt - from));
        long seen = last;
        for (int i = from; i < lastAt; i += 8) {
            long plain = bytes.getLong(i) ^ mask;
            bytes.putLong(i, plain);
            seen |= plain;
        }
        bytes.putLong(lastAt, last);
        return seen;
    }

    // More than 4 parameters because the hot path makes no object for a range of bytes.
    private static long moveShort(ByteBuffer from, int at, ByteBuffer to, int toAt, int length, int key) {
        long seen = 0;
        int i = 0;
        if (length >= 4) {
            int plain = (int) INT.get(from, at) ^ (int) word(key);
            INT.set(to, toAt, plain);
            seen = plain;
            i = 4;
        }
        for (; i < length; i++) {
            byte plain = (byte) (from.get(at + i) ^ key >> (~i & 3) * 8);
            to.put(toAt + i, plain);
            seen |= plain;
        }
        return seen;
    }

    /** The index of the first byte outside ASCII, or {@code to}. */
    static int skipAscii(ByteBuffer bytes, int from, int to) {
        int i = from;
        if (to - from >= RUN_BYTES) {
            i = bytes.isDirect() ? directAscii(bytes, from, to) : ascii(bytes, from, to);
        }
        while (i + 8 <= to && ((long) LONG.get(bytes, i) & TOP_BITS) == 0) {
            i += 8;
        }
        while (i < to && bytes.get(i) >= 0) {
            i++;
        }
        return i;
    }

    /** Looks for words with a byte outside ASCII; which byte order they are read in does not matter. */
    private static int directAscii(ByteBuffer bytes, int from, int to) {
        int i = from;
        while (i + 8 <= to && (bytes.getLong(i) & TOP_BITS) == 0) {
            i += 8;
        }
        return i;
    }

    private static int ascii(ByteBuffer bytes, int from, int to) {
        int i = from;
        while (i + 8 <= to && (bytes.getLong(i) & TOP_BITS) == 0) {
            i += 8;
        }
        return i;
    }

    /** The key that goes on after some bytes were masked with this one. */
    static int rotated(int key, int bytes) {
        return Integer.rotateLeft(key, (bytes & 3) * 8);
    }

    /** Eight bytes of mask as this machine reads them. */
    private static long word(int key) {
        int half = LITTLE ? Integer.reverseBytes(key) : key;
        return (long) half << 32 | half & 0xffffffffL;
    }
}
