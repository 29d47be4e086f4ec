package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.concurrent.FastThreadLocal;

/**
 * How connections are read where the system says that there is something to read (epoll, kqueue, selectors): once per readiness, into
 * a large buffer that all lines of a loop share. A line has taken what it needs from it before the next one is read, so nothing is
 * allocated, and a message of a megabyte takes a few reads. Reading again until there is nothing left would cost one more system call per
 * message; what is left makes the socket ready again.
 *
 * <p>Whoever keeps the buffer (TLS and HTTP may) has it for itself: the next read then brings a new one.
 *
 * <p>A read begins and ends before the loop's next one, so what is known of it belongs to the loop as well, and a line holds nothing.
 */
final class LineReads implements RecvByteBufAllocator, RecvByteBufAllocator.ExtendedHandle {
    static final LineReads INSTANCE = new LineReads();

    private static final FastThreadLocal<Read> READS = new FastThreadLocal<>() {
        @Override
        protected Read initialValue() {
            return new Read();
        }
    };

    /** The read that a loop is at. */
    private static final class Read {
        private int attempted;
        private int bytes;
    }

    private LineReads() {}

    @Override
    @SuppressWarnings("deprecation") // of what Netty's transports require
    public Handle newHandle() {
        return this;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator alloc) {
        return ReadBuffers.here().take();
    }

    @Override
    public int guess() {
        return ReadBuffers.BUFFER_BYTES;
    }

    @Override
    public void reset(ChannelConfig config) {}

    @Override
    public void incMessagesRead(int messages) {}

    @Override
    public void lastBytesRead(int bytes) {
        READS.get().bytes = bytes;
    }

    @Override
    public int lastBytesRead() {
        return READS.get().bytes;
    }

    @Override
    public void attemptedBytesRead(int bytes) {
        READS.get().attempted = bytes;
    }

    @Override
    public int attemptedBytesRead() {
        return READS.get().attempted;
    }

    @Override
    public boolean continueReading() {
        return false;
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
        return false;
    }

    @Override
    public void readComplete() {}
}
