package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import org.jspecify.annotations.Nullable;

/**
 * The memory in which the lines of one loop collect what they say in a turn, one line at a time. What a socket takes at once, which is nearly
 * everything, then costs no memory of a line's own, and stays in the processor's cache.
 */
final class Cork {
    /** As much as a line says before it flushes, by default. */
    static final int BYTES = 64 << 10;

    private static final FastThreadLocal<Cork> CORKS = new FastThreadLocal<>() {
        @Override
        protected Cork initialValue() {
            return new Cork();
        }

        @Override
        protected void onRemoval(Cork gone) {
            gone.memory.release();
        }
    };

    private final ByteBuf memory = PlacedMemory.take(BYTES);
    private @Nullable LineOutput holder;

    private Cork() {}

    /** That of the loop that runs this code. */
    static Cork here() {
        return CORKS.get();
    }

    /** The memory, empty, for this line until it {@link #free frees} it; null while another line has it. */
    @Nullable
    ByteBuf take(LineOutput line) {
        if (holder != null) return null;
        holder = line;
        return PlacedMemory.clear(memory);
    }

    boolean isHeldBy(LineOutput line) {
        return holder == line;
    }

    void free() {
        holder = null;
    }
}
