package dev.openline.net;

import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * How {@link WebSocketHandler#blocking blocking handlers} run and what may wait for them.
 *
 * @param executor gives the threads; each line has at most one task in it at a time. What it refuses ends the line
 * @param maxWaitingMessages messages and pongs of one line that may wait for its handler, the one at work included; at this many reading
 *     from the peer pauses, until half as many wait
 * @param maxWaitingBytes the same for bytes, where each message counts its payload and {@value #OVERHEAD_BYTES}
 */
public record BlockingOptions(Executor executor, int maxWaitingMessages, int maxWaitingBytes) {
    /** What a waiting message costs beside its payload. */
    public static final int OVERHEAD_BYTES = 64;

    public BlockingOptions {
        Objects.requireNonNull(executor, "executor");
        if (maxWaitingMessages < 1)
            throw new IllegalArgumentException("maxWaitingMessages " + maxWaitingMessages + " < 1");
        if (maxWaitingBytes < 1) throw new IllegalArgumentException("maxWaitingBytes " + maxWaitingBytes + " < 1");
    }

    /** Virtual threads where the JDK has them (21 and newer), else a pool that all lines of the process share; 256 messages, 256 KiB. */
    public static BlockingOptions defaults() {
        return new BlockingOptions(BlockingThreads.shared(), 256, 256 << 10);
    }

    public BlockingOptions withExecutor(Executor other) {
        return new BlockingOptions(other, maxWaitingMessages, maxWaitingBytes);
    }

    public BlockingOptions withMaxWaitingMessages(int messages) {
        return new BlockingOptions(executor, messages, maxWaitingBytes);
    }

    public BlockingOptions withMaxWaitingBytes(int bytes) {
        return new BlockingOptions(executor, maxWaitingMessages, bytes);
    }
}
