package dev.openline.net;

import dev.openline.wire.MessageMemory;
import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A bound for the memory that messages may take which have not come whole, of all lines together that share it. Each line has a limit of
 * its own, but a hundred thousand peers that each begin a message and never end it would add up to all the memory there is.
 *
 * <p>A line whose message would go beyond the bound is closed with 1013, try again later (RFC 6455 §7.4.2, IANA registry): its message is
 * not too big, as 1009 would say, there is just no room now. The other lines go on, and what they hold stays theirs. Messages that lie
 * whole in what was read at once take no memory and are not counted. Any thread.
 */
public final class UnfinishedMessages {
    private static final long MOST_BY_DEFAULT = 256L << 20;

    /** Shared by all lines of this process that are not told otherwise: 256 MiB, or a quarter of the largest heap if that is less. */
    public static final UnfinishedMessages OF_PROCESS = new UnfinishedMessages(
            Math.min(MOST_BY_DEFAULT, Runtime.getRuntime().maxMemory() / 4));

    private final long maxBytes;
    private final AtomicLong held = new AtomicLong();
    private final MessageMemory memory = this::take;

    private UnfinishedMessages(long maxBytes) {
        this.maxBytes = maxBytes;
    }

    /**
     * A bound of its own.
     *
     * @throws IllegalArgumentException for less than 64 KiB, which a single message might need
     */
    public static UnfinishedMessages atMost(long bytes) {
        if (bytes < 64 << 10) throw new IllegalArgumentException("maxBytes " + bytes + " < 65536");
        return new UnfinishedMessages(bytes);
    }

    /** The bound. */
    public long maxBytes() {
        return maxBytes;
    }

    /** Bytes that unfinished messages take now. */
    public long heldBytes() {
        return held.get();
    }

    /** What the lines take their memory from. */
    MessageMemory memory() {
        return memory;
    }

    private MessageMemory.@Nullable Block take(int bytes) {
        int taken = PlacedMemory.bytesFor(bytes);
        if (held.addAndGet(taken) > maxBytes) {
            held.addAndGet(-taken);
            return null;
        }
        return new Counted(PooledBlocks.HERE.take(bytes), taken, held);
    }

    private record Counted(PooledBlocks.Pooled block, int counted, AtomicLong held) implements PooledBlocks.Pooled {
        @Override
        public ByteBuf pooled() {
            return block.pooled();
        }

        @Override
        public ByteBuffer bytes() {
            return block.bytes();
        }

        @Override
        public void release() {
            block.release();
            held.addAndGet(-counted);
        }
    }
}
