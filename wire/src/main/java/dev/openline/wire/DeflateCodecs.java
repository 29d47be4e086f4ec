package dev.openline.wire;

import org.jspecify.annotations.Nullable;

/**
 * The compressors of one thread. They are handed to each {@link PerMessageDeflate} of that thread, which uses them for the length of a
 * call and leaves nothing in them, so that their memory (about 300 KiB native once used, and buffers of at most 256 KiB each) grows with
 * threads and not with connections.
 *
 * <p>Used by one thread at a time. Closing gives the native memory back at once; connections that still use them then fail.
 */
public final class DeflateCodecs implements AutoCloseable {
    private final @Nullable MessageDeflater[] deflaters = new MessageDeflater[10];
    private @Nullable MessageInflater inflater;
    private boolean closed;

    MessageInflater inflater() {
        requireOpen();
        MessageInflater shared = inflater;
        if (shared == null) {
            shared = new MessageInflater();
            inflater = shared;
        }
        return shared;
    }

    MessageDeflater deflater(int level) {
        requireOpen();
        MessageDeflater shared = deflaters[level];
        if (shared == null) {
            shared = new MessageDeflater(level);
            deflaters[level] = shared;
        }
        return shared;
    }

    /** Whether {@link #close} was called. */
    public boolean isClosed() {
        return closed;
    }

    @Override
    public void close() {
        closed = true;
        if (inflater != null) {
            inflater.close();
        }
        for (MessageDeflater deflater : deflaters) {
            if (deflater != null) {
                deflater.close();
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException("the compressors are closed");
        }
    }
}
