package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;

/**
 * Bytes that are sent on many streams by reference: what {@link SharedFrame} is for lines. Never changed once they are made.
 *
 * <p>Whoever makes them owns one reference and must {@link #release} it when it has written them everywhere; streams keep their own.
 * Safe to hand between threads and to write from any of them.
 */
public final class SharedBytes {
    private static final AtomicIntegerFieldUpdater<SharedBytes> OWNERS =
            AtomicIntegerFieldUpdater.newUpdater(SharedBytes.class, "owners");

    /** One reference for all owners together, and one of its own for each stream on which they wait. */
    private final ByteBuf bytes;

    private volatile int owners = 1;

    private SharedBytes(ByteBuf bytes) {
        this.bytes = bytes;
    }

    /** Copies what is between position and limit of {@code bytes}, and leaves its position alone. */
    public static SharedBytes of(ByteBuffer bytes) {
        int size = bytes.remaining();
        return new SharedBytes(PooledByteBufAllocator.DEFAULT
                .directBuffer(Math.max(1, size), Math.max(1, size))
                .writeBytes(bytes.duplicate()));
    }

    /** How many bytes. */
    public int size() {
        return bytes.readableBytes();
    }

    /** A copy of them, for tests and logs. */
    public byte[] copy() {
        return ByteBufUtil.getBytes(bytes);
    }

    /**
     * One more owner, who must release it too.
     *
     * @throws IllegalStateException if all owners have released it
     */
    public SharedBytes retain() {
        if (OWNERS.getAndIncrement(this) <= 0)
            throw new IllegalStateException("the bytes were released by all their owners");
        return this;
    }

    /**
     * Gives this owner's reference back.
     *
     * @throws IllegalStateException if all owners have released it
     */
    public void release() {
        int left = OWNERS.decrementAndGet(this);
        if (left < 0) throw new IllegalStateException("the bytes were released by all their owners");
        if (left == 0) bytes.release();
    }

    /** The bytes, to be read by index only and never changed. */
    ByteBuf bytes() {
        return bytes;
    }
}
