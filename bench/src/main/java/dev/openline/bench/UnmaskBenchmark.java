package dev.openline.bench;

import io.netty.buffer.AdaptiveByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Which way into a buffer the JIT makes fast, for unmasking a client's payload in place (RFC 6455 §5.3).
 *
 * <p>Every method does the same work: exclusive-or with the key, eight bytes at a time, then the rest byte by byte. Only
 * the access differs. The payload starts where a real frame's payload starts (6, 8 or 14 bytes after the frame), so words
 * are not aligned. Unmasking twice restores the bytes, so one buffer serves all invocations.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class UnmaskBenchmark {
    private static final VarHandle LONG_IN_BUFFER =
            MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle LONG_IN_ARRAY =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());
    private static final VarHandle INT_IN_ARRAY =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.nativeOrder());

    /** Payload bytes. */
    @Param({"20", "125", "1024", "16384"})
    public int size;

    private int from;
    private int to;
    private final byte[] key = {0x37, (byte) 0xfa, 0x21, 0x3d};
    private ByteBuf adaptive;
    private ByteBuf pooled;
    private ByteBuffer direct;
    private ByteBuffer heapBuffer;
    private byte[] heap;
    private byte[] scratch;

    @Setup
    public void allocate() {
        from = size < 126 ? 6 : size < 65536 ? 8 : 14;
        to = from + size;
        adaptive = new AdaptiveByteBufAllocator().directBuffer(to + 64).writeZero(to);
        pooled = PooledByteBufAllocator.DEFAULT.directBuffer(to + 64).writeZero(to);
        direct = ByteBuffer.allocateDirect(to + 64).order(ByteOrder.nativeOrder());
        heap = new byte[to + 64];
        heapBuffer = ByteBuffer.allocate(to + 64).order(ByteOrder.nativeOrder());
        scratch = new byte[size];
    }

    @TearDown
    public void release() {
        adaptive.release();
        pooled.release();
    }

    @Benchmark
    public ByteBuf byteBufAdaptive() {
        return throughByteBuf(adaptive);
    }

    @Benchmark
    public ByteBuf byteBufPooled() {
        return throughByteBuf(pooled);
    }

    /** The view that a ByteBuf hands out, taken anew for each frame as an engine would have to. */
    @Benchmark
    public ByteBuffer byteBufNioViewVarHandle() {
        ByteBuffer view = adaptive.internalNioBuffer(from, size);
        throughVarHandle(view, view.position(), view.limit());
        return view;
    }

    @Benchmark
    public ByteBuffer directGetLong() {
        return throughByteBuffer(direct);
    }

    @Benchmark
    public ByteBuffer directVarHandle() {
        throughVarHandle(direct, from, to);
        return direct;
    }

    @Benchmark
    public ByteBuffer heapBufferGetLong() {
        return throughByteBuffer(heapBuffer);
    }

    @Benchmark
    public ByteBuffer heapBufferVarHandle() {
        throughVarHandle(heapBuffer, from, to);
        return heapBuffer;
    }

    @Benchmark
    public byte[] heapArrayVarHandle() {
        throughArray(heap, from, to);
        return heap;
    }

    /** Four bytes at a time: the loop shape that the auto-vectoriser of newer JDKs likes. */
    @Benchmark
    public byte[] heapArrayIntVarHandle() {
        int mask = intMask();
        int at = from;
        for (int words = to - 3; at < words; at += 4) {
            INT_IN_ARRAY.set(heap, at, (int) INT_IN_ARRAY.get(heap, at) ^ mask);
        }
        tail(heap, at, to);
        return heap;
    }

    /** The floor: one byte at a time. */
    @Benchmark
    public byte[] heapArrayBytewise() {
        tail(heap, from, to);
        return heap;
    }

    /** Copies the payload out of direct memory first and unmasks the copy. */
    @Benchmark
    public byte[] copyOutThenArrayVarHandle() {
        adaptive.getBytes(from, scratch, 0, size);
        throughArray(scratch, 0, size);
        return scratch;
    }

    private ByteBuf throughByteBuf(ByteBuf buf) {
        long mask = bigEndianMask();
        int at = from;
        for (int words = to - 7; at < words; at += 8) {
            buf.setLong(at, buf.getLong(at) ^ mask);
        }
        for (int i = 0; at < to; at++, i++) {
            buf.setByte(at, buf.getByte(at) ^ key[i & 3]);
        }
        return buf;
    }

    private ByteBuffer throughByteBuffer(ByteBuffer buf) {
        long mask = longMask();
        int at = from;
        for (int words = to - 7; at < words; at += 8) {
            buf.putLong(at, buf.getLong(at) ^ mask);
        }
        tail(buf, at, to);
        return buf;
    }

    private void throughVarHandle(ByteBuffer buf, int start, int end) {
        long mask = longMask();
        int at = start;
        for (int words = end - 7; at < words; at += 8) {
            LONG_IN_BUFFER.set(buf, at, (long) LONG_IN_BUFFER.get(buf, at) ^ mask);
        }
        tail(buf, at, end);
    }

    private void throughArray(byte[] buf, int start, int end) {
        long mask = longMask();
        int at = start;
        for (int words = end - 7; at < words; at += 8) {
            LONG_IN_ARRAY.set(buf, at, (long) LONG_IN_ARRAY.get(buf, at) ^ mask);
        }
        tail(buf, at, end);
    }

    private void tail(ByteBuffer buf, int start, int end) {
        for (int at = start, i = 0; at < end; at++, i++) {
            buf.put(at, (byte) (buf.get(at) ^ key[i & 3]));
        }
    }

    private void tail(byte[] buf, int start, int end) {
        for (int at = start, i = 0; at < end; at++, i++) {
            buf[at] ^= key[i & 3];
        }
    }

    private int intMask() {
        return (int) INT_IN_ARRAY.get(key, 0);
    }

    private long longMask() {
        long word = intMask() & 0xffff_ffffL;
        return word << 32 | word;
    }

    private long bigEndianMask() {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? longMask() : Long.reverseBytes(longMask());
    }
}
