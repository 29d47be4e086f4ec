// Longer than 400 lines because both halves of a line, reading and writing, share one order and one thread.
package dev.openline.net;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.DeflateParameters;
import dev.openline.wire.FrameType;
import dev.openline.wire.Frames;
import dev.openline.wire.MessageKind;
import dev.openline.wire.PerMessageDeflate;
import dev.openline.wire.ProtocolViolation;
import dev.openline.wire.Role;
import dev.openline.wire.Room;
import dev.openline.wire.Wire;
import dev.openline.wire.WireSink;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A line between socket and application: the one handler that is left in the pipeline after the upgrade.
 *
 * <p>Two laws. Everything that touches {@link Wire} or the channel's writes happens on the line's event loop; other threads only put
 * frames into {@link OutboundQueue}. And frames leave in one order: before the loop writes anything of its own it first takes what
 * others have queued.
 *
 * <p>It does not decide about protocol (that is {@link Wire}), nor about who may connect (that is done before it exists).
 */
final class Line extends LineClock.Timed
        implements WebSocket, WireSink, FlushTurn.Member, Seat.Occupant, LineReads.InsideFrame {
    private static final Logger log = LoggerFactory.getLogger(WebSocket.class);
    private static final QuietLog peers = QuietLog.of(log);
    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    /** Messages of this size and more that are sent on as they were heard are not copied. */
    private static final int KEPT_FRAME_BYTES = 4 << 10;

    private final LineSetup setup;
    private final Channel channel;
    private final EventLoop loop;
    private final Wire wire;
    private final OutboundQueue elsewhere;
    private final LineOutput output;

    /** What is being read, its view, and where in it the view began; null when nothing is. */
    private @Nullable ByteBuf inbound;

    private @Nullable ByteBuffer inboundView;
    private int inboundAt;

    /** Where the payload of the message begins that is being heard, or -1 once its head has gone. */
    private int messageAt;

    /** Inside a batch of reads, whose end flushes. */
    private boolean reading;

    /** In the middle of a frame, the rest of which may be read to where it belongs. */
    private boolean insideFrame;

    /** How such a frame is read on a ring; null until there is one. */
    private @Nullable RingLargeReads large;

    private boolean waitingForTurn;

    /** Set when the peer broke a rule: its further bytes are read and dropped, so that it can still read our close frame. */
    private boolean failed;

    /** When the connection is dropped, whatever the peer does; MAX_VALUE until we hang up. */
    private long hangUpBy = Long.MAX_VALUE;

    /** How many bytes had left when the heartbeat last looked: a peer that still reads is alive. */
    private long leftBytesSeen;

    /** Set while the peer has more waiting than it should. */
    private @Nullable Stall stall;

    /** Why this end dropped the connection, when it did. */
    private @Nullable CloseStatus cutBecause;

    Line(LineSetup setup, Channel channel) {
        this.setup = setup;
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.wire = setup.newWire(Surroundings.nanoTime());
        this.elsewhere = new OutboundQueue(loop, this::takeQueued);
        this.output = new LineOutput(channel, setup.options().writableHighBytes());
    }

    // --- from the socket
    // ---------------------------------------------------------------------------------------------------------

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        output.addedTo(ctx);
        LineClock.of(loop).watch(this);
        try {
            setup.handler().onOpen(this);
        } catch (Throwable fault) {
            handlerFailed(fault);
        }
        output.flush();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf in = (ByteBuf) message;
        if (large != null && large.holdsBack(in)) return;
        reading = true;
        inbound = in;
        try {
            if (hangUpBy != Long.MAX_VALUE) return;
            if (insideFrame && LineReads.isRoom(in)) wire.received(in.readableBytes(), Surroundings.nanoTime(), this);
            else receive(in);
        } finally {
            inbound = null;
            inboundView = null;
            in.release();
        }
        boolean goesOn = wire.isInsideFrame();
        if (goesOn && isReading()) LineReads.readOn();
        insideFrame(goesOn && isNextToSocket(ctx) ? wire.room(ReadBuffers.BUFFER_BYTES) : null);
    }

    private void receive(ByteBuf in) {
        ByteBuffer view = view(in);
        inboundView = view;
        inboundAt = view.position();
        wire.receive(view, Surroundings.nanoTime(), this);
    }

    /** Whether what is read is what the peer's frames are: with TLS it isn't. */
    private static boolean isNextToSocket(ChannelHandlerContext ctx) {
        return ctx.pipeline().firstContext() == ctx;
    }

    private void insideFrame(@Nullable Room room) {
        boolean inside = room != null;
        if (inside == insideFrame) return;
        insideFrame = inside;
        if (!Rings.readsByItself(channel)) {
            if (inside) LineReads.insideFrame(channel.config(), this);
            else LineReads.outsideFrame(channel.config());
        } else if (inside && Rings.isLarge(room) && isReading() && PlacedMemory.HAS_ADDRESSES) {
            if (large == null) large = RingLargeReads.of(channel, this);
            if (large != null) large.begin();
        }
    }

    @Override
    public @Nullable ByteBuf room() {
        Room room = wire.room(ReadBuffers.BUFFER_BYTES);
        if (room == null || !(room.block() instanceof PooledBlocks.Pooled block)) return null;
        insideFrame = true;
        ByteBuf memory = block.pooled();
        return memory.retainedSlice(memory.readerIndex() + room.at(), room.length())
                .clear();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext ctx) {
        reading = false;
        output.flush();
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!ctx.channel().isWritable()) {
            stall = new Stall(setup.options().writeTimeout(), sentBytes(), Surroundings.nanoTime());
            LineClock.of(loop).watch(this);
            return;
        }
        stall = null;
        if (!wire.isOpen()) return;
        try {
            setup.handler().onWritable(this);
        } catch (Throwable fault) {
            handlerFailed(fault);
        }
        flushSoon();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        LineClock.of(loop).unwatch(this);
        insideFrame(null);
        if (large != null) large.end();
        hangUpBy = Long.MAX_VALUE;
        wire.endOfStream(Surroundings.nanoTime(), this);
        elsewhere.close();
        output.drop();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("line to {} broke: {}", channel.remoteAddress(), cause.toString());
        // A stream is reset by the codec, which counts the resets that a peer forces from us; with a close of ours it
        // would not.
        if (!(cause instanceof Http2Exception)) ctx.close();
    }

    @Override
    long nextDeadline() {
        if (!channel.isActive()) return Long.MAX_VALUE;
        Stall full = stall;
        long deadline = Math.min(wire.nextDeadline(), hangUpBy);
        return full == null ? deadline : Math.min(deadline, full.deadline());
    }

    @Override
    void onTime(long nowNanos) {
        if (nowNanos >= hangUpBy) {
            Ending.of(channel);
            return;
        }
        long left = sentBytes();
        Stall full = stall;
        if (full != null && full.isOver(left, nowNanos)) {
            drop("it takes nothing for " + setup.options().writeTimeout());
            return;
        }
        boolean peerReads = queuedBytes() > 0 && left > leftBytesSeen;
        leftBytesSeen = left;
        // Reading is paused, so no pong is heard, and silence says nothing; TCP has to tell if the ping finds nobody.
        boolean deaf = queuedBytes() == 0 && !isReading();
        // Our ping waits behind data that the peer is still taking: it is slow, not dead. An empty receipt says so.
        if ((peerReads || deaf) && wire.isOpen()) wire.receive(NOTHING, nowNanos, this);
        else wire.onTime(nowNanos, this);
        if (deaf && wire.isOpen()) wire.ping(NOTHING, this);
        output.flush();
    }

    // --- from the server, when it goes away
    // --------------------------------------------------------------------------------------

    @Override
    public void leave() {
        if (!wire.isOpen()) return;
        try {
            setup.handler().onGoingAway(this);
        } catch (Throwable fault) {
            handlerFailed(fault);
        }
        flushSoon();
    }

    @Override
    public void cut(String why) {
        cutBecause = CloseStatus.ABNORMAL.withReason(why);
        elsewhere.take();
        output.flush();
        Ending.of(channel);
    }

    private static ByteBuffer view(ByteBuf in) {
        return in.nioBufferCount() == 1
                ? in.internalNioBuffer(in.readerIndex(), in.readableBytes())
                : ByteBuffer.wrap(io.netty.buffer.ByteBufUtil.getBytes(in));
    }

    // --- from the wire
    // -----------------------------------------------------------------------------------------------------------

    @Override
    public void onMessage(MessageKind kind, ByteBuffer payload) {
        messageAt = payload.position();
        try {
            setup.handler().onMessage(this, kind, payload);
        } catch (Throwable fault) {
            handlerFailed(fault);
        }
    }

    @Override
    public void onPing(ByteBuffer payload) {}

    @Override
    public void onPong(ByteBuffer payload) {
        // The next ping may be due before the time at which this pong would have been too late.
        LineClock.of(loop).watch(this);
        try {
            setup.handler().onPong(this, payload);
        } catch (Throwable fault) {
            handlerFailed(fault);
        }
    }

    @Override
    public void transmit(ByteBuffer frame) {
        int size = frame.remaining();
        LineOptions options = setup.options();
        long full = Math.max(options.maxQueuedBytes(), 2L * options.writableHighBytes() + output.largestFrame());
        // A Close is the last frame and only one: what concurrent senders put beyond the bound must not cost the peer
        // its code.
        boolean isClose = (frame.get(frame.position()) & 0x0f) == FrameType.CLOSE.opcode();
        if (!isClose && queuedBytes() > full + LineOutput.LARGE_CHUNK) {
            drop("it asks for answers and reads none");
            return;
        }
        output.room(size).writeBytes(frame);
        output.wrote(size);
    }

    @Override
    public void onViolation(ProtocolViolation violation) {
        failed = true;
        peers.info("closed the line to {}: {}", channel.remoteAddress(), violation.getMessage());
    }

    @Override
    public void onClosed(CloseStatus status) {
        elsewhere.close();
        CloseStatus why = cutBecause;
        try {
            // That the stream ended is then a consequence; the cause tells more.
            setup.handler().onClosed(this, why != null && status.code() == why.code() ? why : status);
        } catch (Throwable fault) {
            log.warn("the handler of {} failed on close", channel.remoteAddress(), fault);
        }
    }

    @Override
    public void hangUp() {
        if (!channel.isActive()) return;
        hangUpBy = Surroundings.nanoTime()
                + setup.options().timing().closeTimeout().toNanos();
        LineClock.of(loop).watch(this);
        output.mark().addListener(sent -> {
            if (failed || channel instanceof Http2StreamChannel) HalfClose.of(channel);
            else channel.close();
        });
        output.flush();
    }

    /** Ends a connection that no close frame would reach. */
    private void drop(String why) {
        if (cutBecause != null) return;
        peers.info("dropped the line to {}: {}", channel.remoteAddress(), why);
        cutBecause = CloseStatus.ABNORMAL.withReason(why);
        Ending.of(channel);
    }

    private void handlerFailed(Throwable fault) {
        log.warn("the handler of {} failed; its line is closed with 1011", channel.remoteAddress(), fault);
        wire.close(CloseStatus.INTERNAL_ERROR, Surroundings.nanoTime(), this);
        LineClock.of(loop).watch(this);
    }

    // --- from the application
    // ----------------------------------------------------------------------------------------------------

    @Override
    public SendResult sendText(String text) {
        return send(MessageKind.TEXT, ByteBuffer.wrap(text.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    }

    @Override
    public SendResult sendBinary(ByteBuffer data) {
        return send(MessageKind.BINARY, data);
    }

    @Override
    public SendResult send(MessageKind kind, ByteBuffer payload) {
        int size = Wire.frameSize(setup.role(), payload.remaining());
        if (!loop.inEventLoop()) {
            if (isFull(size)) return elsewhere.isClosed() ? SendResult.CLOSED : SendResult.QUEUE_FULL;
            return elsewhere.add(OutboundQueue.Item.copyOf(kind, payload));
        }
        elsewhere.take();
        if (!wire.isOpen()) return SendResult.CLOSED;
        PerMessageDeflate deflate = wire.deflate();
        if (deflate != null) return sendDeflated(deflate, kind, payload);
        if (isFull(size)) return SendResult.QUEUE_FULL;
        write(kind, payload, size);
        flushSoon();
        return SendResult.ACCEPTED;
    }

    @Override
    public SendResult send(SharedFrame frame) {
        if (setup.role() == Role.CLIENT)
            throw new IllegalStateException("clients mask every frame for itself (RFC 6455 §5.3)");
        int size = frame.size();
        if (!loop.inEventLoop()) {
            if (isFull(size)) return elsewhere.isClosed() ? SendResult.CLOSED : SendResult.QUEUE_FULL;
            return elsewhere.add(OutboundQueue.Item.of(frame));
        }
        elsewhere.take();
        if (!wire.isOpen()) return SendResult.CLOSED;
        PerMessageDeflate deflate = wire.deflate();
        if (deflate != null) return sendDeflated(deflate, frame);
        if (isFull(size)) return SendResult.QUEUE_FULL;
        output.write(frame.bytes());
        flushSoon();
        return SendResult.ACCEPTED;
    }

    /** The bound counts what the message becomes; one for which there would be no room at all is not compressed first. */
    private SendResult sendDeflated(PerMessageDeflate deflate, MessageKind kind, ByteBuffer payload) {
        if (isFull(1)) return SendResult.QUEUE_FULL;
        ByteBuffer compressed = deflate.compress(payload);
        int size = Wire.frameSize(setup.role(), (compressed == null ? payload : compressed).remaining());
        if (isFull(size)) return SendResult.QUEUE_FULL;
        write(kind, payload, compressed, size);
        flushSoon();
        return SendResult.ACCEPTED;
    }

    private SendResult sendDeflated(PerMessageDeflate deflate, SharedFrame frame) {
        if (isFull(frame.bytesFor(deflate).readableBytes())) return SendResult.QUEUE_FULL;
        write(deflate, frame);
        flushSoon();
        return SendResult.ACCEPTED;
    }

    @Override
    public SendResult ping(ByteBuffer payload) {
        if (payload.remaining() > 125) {
            throw new IllegalArgumentException(
                    "ping payload of " + payload.remaining() + " bytes > 125 (RFC 6455 §5.5)");
        }
        if (elsewhere.isClosed()) return SendResult.CLOSED;
        if (isFull(payload.remaining())) return SendResult.QUEUE_FULL;
        byte[] copy = new byte[payload.remaining()];
        payload.duplicate().get(copy);
        onLoop(() -> {
            if (wire.isOpen()) wire.ping(ByteBuffer.wrap(copy), this);
        });
        return SendResult.ACCEPTED;
    }

    @Override
    public void close(CloseStatus status) {
        onLoop(() -> {
            wire.close(status, Surroundings.nanoTime(), this);
            elsewhere.close(); // Nothing may follow our Close (RFC 6455 §5.5.1), so other threads are told.
            LineClock.of(loop).watch(this);
        });
    }

    @Override
    public void abort() {
        Ending.of(channel);
    }

    @Override
    public CompletionStage<SendOutcome> whenWritten() {
        Receipt receipt = new Receipt();
        boolean asked = onLoop(() -> {
            if (!wire.isOpen()) {
                receipt.lost(); // What was queued behind our Close was dropped, and nobody kept count.
                return;
            }
            output.mark().addListener(receipt);
        });
        return asked ? receipt : receipt.lost();
    }

    /** Runs on the loop, after what was sent before, and flushes. False if the loop has ended. */
    private boolean onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            elsewhere.take();
            task.run();
            flushSoon();
        } else {
            try {
                loop.execute(() -> onLoop(task));
            } catch (RejectedExecutionException ended) {
                log.debug("line to {} is over: its loop has ended", channel.remoteAddress());
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean isWritable() {
        return channel.isWritable();
    }

    @Override
    public long queuedBytes() {
        return elsewhere.bytes() + output.queuedBytes();
    }

    @Override
    public long sentBytes() {
        return output.sentBytes();
    }

    /** While the line is writable a message of any size is taken: less than the high mark waits in the channel, and less in the turn. */
    private boolean isFull(int more) {
        long queued = queuedBytes();
        return queued + more > setup.options().maxQueuedBytes()
                && queued >= 2L * setup.options().writableHighBytes();
    }

    @Override
    public void pauseReading() {
        reads(false);
    }

    @Override
    public void resumeReading() {
        reads(true);
    }

    private boolean isReading() {
        RingLargeReads own = large;
        return own != null && own.isOn() ? !own.isPaused() : channel.config().isAutoRead();
    }

    private void reads(boolean wanted) {
        try {
            if (!Rings.readsByItself(channel)) channel.config().setAutoRead(wanted);
            else if (!loop.inEventLoop()) loop.execute(() -> reads(wanted));
            else if (large == null || !large.isOn()) channel.config().setAutoRead(wanted);
            else if (wanted) large.resume();
            else large.pause();
        } catch (RejectedExecutionException ended) {
            log.debug("line to {} is over: its loop has ended", channel.remoteAddress());
        }
    }

    @Override
    public HttpRequest request() {
        return setup.request();
    }

    @Override
    public @Nullable String subprotocol() {
        return setup.subprotocol();
    }

    @Override
    public @Nullable DeflateParameters deflate() {
        return setup.deflate();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return channel.remoteAddress();
    }

    @Override
    public Executor executor() {
        return loop;
    }

    @Override
    public String toString() {
        return "line to " + channel.remoteAddress();
    }

    // --- writing
    // -----------------------------------------------------------------------------------------------------------------

    /** What other threads have queued goes first. */
    private void takeQueued(OutboundQueue.Item item) {
        ByteBuf bytes = item.bytes();
        SharedFrame shared = item.shared();
        PerMessageDeflate deflate = wire.deflate();
        try {
            if (!wire.isOpen()) return;
            if (shared != null && deflate != null) write(deflate, shared);
            else if (shared != null) output.write(bytes);
            else write(deflate, item.kind(), bytes.nioBuffer());
            flushSoon();
        } finally {
            item.release();
        }
    }

    private void write(@Nullable PerMessageDeflate deflate, MessageKind kind, ByteBuffer payload) {
        ByteBuffer compressed = deflate == null ? null : deflate.compress(payload);
        int size = Wire.frameSize(setup.role(), (compressed == null ? payload : compressed).remaining());
        write(kind, payload, compressed, size);
    }

    private void write(MessageKind kind, ByteBuffer payload, @Nullable ByteBuffer compressed, int size) {
        if (compressed == null) {
            write(kind, payload, size);
            return;
        }
        ByteBuf target = output.room(size);
        int index = target.writerIndex();
        wire.writeCompressed(kind, payload, compressed, target.internalNioBuffer(index, size));
        target.writerIndex(index + size);
        output.wrote(size);
    }

    /** The same bytes for every line that agreed on this window, with or without context takeover: they refer to nothing before. */
    private void write(PerMessageDeflate deflate, SharedFrame frame) {
        ByteBuf bytes = frame.bytesFor(deflate);
        output.write(bytes);
        if (bytes != frame.bytes() && deflate.takesContextOver()) wire.wroteCompressed(frame.payload());
    }

    private void write(MessageKind kind, ByteBuffer payload, int size) {
        if (size >= KEPT_FRAME_BYTES && inbound != null && setup.role() == Role.SERVER && keeps(kind, payload)) return;
        ByteBuf target = output.room(size);
        int index = target.writerIndex();
        wire.write(kind, payload, target.internalNioBuffer(index, size));
        target.writerIndex(index + size);
        output.wrote(size);
    }

    /**
     * A large message that is sent on as it was heard goes out from where it lies, without being copied. Its head is written before it,
     * over the longer one it came with, or into the room before it. Once: who sends it again sends a copy.
     */
    private boolean keeps(MessageKind kind, ByteBuffer payload) {
        int at = payload.position();
        if (at != messageAt) return false;
        ByteBuf memory;
        int roomBefore;
        int first;
        if (payload == inboundView) {
            if (!ReadBuffers.here().mayKeep()) return false;
            memory = inbound;
            roomBefore = at - inboundAt;
            first = memory.readerIndex() + roomBefore;
        } else if (wire.delivered() instanceof PooledBlocks.Pooled block && block.bytes() == payload) {
            memory = block.pooled();
            first = memory.readerIndex() + at;
            roomBefore = first;
        } else {
            return false;
        }
        int head = Frames.headSize(Role.SERVER, payload.remaining());
        if (roomBefore < head) return false;
        messageAt = -1;
        wire.writeHead(kind, payload, memory.nioBuffer(first - head, head));
        output.write(memory, first - head, head + payload.remaining());
        return true;
    }

    private void flushSoon() {
        if (reading || waitingForTurn || output.isEmpty()) return;
        waitingForTurn = true;
        FlushTurn.of(loop).add(this);
    }

    @Override
    public void flushTurn() {
        waitingForTurn = false;
        output.flush();
    }
}
