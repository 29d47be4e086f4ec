package dev.openline.store.redis;

import io.lettuce.core.resource.EventLoopGroupProvider;
import io.lettuce.core.resource.Transports;
import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoEventLoopGroup;
import io.netty.channel.IoHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringSocketChannel;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.EventExecutorGroup;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.ImmediateEventExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Event loops of a server, which carry its connections to Redis too. They are the server's to end. */
final class SharedLoops implements EventLoopGroupProvider {
    private final EventLoopGroup loops;

    private SharedLoops(EventLoopGroup loops) {
        this.loops = loops;
    }

    /**
     * Has Lettuce use the same kind of sockets as these loops, which it decides once for a process.
     *
     * @param loops null if it shall have loops of its own
     * @return null if its sockets can't be carried by these loops
     */
    static @Nullable SharedLoops of(@Nullable EventLoopGroup loops) {
        boolean uring = loops != null && carries(loops, IoUringIoHandler.class);
        boolean epoll = loops == null || carries(loops, EpollIoHandler.class);
        preset("io.lettuce.core.iouring", uring);
        preset("io.lettuce.core.epoll", epoll);
        Class<? extends Channel> wanted =
                uring ? IoUringSocketChannel.class : epoll ? EpollSocketChannel.class : NioSocketChannel.class;
        return loops != null && Transports.socketChannelClass() == wanted ? new SharedLoops(loops) : null;
    }

    private static boolean carries(EventLoopGroup loops, Class<? extends IoHandler> handler) {
        return loops instanceof IoEventLoopGroup io && io.isIoType(handler);
    }

    private static void preset(String property, boolean value) {
        if (System.getProperty(property) == null) System.setProperty(property, Boolean.toString(value));
    }

    @Override
    public <T extends EventLoopGroup> T allocate(Class<T> type) {
        return type.cast(loops);
    }

    @Override
    public int threadPoolSize() {
        int count = 0;
        for (EventExecutor loop : loops) if (!loop.isShutdown()) count++;
        return count;
    }

    @Override
    public Future<Boolean> release(EventExecutorGroup group, long quiet, long timeout, TimeUnit unit) {
        return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }

    @Override
    public Future<Boolean> shutdown(long quiet, long timeout, TimeUnit unit) {
        return ImmediateEventExecutor.INSTANCE.newSucceededFuture(true);
    }
}
