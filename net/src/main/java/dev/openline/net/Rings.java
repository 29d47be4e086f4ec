package dev.openline.net;

import dev.openline.wire.Room;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingAllocator;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.channel.uring.IoUringSocketChannel;

/**
 * How io_uring is set up. A read that waits in a ring would hold a buffer of its own for as long as its line is idle. Where the kernel
 * can take what comes from a buffer in pieces (Linux 6.12), all lines of a loop read from one ring of shared buffers instead: an idle line
 * holds none, and a small message takes no more of one than its own bytes.
 */
final class Rings {
    static final ChannelOption<Short> BUFFERS_OPTION = IoUringChannelOption.IO_URING_BUFFER_GROUP_ID;
    static final short READ_BUFFERS = 0;

    /** As many as are read into at first, and as come to them whenever the kernel finds none free. */
    private static final int BUFFER_BATCH = 4;

    /**
     * As many as there may be: more than the 33 that the kernel reads of one line in a row, one and MULTISHOT_MAX_RETRY. A peer that
     * floods then never finds none free, only its neighbours do, who ask again and are read first. With 32 it found none itself,
     * asked again before its neighbours did, and took what it had just given back: they waited for seconds.
     */
    private static final short MOST_BUFFERS = 64;

    /** Few enough bytes for a first batch to stay in a processor's cache, and many enough for messages to lie in one piece. */
    private static final int BUFFER_BYTES = 128 << 10;

    /** With all of those in the ring, 4 MiB of what was read may be kept. */
    private static final int MOST_IN_USE = MOST_BUFFERS + (4 << 20) / BUFFER_BYTES;

    /**
     * Operations that are collected before the kernel gets them. A system call for 64 of them is nothing to each; more would
     * leave the processor's nearest cache, and their messages too, before they are sent.
     */
    private static final int OPERATIONS = 64;

    /** Room for what was done of them before the loop looks, 16 bytes each: a broadcast to ten thousand lines is one turn. */
    private static final int COMPLETIONS = 16 << 10;

    private Rings() {}

    static IoHandlerFactory ioHandlers() {
        IoUringIoHandlerConfig config =
                new IoUringIoHandlerConfig().setRingSize(OPERATIONS).setCqSize(COMPLETIONS);
        if (hasReadBuffers()) config.setBufferRingConfig(readBuffers());
        return IoUringIoHandler.newFactory(config);
    }

    /** Whether the kernel takes buffers in pieces. */
    static boolean hasReadBuffers() {
        return IoUring.isRegisterBufferRingIncSupported();
    }

    /** Whether the kernel reads on and on of this connection, until it is told not to. */
    static boolean readsByItself(Channel channel) {
        return channel instanceof IoUringSocketChannel && hasReadBuffers();
    }

    /** Whether a message is larger than what the kernel reads by itself in one piece. */
    static boolean isLarge(Room room) {
        return room.at() + room.length() > BUFFER_BYTES;
    }

    private static IoUringBufferRingConfig readBuffers() {
        return IoUringBufferRingConfig.builder()
                .bufferGroupId(READ_BUFFERS)
                .bufferRingSize(MOST_BUFFERS)
                .batchSize(BUFFER_BATCH)
                .incremental(true)
                .allocator(new SharedBuffers())
                .build();
    }

    private static final class SharedBuffers implements IoUringBufferRingAllocator {
        @Override
        public ByteBuf allocate() {
            return ReadBuffers.here(BUFFER_BYTES, MOST_IN_USE).take();
        }

        @Override
        public void lastBytesRead(int attempted, int actual) {}
    }
}
