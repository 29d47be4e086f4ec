package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.ArrayList;
import java.util.List;

/**
 * The buffers that the lines of one loop read into together. One is enough while nobody keeps what was read; a large message that is sent
 * on without being copied keeps the buffer it lies in until the peer has taken it. How many may be kept is bounded: beyond that, messages
 * are copied again.
 */
final class ReadBuffers {
    private static final FastThreadLocal<ReadBuffers> HERE = new FastThreadLocal<>() {
        @Override
        protected ReadBuffers initialValue() {
            return new ReadBuffers();
        }

        @Override
        protected void onRemoval(ReadBuffers gone) {
            gone.release();
        }
    };

    /** Large enough for a message of a megabyte to come in a few reads, small enough to stay in a processor's cache. */
    static final int BUFFER_BYTES = 256 << 10;

    /** Buffers of one loop that may be in use at once before messages are copied rather than kept: 4 MiB. */
    private static final int MOST = (4 << 20) / BUFFER_BYTES;

    private final int bytes;
    private final int most;
    private final List<ByteBuf> buffers = new ArrayList<>();
    private int last;

    ReadBuffers() {
        this(BUFFER_BYTES, MOST);
    }

    /**
     * @param bytes the size of each
     * @param most how many may be in use at once before what is read is copied rather than kept
     */
    private ReadBuffers(int bytes, int most) {
        this.bytes = bytes;
        this.most = most;
    }

    /** Those of the loop that runs this code. */
    static ReadBuffers here() {
        return HERE.get();
    }

    /** The same, of a loop whose lines need others. It must ask for them before anybody else does. */
    static ReadBuffers here(int bytes, int most) {
        if (!HERE.isSet()) HERE.set(new ReadBuffers(bytes, most));
        return HERE.get();
    }

    /** Gives them back, as far as nobody keeps them. */
    void release() {
        buffers.forEach(ByteBuf::release);
        buffers.clear();
    }

    /** An empty buffer that nobody else uses; the caller owns one reference to it. */
    ByteBuf take() {
        int size = buffers.size();
        for (int i = 0; i < size; i++) {
            int index = last + i < size ? last + i : last + i - size;
            ByteBuf buffer = buffers.get(index);
            if (buffer.refCnt() == 1) {
                last = index;
                return PlacedMemory.clear(buffer).retain();
            }
        }
        ByteBuf fresh = PlacedMemory.take(bytes);
        if (size == most) return fresh;
        last = size;
        buffers.add(fresh);
        return fresh.retain();
    }

    /** Whether what was read may be kept: there is a buffer left to read on into. */
    boolean mayKeep() {
        if (buffers.size() < most) return true;
        for (ByteBuf buffer : buffers) {
            if (buffer.refCnt() == 1) return true;
        }
        return false;
    }
}
