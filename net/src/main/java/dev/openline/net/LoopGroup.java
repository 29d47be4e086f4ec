package dev.openline.net;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadIoEventLoop;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.concurrent.Executor;

/**
 * Netty's event loops, but for how long they wait when nothing is scheduled: until something happens. Netty's own wake up once a second to
 * look, and so arm another timer whenever they wait: one more operation for io_uring to begin and end, and one more system call for epoll, which
 * a message that comes alone pays for.
 */
final class LoopGroup extends MultiThreadIoEventLoopGroup {
    LoopGroup(int count, IoHandlerFactory handlers) {
        super(count, new DefaultThreadFactory("openline-loop", true), handlers);
    }

    @Override
    protected IoEventLoop newChild(Executor executor, IoHandlerFactory handlers, Object... none) {
        return new Loop(this, executor, handlers);
    }

    private static final class Loop extends SingleThreadIoEventLoop {
        Loop(IoEventLoopGroup group, Executor executor, IoHandlerFactory handlers) {
            super(group, executor, handlers);
        }

        /** -1 when nothing is scheduled; whoever schedules something from elsewhere wakes the loop. */
        @Override
        protected long deadlineNanos() {
            return nextScheduledTaskDeadlineNanos();
        }
    }
}
