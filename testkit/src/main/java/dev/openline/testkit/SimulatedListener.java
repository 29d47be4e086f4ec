package dev.openline.testkit;

import io.netty.channel.AbstractServerChannel;
import io.netty.channel.ChannelOption;
import io.netty.channel.DefaultChannelConfig;
import io.netty.channel.EventLoop;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.ServerSocketChannelConfig;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/** A port of a {@link Host} that is open. */
final class SimulatedListener extends AbstractServerChannel implements ServerSocketChannel {
    private final Host host;
    private final Config config = new Config(this);
    private final Deque<SimulatedChannel> waiting = new ArrayDeque<>();
    private @Nullable InetSocketAddress address;
    private boolean open = true;
    private boolean wantsMore;

    SimulatedListener(Host host) {
        this.host = host;
    }

    Host host() {
        return host;
    }

    /** Somebody has dialled: the other end of that connection. */
    void accept(SimulatedChannel connection) {
        waiting.add(connection);
        if (wantsMore) deliver();
    }

    private void deliver() {
        wantsMore = false;
        while (!waiting.isEmpty()) pipeline().fireChannelRead(waiting.remove());
        pipeline().fireChannelReadComplete();
    }

    /** The port is closed, and whoever opened it isn't told: it is dead. */
    void vanish() {
        if (address != null) host.world().listenNoMore(address, this);
    }

    @Override
    protected void doBeginRead() {
        wantsMore = true;
        if (!waiting.isEmpty())
            host.world().loop().execute(() -> {
                if (wantsMore) deliver();
            });
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof VirtualLoop;
    }

    @Override
    protected void doBind(SocketAddress wanted) throws BindException {
        int port = ((InetSocketAddress) wanted).getPort();
        InetSocketAddress at = port == 0 ? host.freeAddress() : new InetSocketAddress(host.address(), port);
        if (!host.world().listen(at, this)) throw new BindException("Address already in use");
        address = at;
    }

    @Override
    protected void doClose() {
        open = false;
        vanish();
        for (SimulatedChannel never : waiting) never.unsafe().closeForcibly();
        waiting.clear();
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return address;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open && address != null;
    }

    @Override
    public InetSocketAddress localAddress() {
        return (InetSocketAddress) super.localAddress();
    }

    @Override
    public InetSocketAddress remoteAddress() {
        return (InetSocketAddress) super.remoteAddress();
    }

    @Override
    public ServerSocketChannelConfig config() {
        return config;
    }

    /** Options of a socket that isn't one: they are taken and mean nothing. */
    private static final class Config extends DefaultChannelConfig implements ServerSocketChannelConfig {
        Config(SimulatedListener channel) {
            super(channel);
        }

        @Override
        public <T> boolean setOption(ChannelOption<T> option, T value) {
            return option == ChannelOption.SO_BACKLOG
                    || option == ChannelOption.SO_REUSEADDR
                    || super.setOption(option, value);
        }

        @Override
        public int getBacklog() {
            return Integer.MAX_VALUE;
        }

        @Override
        public ServerSocketChannelConfig setBacklog(int backlog) {
            return this;
        }

        @Override
        public boolean isReuseAddress() {
            return true;
        }

        @Override
        public ServerSocketChannelConfig setReuseAddress(boolean reuse) {
            return this;
        }

        @Override
        public int getReceiveBufferSize() {
            return Incoming.WINDOW;
        }

        @Override
        public ServerSocketChannelConfig setReceiveBufferSize(int bytes) {
            return this;
        }

        @Override
        public ServerSocketChannelConfig setPerformancePreferences(int connectionTime, int latency, int bandwidth) {
            return this;
        }

        @Override
        public ServerSocketChannelConfig setConnectTimeoutMillis(int millis) {
            super.setConnectTimeoutMillis(millis);
            return this;
        }

        @Override
        @Deprecated
        public ServerSocketChannelConfig setMaxMessagesPerRead(int messages) {
            super.setMaxMessagesPerRead(messages);
            return this;
        }

        @Override
        public ServerSocketChannelConfig setWriteSpinCount(int count) {
            super.setWriteSpinCount(count);
            return this;
        }

        @Override
        public ServerSocketChannelConfig setAllocator(io.netty.buffer.ByteBufAllocator allocator) {
            super.setAllocator(allocator);
            return this;
        }

        @Override
        public ServerSocketChannelConfig setRecvByteBufAllocator(io.netty.channel.RecvByteBufAllocator allocator) {
            super.setRecvByteBufAllocator(allocator);
            return this;
        }

        @Override
        public ServerSocketChannelConfig setAutoRead(boolean autoRead) {
            super.setAutoRead(autoRead);
            return this;
        }

        @Override
        public ServerSocketChannelConfig setMessageSizeEstimator(io.netty.channel.MessageSizeEstimator estimator) {
            super.setMessageSizeEstimator(estimator);
            return this;
        }

        @Override
        public ServerSocketChannelConfig setWriteBufferHighWaterMark(int bytes) {
            super.setWriteBufferHighWaterMark(bytes);
            return this;
        }

        @Override
        public ServerSocketChannelConfig setWriteBufferLowWaterMark(int bytes) {
            super.setWriteBufferLowWaterMark(bytes);
            return this;
        }

        @Override
        public ServerSocketChannelConfig setWriteBufferWaterMark(WriteBufferWaterMark mark) {
            super.setWriteBufferWaterMark(mark);
            return this;
        }
    }
}
