package dev.openline.testkit;

import io.netty.channel.ManualIoEventLoop;
import io.netty.channel.local.LocalIoHandler;
import io.netty.util.concurrent.MockTicker;

/** The one event loop of a world: it runs when it is told to, and its time is the world's. */
final class VirtualLoop extends ManualIoEventLoop {
    VirtualLoop(MockTicker ticker) {
        super(null, Thread.currentThread(), LocalIoHandler.newFactory(), ticker);
    }

    /** When the next scheduled task is due, in the ticker's nanoseconds; {@link Long#MAX_VALUE} if none is. */
    long nextDeadline() {
        long next = nextScheduledTaskDeadlineNanos();
        return next < 0 ? Long.MAX_VALUE : next;
    }
}
