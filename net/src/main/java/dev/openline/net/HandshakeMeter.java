package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import org.jspecify.annotations.Nullable;

/**
 * Counts what a connection has sent of requests that are not answered yet, against the {@link HandshakeBudget} of its server. It stands
 * before the decoder and leaves when the line is open.
 */
final class HandshakeMeter extends ChannelInboundHandlerAdapter implements HandshakeBudget.Holder {
    private final HandshakeBudget budget;

    /** Bytes that ever arrived, and how many of those belong to requests that are done with. */
    private long arrived;

    private long settled;
    private @Nullable ChannelHandlerContext context;
    private @Nullable Front front;

    /** Who reads the requests. */
    interface Front {
        /** The first bytes of a request came. */
        void requestBegins();

        /** There is no room for this connection's bytes: it is answered with 503 and ended. */
        void overwhelmed();
    }

    HandshakeMeter(HandshakeBudget budget) {
        this.budget = budget;
    }

    /** From now on this one is told; an upgrade takes over from the front. */
    void tell(Front other) {
        front = other;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        front = null;
        settle(arrived);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        int size = bytes.readableBytes();
        Front told = front;
        if (told == null) {
            // The connection is saying goodbye: what comes is dropped.
            ctx.fireChannelRead(message);
            return;
        }
        if (!budget.take(size, this)) {
            bytes.release();
            makeRoom();
            return;
        }
        if (arrived == settled) told.requestBegins();
        arrived += size;
        ctx.fireChannelRead(message);
    }

    /** All that came up to this place of the stream is answered; what is left belongs to requests after it. */
    void settle(long end) {
        if (end > settled) {
            budget.give(end - settled);
            settled = end;
        }
        if (settled == arrived) budget.spare(this);
    }

    boolean isSettled() {
        return settled == arrived;
    }

    /** The place of the stream up to which bytes have come. */
    long arrived() {
        return arrived;
    }

    /** A whole request is being answered: that is no longer the peer's to hold up. */
    void answering() {
        budget.spare(this);
    }

    @Override
    public void makeRoom() {
        Front told = front;
        front = null;
        if (told != null) told.overwhelmed();
        settle(arrived);
    }
}
