package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;

/**
 * Stands before those who may keep what was read, as HTTP and TLS do with half a head or half a record, and gives them a copy of its own
 * size: the buffers that a loop reads into are large and shared, and one byte that is kept would keep all of one.
 */
@ChannelHandler.Sharable
final class OwnCopy extends ChannelInboundHandlerAdapter {
    static final OwnCopy INSTANCE = new OwnCopy();

    private OwnCopy() {}

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf read = (ByteBuf) message;
        ByteBuf copy;
        try {
            int size = read.readableBytes();
            copy = ctx.alloc().directBuffer(size, size).writeBytes(read);
        } finally {
            read.release();
        }
        ctx.fireChannelRead(copy);
    }
}
