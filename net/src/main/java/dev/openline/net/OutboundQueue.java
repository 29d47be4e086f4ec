package dev.openline.net;

import dev.openline.wire.MessageKind;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.EventLoop;
import java.nio.ByteBuffer;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscLinkedAtomicQueue;
import org.jspecify.annotations.Nullable;

/**
 * What other threads have to say on a line, in order, until its event loop takes it.
 *
 * <p>Many threads add, one loop takes. The first item of a batch schedules one task on the loop, later ones ride along. The queue's
 * nodes are made at the first use, since most lines are only ever written by their own loop. It doesn't bound itself: the line asks
 * {@link #bytes} before it adds, so concurrent senders can overshoot the line's bound by one message each.
 *
 * <p>An item is either taken by the loop or released by {@link #close}; an item added while the queue closes is released by whoever
 * comes last, which is why {@code close} drains and {@code add} checks again after adding.
 */
final class OutboundQueue {
    /** Counted for every item, so that a flood of empty messages is bounded too. */
    private static final int ITEM_OVERHEAD_BYTES = 64;

    /** A message to frame, or one that is framed already (then it is shared). Owns one reference to its bytes. */
    record Item(MessageKind kind, ByteBuf bytes, @Nullable SharedFrame shared) {
        /** A message to frame. */
        Item(MessageKind kind, ByteBuf bytes) {
            this(kind, bytes, null);
        }

        static Item copyOf(MessageKind kind, ByteBuffer payload) {
            ByteBuf copy = PooledByteBufAllocator.DEFAULT.directBuffer(Math.max(1, payload.remaining()));
            return new Item(kind, copy.writeBytes(payload.duplicate()));
        }

        static Item of(SharedFrame frame) {
            return new Item(frame.kind(), frame.bytes(), frame.retain());
        }

        /** Bytes that are shared with other streams. */
        static Item of(SharedBytes shared) {
            return new Item(MessageKind.BINARY, shared.bytes().retain());
        }

        int size() {
            return bytes.readableBytes() + ITEM_OVERHEAD_BYTES;
        }

        void release() {
            if (shared == null) bytes.release();
            else shared.release();
        }
    }

    private enum State {
        IDLE,
        SCHEDULED,
        CLOSED
    }

    private static final AtomicLongFieldUpdater<OutboundQueue> BYTES =
            AtomicLongFieldUpdater.newUpdater(OutboundQueue.class, "bytes");

    @SuppressWarnings("rawtypes")
    private static final AtomicReferenceFieldUpdater<OutboundQueue, Queue> ITEMS =
            AtomicReferenceFieldUpdater.newUpdater(OutboundQueue.class, Queue.class, "items");

    private static final AtomicReferenceFieldUpdater<OutboundQueue, State> STATE =
            AtomicReferenceFieldUpdater.newUpdater(OutboundQueue.class, State.class, "state");

    private final EventLoop loop;
    private final Consumer<Item> taker;

    @SuppressWarnings("UnusedVariable") // by BYTES
    private volatile long bytes;

    private volatile @Nullable Queue<Item> items;
    private volatile State state = State.IDLE;

    OutboundQueue(EventLoop loop, Consumer<Item> taker) {
        this.loop = loop;
        this.taker = taker;
    }

    /** Any thread. Takes over the item, also when it refuses it. */
    SendResult add(Item item) {
        if (state == State.CLOSED) {
            item.release();
            return SendResult.CLOSED;
        }
        BYTES.addAndGet(this, item.size());
        items().add(item);
        if (state == State.CLOSED) {
            schedule(); // closed in between: let the loop, the only one who may poll, release it
            // It may have been taken before the close, and a sender told CLOSED would send it again elsewhere.
            return SendResult.ACCEPTED;
        }
        if (STATE.compareAndSet(this, State.IDLE, State.SCHEDULED)) schedule();
        return SendResult.ACCEPTED;
    }

    private void schedule() {
        try {
            loop.execute(this::run);
        } catch (RejectedExecutionException loopIsGone) {
            state = State.CLOSED;
            releaseAll(); // nobody polls any more but senders who find the same
        }
    }

    private void run() {
        STATE.compareAndSet(this, State.SCHEDULED, State.IDLE);
        if (state == State.CLOSED) releaseAll();
        else take();
    }

    /** Loop only: hands all that is queued to the taker, who releases it. */
    void take() {
        Queue<Item> queue = items;
        if (queue == null) return;
        for (Item item = queue.poll(); item != null; item = queue.poll()) {
            BYTES.addAndGet(this, -item.size());
            taker.accept(item);
        }
    }

    /** Loop only. Nothing is taken any more; what is queued is released. */
    void close() {
        state = State.CLOSED;
        releaseAll();
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Bytes waiting here. */
    long bytes() {
        return bytes;
    }

    private synchronized void releaseAll() {
        Queue<Item> queue = items;
        if (queue == null) return;
        for (Item item = queue.poll(); item != null; item = queue.poll()) {
            BYTES.addAndGet(this, -item.size());
            item.release();
        }
    }

    @SuppressWarnings("unchecked")
    private Queue<Item> items() {
        Queue<Item> queue = items;
        if (queue != null) return queue;
        ITEMS.compareAndSet(this, null, new MpscLinkedAtomicQueue<Item>());
        return (Queue<Item>) ITEMS.get(this);
    }
}
