package dev.openline.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Where the memory of messages that have not come whole is taken from, so that a driver can pool it, and bound what all
 * its connections together hold for peers that never finish. Asked on the thread that drives the wire, and only for
 * messages that do not lie whole in one read: most never ask.
 */
public interface MessageMemory {
    /** Fresh heap memory, without any bound but each connection's own. */
    MessageMemory HEAP = bytes -> new HeapBlock(ByteBuffer.allocate(bytes));

    /**
     * Memory for at least this many bytes, or null when there is none for this connection now: it is closed with 1013
     * then. What it holds already counts as in use until it is released, also while it moves to a larger block.
     *
     * @param bytes at least 1, at most {@link WireLimits#maxMessageBytes}
     */
    @Nullable
    Block take(int bytes);

    /** A piece of memory with one owner. */
    interface Block {
        /** Its bytes, always the same buffer; position and limit are the owner's to set, content is arbitrary at first. */
        ByteBuffer bytes();

        /** Gives it back, once; nobody may use its buffer any more. */
        void release();
    }

    /** Left to the garbage collector. */
    record HeapBlock(ByteBuffer bytes) implements Block {
        @Override
        public void release() {}
    }
}
