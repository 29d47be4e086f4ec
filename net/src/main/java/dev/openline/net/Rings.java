package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelOption;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringBufferRingAllocator;
import io.netty.channel.uring.IoUringBufferRingConfig;
import io.netty.channel.uring.IoUringChannelOption;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;

/**
 * How io_uring is set up. A read that waits in a ring would hold a buffer of its own for as long as its line is idle. Where the kernel
 * can take what comes from a buffer in pieces (Linux 6.12), all lines of a loop read from one ring of shared buffers instead: an idle line
 * holds none, and a small message takes no more of one than its own bytes.
 */
final class Rings {
    static final ChannelOption<Short> BUFFERS_OPTION = IoUringChannelOption.IO_URING_BUFFER_GROUP_ID;
    static final short READ_BUFFERS = 0;

    private static final short READ_BUFFER_COUNT = 4;

    /** Operations handed to the kernel at once; a broadcast to a thousand lines is as many. */
    private static final int OPERATIONS = 1024;

    /** Room for what was done of them before the loop looks, 16 bytes each: a broadcast to ten thousand lines is one turn. */
    private static final int COMPLETIONS = 16 * OPERATIONS;

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

    private static IoUringBufferRingConfig readBuffers() {
        return IoUringBufferRingConfig.builder()
                .bufferGroupId(READ_BUFFERS)
                .bufferRingSize(READ_BUFFER_COUNT)
                .batchSize(READ_BUFFER_COUNT)
                .incremental(true)
                .allocator(new SharedBuffers())
                .build();
    }

    private static final class SharedBuffers implements IoUringBufferRingAllocator {
        @Override
        public ByteBuf allocate() {
            return ReadBuffers.here().take();
        }

        @Override
        public void lastBytesRead(int attempted, int actual) {}
    }
}
