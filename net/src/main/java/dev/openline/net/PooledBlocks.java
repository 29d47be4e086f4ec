package dev.openline.net;

import dev.openline.wire.MessageMemory;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;

/** Memory of messages that come in pieces, from the pool that also serves reads and writes: nothing to zero, nothing to collect. */
final class PooledBlocks implements MessageMemory {
    static final PooledBlocks HERE = new PooledBlocks();

    private PooledBlocks() {}

    @Override
    public Pooled take(int bytes) {
        ByteBuf pooled = PlacedMemory.take(bytes);
        return new PooledBlock(
                pooled, pooled.internalNioBuffer(pooled.writerIndex(), bytes).slice());
    }

    /** A block whose memory can be kept beyond its release, by who takes a reference of its own. */
    interface Pooled extends MessageMemory.Block {
        /** Its indices are where {@link #bytes} begin. */
        ByteBuf pooled();
    }

    private record PooledBlock(ByteBuf pooled, ByteBuffer bytes) implements Pooled {
        @Override
        public void release() {
            pooled.release();
        }
    }
}
