package dev.openline.net;

import dev.openline.wire.MessageMemory;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import java.nio.ByteBuffer;

/** Memory of messages that come in pieces, from the pool that also serves reads and writes: nothing to zero, nothing to collect. */
final class PooledBlocks implements MessageMemory {
    static final PooledBlocks HERE = new PooledBlocks();

    /** Below this the heap is cheaper than the pool. */
    private static final int LEAST_POOLED_BYTES = 1 << 10;

    private PooledBlocks() {}

    @Override
    public Block take(int bytes) {
        if (bytes < LEAST_POOLED_BYTES) return HEAP.take(bytes);
        ByteBuf pooled = PooledByteBufAllocator.DEFAULT.directBuffer(bytes, bytes);
        return new PooledBlock(pooled, pooled.internalNioBuffer(0, bytes).slice());
    }

    record PooledBlock(ByteBuf pooled, ByteBuffer bytes) implements Block {
        @Override
        public void release() {
            pooled.release();
        }
    }
}
