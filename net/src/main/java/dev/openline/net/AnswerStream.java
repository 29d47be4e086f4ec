package dev.openline.net;

import dev.openline.wire.MessageKind;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.Http2Exception;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An answer's body between application and socket, from its head to its end. It obeys the two laws of {@link Line}: all that touches the
 * channel happens on its loop, and what others have queued leaves before anything of the loop's own.
 *
 * <p>How a body is framed, what ends it, and what comes after it, is said by what extends this for each version of HTTP.
 */
abstract class AnswerStream extends LineClock.Timed implements HttpStream, FlushTurn.Member, Seat.Occupant {
    private static final Logger log = LoggerFactory.getLogger(HttpStream.class);
    private static final QuietLog peers = QuietLog.of(log);

    /** What a stream knows when it is born. */
    record Setup(HttpStreamHandler handler, HttpRequest request, LineOptions options) {}

    private final Setup setup;
    private final Channel channel;
    private final EventLoop loop;
    private final OutboundQueue elsewhere;
    private final LineOutput output;

    /** Set for as long as a task that may tell the handler to go on is on its way to the loop. */
    private final AtomicBoolean waking = new AtomicBoolean();

    /** Whoever ends it sets this, on any thread: nothing that is written later is taken. */
    private volatile boolean ending;

    /** The handler has heard of the end, or is about to. Set on the loop. */
    private volatile boolean closed;

    private volatile long sentAtEnd;

    /** The end of the body was written. */
    private boolean finishing;

    private boolean waitingForTurn;

    /** Set while the peer has more waiting than it should, or the rest of a body that has ended. */
    private @Nullable Stall stall;

    AnswerStream(Setup setup, Channel channel) {
        this.setup = setup;
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.elsewhere = new OutboundQueue(loop, this::takeQueued);
        this.output = new LineOutput(channel, setup.options().writableHighBytes());
    }

    // --- said for each version of HTTP
    // ----------------------------------------------------------------------------------------------

    /** From where the body goes towards the socket. */
    abstract ChannelHandlerContext writer(ChannelHandlerContext own);

    /** Bytes that so many of the body become. */
    abstract int framed(int size);

    abstract void put(LineOutput to, ByteBuffer bytes);

    /** By reference. */
    abstract void put(LineOutput to, ByteBuf bytes);

    /** Ends the body; the future completes when all of it has left. */
    abstract ChannelFuture finish(LineOutput to);

    /** The body has left and the handler knows; this is no more in the pipeline. */
    abstract void after();

    // --- from the socket
    // ------------------------------------------------------------------------------------------------------------

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        output.addedTo(writer(ctx));
        if (!channel.isWritable()) watchStall();
        try {
            setup.handler().onOpen(this);
        } catch (Throwable fault) {
            handlerFailed(fault);
        }
        output.flush();
        // The head, where nothing was said yet.
        channel.flush();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        LineClock.of(loop).unwatch(this);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext ctx) {
        if (!channel.isWritable()) {
            watchStall();
        } else if (!finishing) {
            stall = null;
            wake();
        }
        ctx.fireChannelWritabilityChanged();
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        close();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("stream to {} broke: {}", channel.remoteAddress(), cause.toString());
        // A stream of HTTP/2 is reset by the codec, which counts the resets that a peer forces from us.
        if (!(cause instanceof Http2Exception)) ctx.close();
    }

    private void watchStall() {
        if (stall != null) return;
        stall = new Stall(setup.options().writeTimeout(), output.sentBytes(), Surroundings.nanoTime());
        LineClock.of(loop).watch(this);
    }

    @Override
    long nextDeadline() {
        Stall full = stall;
        return closed || full == null ? Long.MAX_VALUE : full.deadline();
    }

    @Override
    void onTime(long nowNanos) {
        Stall full = stall;
        if (full != null && full.isOver(output.sentBytes(), nowNanos)) {
            drop("it takes nothing for " + setup.options().writeTimeout());
        }
    }

    /** Ends the connection of a peer that does what it should not, or on HTTP/2 this stream of it. On the loop. */
    void drop(String why) {
        if (closed) return;
        peers.info("dropped the stream to {}: {}", channel.remoteAddress(), why);
        ending = true;
        Ending.of(channel);
    }

    // --- from the server, when it goes away
    // -----------------------------------------------------------------------------------------

    @Override
    public void leave() {
        if (ending) return;
        try {
            setup.handler().onGoingAway(this);
        } catch (Throwable fault) {
            handlerFailed(fault);
        }
    }

    @Override
    public void cut(String why) {
        elsewhere.take();
        output.flush();
        drop(why);
    }

    // --- from the application
    // -------------------------------------------------------------------------------------------------------

    @Override
    public SendResult write(ByteBuffer bytes) {
        int size = bytes.remaining();
        SendResult refusal = refusal(size);
        if (refusal != null) return refusal;
        if (!loop.inEventLoop()) return elsewhere.add(OutboundQueue.Item.copyOf(MessageKind.BINARY, bytes));
        put(output, bytes);
        flushSoon();
        return SendResult.ACCEPTED;
    }

    @Override
    public SendResult write(SharedBytes bytes) {
        int size = bytes.size();
        SendResult refusal = refusal(size);
        if (refusal != null) return refusal;
        if (!loop.inEventLoop()) return elsewhere.add(OutboundQueue.Item.of(bytes));
        put(output, bytes.bytes());
        flushSoon();
        return SendResult.ACCEPTED;
    }

    /** What a write is answered without being taken, or null. A chunk without bytes would end the body (RFC 9112 §7.1), so it is no chunk. */
    private @Nullable SendResult refusal(int size) {
        boolean here = loop.inEventLoop();
        if (here) elsewhere.take();
        if (ending) return SendResult.CLOSED;
        if (size == 0) return SendResult.ACCEPTED;
        if (!isFull(framed(size))) return null;
        // All may wait for the loop alone, which takes it without the channel ever being full.
        if (!here) wake();
        return SendResult.QUEUE_FULL;
    }

    /** As for lines: while it is writable a write of any size is taken. */
    private boolean isFull(int more) {
        long queued = elsewhere.bytes() + output.queuedBytes();
        return queued + more > setup.options().maxQueuedBytes()
                && queued >= 2L * setup.options().writableHighBytes();
    }

    @Override
    public void end() {
        if (ending) return;
        ending = true;
        onLoop(this::finish);
    }

    @Override
    public void abort() {
        ending = true;
        onLoop(() -> {
            // The connection may be at its next request.
            if (!closed) Ending.of(channel);
        });
    }

    /** Runs on the loop, after what was written before. */
    private void onLoop(Runnable task) {
        if (loop.inEventLoop()) {
            elsewhere.take();
            task.run();
            flushSoon();
            return;
        }
        try {
            loop.execute(() -> onLoop(task));
        } catch (RejectedExecutionException ended) {
            log.debug("stream to {} is over: its loop has ended", channel.remoteAddress());
        }
    }

    @Override
    public boolean isWritable() {
        return !ending && channel.isWritable();
    }

    @Override
    public long sentBytes() {
        // The head and answers before it may still wait.
        return closed ? sentAtEnd : Math.max(0, output.sentBytes());
    }

    @Override
    public HttpRequest request() {
        return setup.request();
    }

    @Override
    public Executor executor() {
        return loop;
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return channel.remoteAddress();
    }

    @Override
    public String toString() {
        return "stream to " + channel.remoteAddress();
    }

    // --- on the loop
    // ----------------------------------------------------------------------------------------------------------------

    private void takeQueued(OutboundQueue.Item item) {
        try {
            if (finishing || closed) return;
            put(output, item.bytes());
            flushSoon();
        } finally {
            item.release();
        }
    }

    private void finish() {
        if (finishing || closed) return;
        finishing = true;
        elsewhere.close();
        // However little is left: somebody has to take it.
        watchStall();
        finish(output).addListener(written -> {
            if (written.isSuccess()) loop.execute(this::finished);
            else Ending.of(channel);
        });
    }

    private void finished() {
        if (closed) return;
        close();
        channel.pipeline().remove(this);
        after();
    }

    private void close() {
        if (closed) return;
        ending = true;
        sentAtEnd = Math.max(0, output.sentBytes());
        closed = true;
        stall = null;
        elsewhere.close();
        output.drop();
        try {
            setup.handler().onClosed(this);
        } catch (Throwable fault) {
            log.warn("the handler of the stream to {} failed on close", channel.remoteAddress(), fault);
        }
    }

    private void handlerFailed(Throwable fault) {
        log.warn("the handler of the stream to {} failed; it is aborted", channel.remoteAddress(), fault);
        abort();
    }

    /** The handler is told in a turn of its own, because the channel says it in the middle of a write. */
    private void wake() {
        if (!waking.compareAndSet(false, true)) return;
        try {
            loop.execute(this::awake);
        } catch (RejectedExecutionException ended) {
            log.debug("stream to {} is over: its loop has ended", channel.remoteAddress());
        }
    }

    private void awake() {
        waking.set(false);
        if (closed) return;
        elsewhere.take();
        output.flush();
        if (ending || !channel.isWritable()) return;
        try {
            setup.handler().onWritable(this);
        } catch (Throwable fault) {
            handlerFailed(fault);
        }
    }

    private void flushSoon() {
        if (waitingForTurn || output.isEmpty()) return;
        waitingForTurn = true;
        FlushTurn.of(loop).add(this);
    }

    @Override
    public void flushTurn() {
        waitingForTurn = false;
        if (!closed) output.flush();
    }
}
