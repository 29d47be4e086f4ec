package dev.openline.net;

import io.netty.channel.Channel;
import io.netty.channel.uring.IoUringSocketChannel;
import java.util.concurrent.TimeUnit;

/**
 * Ends a connection that nothing more is expected of. Its file descriptor is free soon, whatever its peer does.
 *
 * <p>On io_uring a close waits for the write that is under way, and asks the kernel to cancel it. When the peer ended its half at that
 * moment, the kernel may have handed the write to a thread that waits for room in the socket, and the cancellation finds nothing: then the
 * connection would last, thread and all, for as long as its peer does not read. Ending our half wakes that thread.
 */
final class Ending {
    /** Long enough for what was just written to be handed to the system. */
    private static final long PATIENCE_MILLIS = 200;

    private Ending() {}

    static void of(Channel channel) {
        channel.close();
        if (channel instanceof IoUringSocketChannel socket
                && !socket.closeFuture().isDone()) {
            socket.eventLoop().schedule(() -> unblock(socket), PATIENCE_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static void unblock(IoUringSocketChannel socket) {
        if (!socket.closeFuture().isDone()) socket.shutdownOutput();
    }
}
