package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.kqueue.KQueueSocketChannel;
import io.netty.channel.unix.Socket;
import io.netty.channel.unix.UnixChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What a line says: collects the frames of a turn and hands them to the socket in one piece where it can. On the line's loop only.
 *
 * <p>Frames leave by one of two ways, in one order. Where the system says when a socket can be written (epoll, kqueue), there is no TLS and
 * nothing waits, they go straight to the socket, from where they lie. What the socket doesn't take, and everything else, waits in the
 * channel's own queue, behind which nothing goes straight.
 */
final class LineOutput {
    /** The first buffer of a turn: an answer to a small message fits. */
    private static final int SMALL_CHUNK = 512;

    /** By how much a buffer grows whose turn has more to say: few copies, and memory of about what is said. */
    private static final int GROWTH = 4;

    /**
     * As far as a buffer grows, and what leaves before the end of a turn: so that many lines that are told much in one turn, all of them the same for
     * example, don't hold it all at once.
     */
    static final int LARGE_CHUNK = 16 << 10;

    /** Shared frames up to this size are copied when a buffer is at hand: cheaper than one more piece to write. */
    private static final int COPIED_FRAME_BYTES = 512;

    private final Channel channel;
    private final int highBytes;

    /** The socket that can be written to without asking its channel, and the loop's memory for that; null where there is none. */
    private final @Nullable Socket socket;

    private final @Nullable Cork cork;
    private @Nullable ChannelHandlerContext context;

    /** Frames of this turn that nobody has yet, between {@link #from} and its writer index or, when borrowed, {@link #to}. */
    private @Nullable ByteBuf waiting;

    private int from;
    private int to;

    /** Whether what waits is somebody else's memory: one reference to it is ours, and nothing can be added. */
    private boolean borrowed;

    /** Whether frames were handed to the channel and not flushed. */
    private boolean unflushed;

    /** All bytes ever accepted. */
    private long acceptedBytes;

    /** The largest frame accepted so far: it may have been larger than the queue, and then waits in it rightfully. */
    private int largestFrame;

    /** @param highBytes from this many on frames don't wait for the end of the turn */
    LineOutput(Channel channel, int highBytes) {
        this.channel = channel;
        this.highBytes = highBytes;
        socket = socketUnder(channel);
        cork = socket == null ? null : Cork.here();
    }

    private static @Nullable Socket socketUnder(Channel channel) {
        boolean toldWhenWritable = channel instanceof EpollSocketChannel || channel instanceof KQueueSocketChannel;
        return toldWhenWritable && channel.pipeline().get(SslHandler.class) == null
                ? (Socket) ((UnixChannel) channel).fd()
                : null;
    }

    void addedTo(ChannelHandlerContext ctx) {
        context = ctx;
    }

    // --- how much
    // ----------------------------------------------------------------------------------------------------------------

    /** Bytes accepted that the system has not taken yet. Any thread; a moment old for others. */
    long queuedBytes() {
        ByteBuf chunk = waiting;
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return (chunk == null ? 0 : waitingBytes(chunk))
                + (queue == null ? StreamBytes.pending(channel) : queue.totalPendingWriteBytes());
    }

    /** Bytes that the system has taken. */
    long sentBytes() {
        return acceptedBytes - queuedBytes();
    }

    int largestFrame() {
        return largestFrame;
    }

    boolean isEmpty() {
        return waiting == null && !unflushed;
    }

    private int waitingBytes(ByteBuf chunk) {
        return Math.max(0, (borrowed ? to : chunk.writerIndex()) - from);
    }

    // --- frames
    // ------------------------------------------------------------------------------------------------------------------

    /** The turn's buffer with this much room. {@link #wrote} must follow. */
    ByteBuf room(int size) {
        ByteBuf chunk = waiting;
        if (chunk != null && !borrowed && chunk.writableBytes() >= size) return chunk;
        if (chunk != null && canGrow(chunk, size)) return grown(chunk, size);
        int least = chunk == null ? SMALL_CHUNK : LARGE_CHUNK;
        handOver();
        return newChunk(Math.max(size, least));
    }

    private boolean canGrow(ByteBuf chunk, int size) {
        int length = waitingBytes(chunk);
        if (borrowed) return length <= COPIED_FRAME_BYTES;
        return !isCork() && length + size <= LARGE_CHUNK;
    }

    /** What a turn says stays one piece, also behind a small frame that is shared: one piece can go straight to the socket. */
    private ByteBuf grown(ByteBuf small, int size) {
        int length = waitingBytes(small);
        int at = from;
        int capacity = borrowed ? SMALL_CHUNK : Math.min(LARGE_CHUNK, GROWTH * small.capacity());
        ByteBuf chunk = newChunk(Math.max(length + size, capacity)).writeBytes(small, at, length);
        small.release();
        return chunk;
    }

    private ByteBuf newChunk(int size) {
        ByteBuf shared = cork == null || size > Cork.BYTES ? null : cork.take(this);
        ByteBuf chunk = shared == null ? PlacedMemory.take(size) : shared;
        waiting = chunk;
        from = chunk.writerIndex();
        borrowed = false;
        return chunk;
    }

    /** A frame of this size was written into the {@link #room}. Beyond the high mark frames leave at once, so that the channel's writability tells the truth. */
    void wrote(int size) {
        acceptedBytes += size;
        largestFrame = Math.max(largestFrame, size);
        ByteBuf chunk = waiting;
        boolean full = chunk == null
                ? unflushed && queuedBytes() >= highBytes
                : waitingBytes(chunk) >= (isCork() ? highBytes : Math.min(highBytes, LARGE_CHUNK));
        if (full) flush();
    }

    /** A frame that is shared with other lines, and read by index only. */
    void write(ByteBuf frame) {
        int size = frame.readableBytes();
        if (size > COPIED_FRAME_BYTES || waiting == null && canSendNow()) {
            write(frame, frame.readerIndex(), size);
        } else {
            room(size).writeBytes(frame, frame.readerIndex(), size);
            wrote(size);
        }
    }

    /** A frame that lies in somebody else's memory, of which a reference is kept until it has left. */
    void write(ByteBuf memory, int at, int size) {
        if (waiting == null && canSendNow()) {
            waiting = memory.retain();
            from = at;
            to = at + size;
            borrowed = true;
        } else {
            handOver();
            context().write(memory.retainedSlice(at, size), channel.voidPromise());
            unflushed = true;
        }
        wrote(size);
    }

    /** Nothing to write, but completed behind all that was: the channel keeps its promises in order. Flushed with the rest. */
    ChannelFuture mark() {
        handOver();
        unflushed = true;
        return context().write(Unpooled.EMPTY_BUFFER);
    }

    // --- to the socket
    // -----------------------------------------------------------------------------------------------------------

    void flush() {
        ByteBuf chunk = waiting;
        if (chunk != null && canSendNow() && sendNow(chunk)) return;
        handOver();
        if (!unflushed) return;
        unflushed = false;
        context().flush();
    }

    /** Whether nothing is before us. */
    private boolean canSendNow() {
        if (socket == null || unflushed) return false;
        ChannelOutboundBuffer queue = channel.unsafe().outboundBuffer();
        return queue != null && queue.totalPendingWriteBytes() == 0 && socket.isOpen();
    }

    /** Whether the socket took all of it. */
    private boolean sendNow(ByteBuf chunk) {
        int length = waitingBytes(chunk);
        int sent;
        try {
            sent = send(socket, chunk, length);
        } catch (IOException broken) {
            sent = 0; // The channel will meet the same, and end as channels do.
        }
        if (sent == length) {
            free(chunk);
            return true;
        }
        from += sent;
        return false;
    }

    private int send(Socket to, ByteBuf chunk, int length) throws IOException {
        if (chunk.hasMemoryAddress()) return to.sendAddress(chunk.memoryAddress(), from, from + length);
        ByteBuffer bytes = chunk.internalNioBuffer(from, length);
        return to.send(bytes, bytes.position(), bytes.limit());
    }

    /** What waits in this turn goes to the channel, not yet flushed. */
    private void handOver() {
        ByteBuf chunk = waiting;
        if (chunk == null) return;
        ByteBuf given;
        int length = waitingBytes(chunk);
        if (borrowed) {
            given = chunk.retainedSlice(from, length);
            free(chunk);
        } else if (isCork()) {
            given = PlacedMemory.take(length).writeBytes(chunk, from, length);
            free(chunk);
        } else {
            given = chunk.readerIndex(from);
            waiting = null;
        }
        context().write(given, channel.voidPromise());
        unflushed = true;
    }

    /** Nothing more leaves. */
    void drop() {
        ByteBuf chunk = waiting;
        if (chunk != null) free(chunk);
    }

    private void free(ByteBuf chunk) {
        waiting = null;
        if (!borrowed && isCork()) cork.free();
        else chunk.release();
        borrowed = false;
    }

    private boolean isCork() {
        return cork != null && cork.isHeldBy(this);
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) throw new IllegalStateException("the line is not in its pipeline yet");
        return ctx;
    }
}
