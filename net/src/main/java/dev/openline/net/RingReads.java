package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How connections are read where a ring has buffers for them ({@link Rings}): the kernel knows how much came, so nobody has to guess, and
 * a line holds 24 bytes for it where Netty's guessing takes 140. A line is read on while more is there, {@value #READS} reads in a row at
 * most, as Netty does it.
 */
final class RingReads implements RecvByteBufAllocator {
    static final RingReads INSTANCE = new RingReads();

    /** After this many the line's turn is over, and others are heard. */
    private static final int READS = 16;

    /** For the rare read while all buffers of the ring are in use. It waits without a buffer until there is something to read. */
    private static final int SPARE_BYTES = 16 << 10;

    private RingReads() {}

    @Override
    @SuppressWarnings("deprecation") // of what Netty's transports require
    public Handle newHandle() {
        return new Turn();
    }

    /** What one line reads until it is another's turn. Others may be read in between, so each has its own. */
    private static final class Turn implements ExtendedHandle {
        private @Nullable ChannelConfig config;
        private int reads;
        private int last;

        @Override
        public ByteBuf allocate(ByteBufAllocator alloc) {
            return alloc.ioBuffer(SPARE_BYTES);
        }

        @Override
        public int guess() {
            return SPARE_BYTES;
        }

        @Override
        public void reset(ChannelConfig of) {
            config = of;
            reads = 0;
        }

        @Override
        public void incMessagesRead(int messages) {
            reads += messages;
        }

        @Override
        public void lastBytesRead(int bytes) {
            last = bytes;
        }

        @Override
        public int lastBytesRead() {
            return last;
        }

        @Override
        public void attemptedBytesRead(int bytes) {}

        @Override
        public int attemptedBytesRead() {
            return SPARE_BYTES;
        }

        @Override
        public boolean continueReading() {
            return goesOn(true);
        }

        @Override
        public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
            return goesOn(maybeMore.get());
        }

        private boolean goesOn(boolean maybeMore) {
            ChannelConfig of = config;
            return maybeMore && last > 0 && reads < READS && of != null && of.isAutoRead();
        }

        @Override
        public void readComplete() {}
    }
}
