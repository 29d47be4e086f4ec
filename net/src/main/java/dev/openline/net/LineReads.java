package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelConfig;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.util.UncheckedBooleanSupplier;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.IdentityHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How connections are read where the system says that there is something to read (epoll, kqueue, selectors): once per readiness, into
 * a large buffer that all lines of a loop share. A line has taken what it needs from it before the next one is read, so nothing is
 * allocated. Reading again until there is nothing left would cost one more system call per message; what is left makes the socket ready
 * again. Only a frame that fills the buffer and goes on is read on at once, {@value #MOST_READS} reads at most: while others are read its
 * beginning would leave the processor's cache, from where it will be sent on. What comes of it then is read to where it belongs, without
 * being copied: its line has put itself down as one that is {@linkplain #insideFrame inside a frame}.
 *
 * <p>Whoever keeps the buffer (TLS and HTTP may) has it for itself: the next read then brings a new one.
 *
 * <p>A read begins and ends before the loop's next one, so what is known of it belongs to the loop as well, and a line holds nothing.
 */
final class LineReads implements RecvByteBufAllocator, RecvByteBufAllocator.ExtendedHandle {
    static final LineReads INSTANCE = new LineReads();

    /** With 256 KiB each: a message of a megabyte, and nearly another. */
    private static final int MOST_READS = 8;

    private static final FastThreadLocal<Read> READS = new FastThreadLocal<>() {
        @Override
        protected Read initialValue() {
            return new Read();
        }
    };

    /** A line in the middle of a large message. */
    interface InsideFrame {
        /** An empty buffer where its next bytes belong, one reference to which is the caller's; null if that makes no difference. */
        @Nullable
        ByteBuf room();
    }

    /** The read that a loop is at. */
    private static final class Read {
        private final Map<ChannelConfig, InsideFrame> insideFrames = new IdentityHashMap<>();
        private @Nullable InsideFrame insideFrame;
        private @Nullable ByteBuf room;
        private int attempted;
        private int bytes;
        private int reads;
        private boolean goesOn;
    }

    private LineReads() {}

    @Override
    @SuppressWarnings("deprecation") // of what Netty's transports require
    public Handle newHandle() {
        return this;
    }

    @Override
    public ByteBuf allocate(ByteBufAllocator alloc) {
        Read read = READS.get();
        ByteBuf room = read.insideFrame == null ? null : read.insideFrame.room();
        read.room = room;
        return room == null ? ReadBuffers.here().take() : room;
    }

    @Override
    public int guess() {
        return ReadBuffers.BUFFER_BYTES;
    }

    /** From a line that was handed a read: what it is inside of goes on. */
    static void readOn() {
        READS.get().goesOn = true;
    }

    /** From a line that was handed a read: what comes next of this connection belongs there, until it says otherwise. */
    static void insideFrame(ChannelConfig config, InsideFrame line) {
        Read read = READS.get();
        read.insideFrames.put(config, line);
        read.insideFrame = line;
    }

    /** From the same line, which has heard all of it, or is over. */
    static void outsideFrame(ChannelConfig config) {
        Read read = READS.get();
        read.insideFrames.remove(config);
        read.insideFrame = null;
    }

    /** From who reads by other means: what a line will be handed, and whether it is what it made room for. */
    static void handOut(ByteBuf read, boolean isRoom) {
        READS.get().room = isRoom ? read : null;
    }

    /** Whether what a line was handed is what it made room for. Asked once: the same object may come again, with something else in it. */
    static boolean isRoom(ByteBuf read) {
        Read last = READS.get();
        boolean is = read == last.room;
        last.room = null;
        return is;
    }

    @Override
    public void reset(ChannelConfig config) {
        Read read = READS.get();
        read.reads = 0;
        read.insideFrame = read.insideFrames.isEmpty() ? null : read.insideFrames.get(config);
    }

    @Override
    public void incMessagesRead(int messages) {
        Read read = READS.get();
        read.reads += messages;
        read.goesOn = false;
    }

    @Override
    public void lastBytesRead(int bytes) {
        Read read = READS.get();
        read.bytes = bytes;
        if (bytes <= 0) read.room = null;
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
        Read read = READS.get();
        return read.goesOn && read.bytes == read.attempted && read.reads < MOST_READS;
    }

    @Override
    public boolean continueReading(UncheckedBooleanSupplier maybeMore) {
        return continueReading();
    }

    @Override
    public void readComplete() {}
}
