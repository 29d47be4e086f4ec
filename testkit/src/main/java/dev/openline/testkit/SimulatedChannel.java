package dev.openline.testkit;

import io.netty.buffer.ByteBuf;
import io.netty.channel.AbstractChannel;
import io.netty.channel.ChannelException;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelMetadata;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.RecvByteBufAllocator;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.SocketChannelConfig;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One end of a {@link Connection}. */
final class SimulatedChannel extends AbstractChannel implements SocketChannel {
    private static final ChannelMetadata METADATA = new ChannelMetadata(false, 16);

    private final Host host;
    private final World world;
    private final SimulatedConfig config = new SimulatedConfig(this);
    private @Nullable InetSocketAddress local;
    private @Nullable InetSocketAddress remote;
    private @Nullable Incoming incoming;
    private @Nullable SimulatedChannel peer;
    private @Nullable Connection connection;
    private boolean open = true;
    private boolean connected;
    private boolean outputEnded;
    private boolean wantsMore;
    private boolean readScheduled;
    private boolean writeBlocked;

    SimulatedChannel(Host host, @Nullable SimulatedListener parent) {
        super(parent);
        this.host = host;
        this.world = host.world();
    }

    // --- connecting

    private void connect(InetSocketAddress to, ChannelPromise promise) {
        if (host.isDown()) {
            promise.tryFailure(new ConnectException("the host is down"));
            return;
        }
        world.loop().schedule(() -> arriveAt(to, promise), roundTrip(), TimeUnit.NANOSECONDS);
        int timeout = config.getConnectTimeoutMillis();
        if (timeout > 0) {
            world.loop()
                    .schedule(
                            () -> {
                                if (promise.tryFailure(new ConnectException("connection timed out: " + to)))
                                    unsafe().closeForcibly();
                            },
                            timeout,
                            TimeUnit.MILLISECONDS);
        }
    }

    private long roundTrip() {
        return world.between(world.shortestLatency.multipliedBy(2), world.longestLatency.multipliedBy(2));
    }

    private void arriveAt(InetSocketAddress to, ChannelPromise promise) {
        if (!open || promise.isDone()) return;
        Host there = world.hostAt(to.getAddress().getHostAddress());
        SimulatedListener listener = world.listener(to);
        // A machine that is off answers nothing; one that is on, and has nobody at the port, refuses.
        if (there == null || there.isPoweredOff()) return;
        if (listener == null || there.isDown()) {
            promise.tryFailure(new ConnectException("Connection refused: " + to));
            unsafe().closeForcibly();
            return;
        }
        SimulatedChannel other = new SimulatedChannel(there, listener);
        Connection made = world.connection(host, there);
        enter(made, other, host.freeAddress(), to);
        other.enter(made, this, to, (InetSocketAddress) local0());
        made.join(this, other);
        listener.accept(other);
        if (promise.trySuccess()) pipeline().fireChannelActive();
    }

    private void enter(Connection made, SimulatedChannel other, InetSocketAddress here, InetSocketAddress there) {
        connection = made;
        peer = other;
        local = here;
        remote = there;
        incoming = new Incoming(world, this, other);
        connected = true;
    }

    private SocketAddress local0() {
        if (local == null) throw new IllegalStateException("not connected");
        return local;
    }

    Incoming incoming() {
        if (incoming == null) throw new IllegalStateException("not connected");
        return incoming;
    }

    // --- reading

    void somethingArrived() {
        if (wantsMore) readSoon();
    }

    @Override
    protected void doBeginRead() {
        wantsMore = true;
        if (incoming != null && (incoming.hasBytes() || incoming.isAtEnd() || incoming.isBroken())) readSoon();
    }

    private void readSoon() {
        if (readScheduled) return;
        readScheduled = true;
        world.loop().execute(this::readNow);
    }

    private void readNow() {
        readScheduled = false;
        Incoming in = incoming;
        if (!open || !wantsMore || in == null) return;
        if (in.hasBytes()) {
            wantsMore = false;
            readBytes(in);
        } else if (in.isBroken()) {
            wantsMore = false;
            pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
            unsafe().close(voidPromise());
        } else if (in.isAtEnd()) {
            wantsMore = false;
            unsafe().close(voidPromise());
        }
    }

    private void readBytes(Incoming in) {
        RecvByteBufAllocator.Handle handle = unsafe().recvBufAllocHandle();
        handle.reset(config);
        ByteBuf buffer = handle.allocate(config.getAllocator());
        handle.attemptedBytesRead(buffer.writableBytes());
        int count = in.read(buffer);
        handle.lastBytesRead(count);
        handle.incMessagesRead(1);
        pipeline().fireChannelRead(buffer);
        handle.readComplete();
        // Asks for the next read, unless reading is paused.
        pipeline().fireChannelReadComplete();
        if (config.isAutoRead() && open) doBeginRead();
    }

    // --- writing

    @Override
    protected void doWrite(ChannelOutboundBuffer buffer) {
        SimulatedChannel to = peer;
        while (to != null) {
            Object message = buffer.current();
            if (message == null) return;
            ByteBuf bytes = (ByteBuf) message;
            int count = Math.min(bytes.readableBytes(), to.incoming().room());
            if (count == 0 && bytes.isReadable()) {
                writeBlocked = true;
                return;
            }
            // Whoever is dead says nothing any more.
            if (!host.isDown()) to.incoming().send(bytes, count);
            buffer.progress(count);
            if (count == bytes.readableBytes()) buffer.remove();
            else bytes.skipBytes(count);
        }
    }

    /** What waits for the other end to read. */
    long waitingBytes() {
        ChannelOutboundBuffer buffer = unsafe().outboundBuffer();
        return buffer == null ? 0 : buffer.totalPendingWriteBytes();
    }

    void windowOpened() {
        if (!writeBlocked || !open) return;
        writeBlocked = false;
        ((Unsafe) unsafe()).flushNow();
    }

    // --- ending

    @Override
    protected void doClose() {
        open = false;
        boolean was = connected;
        connected = false;
        if (incoming != null) incoming.drop();
        if (was && peer != null && !outputEnded && !host.isDown())
            peer.incoming().end();
        if (connection != null) connection.end();
    }

    @Override
    protected void doShutdownOutput() {
        if (outputEnded) return;
        outputEnded = true;
        if (peer != null && !host.isDown()) peer.incoming().end();
    }

    @Override
    protected void doDisconnect() {
        doClose();
    }

    // --- what a channel must say

    @Override
    protected AbstractUnsafe newUnsafe() {
        return new Unsafe();
    }

    private final class Unsafe extends AbstractUnsafe {
        @Override
        public void connect(SocketAddress to, SocketAddress from, ChannelPromise promise) {
            SimulatedChannel.this.connect((InetSocketAddress) to, promise);
        }

        void flushNow() {
            flush0();
        }
    }

    @Override
    protected boolean isCompatible(EventLoop loop) {
        return loop instanceof VirtualLoop;
    }

    @Override
    protected void doBind(SocketAddress address) {
        throw new ChannelException("who dials has no port to choose");
    }

    @Override
    protected @Nullable SocketAddress localAddress0() {
        return local;
    }

    @Override
    protected @Nullable SocketAddress remoteAddress0() {
        return remote;
    }

    @Override
    public SocketChannelConfig config() {
        return config;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isActive() {
        return open && connected;
    }

    @Override
    public ChannelMetadata metadata() {
        return METADATA;
    }

    @Override
    public @Nullable ServerSocketChannel parent() {
        return (ServerSocketChannel) super.parent();
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
    public boolean isInputShutdown() {
        return !open;
    }

    @Override
    public ChannelFuture shutdownInput() {
        return newSucceededFuture();
    }

    @Override
    public ChannelFuture shutdownInput(ChannelPromise promise) {
        return promise.setSuccess();
    }

    @Override
    public boolean isOutputShutdown() {
        return outputEnded || !open;
    }

    @Override
    public ChannelFuture shutdownOutput() {
        return shutdownOutput(newPromise());
    }

    @Override
    public ChannelFuture shutdownOutput(ChannelPromise promise) {
        ((AbstractUnsafe) unsafe()).shutdownOutput(promise);
        return promise;
    }

    @Override
    public boolean isShutdown() {
        return isInputShutdown() && isOutputShutdown();
    }

    @Override
    public ChannelFuture shutdown() {
        return shutdownOutput();
    }

    @Override
    public ChannelFuture shutdown(ChannelPromise promise) {
        return shutdownOutput(promise);
    }
}
