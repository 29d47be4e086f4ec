package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.util.concurrent.TimeUnit;

/**
 * The end of an HTTP connection: writes its last answer, and then reads and drops what the peer still sends, for a while. Closing at once
 * with unread bytes would make TCP reset the connection, and the peer would lose the answer with it.
 */
final class HttpFarewell extends LineClock.Timed implements Seat.Occupant {
    /** How long the peer may take to end its half. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** How much of what it still sends is dropped before the connection is. */
    private static final int MAX_DROPPED_BYTES = 1 << 20;

    private final SocketChannel channel;
    private final long deadline = Surroundings.nanoTime() + PATIENCE_NANOS;
    private int dropped;

    private HttpFarewell(SocketChannel channel) {
        this.channel = channel;
    }

    /** Says a last answer and ends the connection behind it. */
    static void say(ChannelHandlerContext ctx, HttpResponse answer, String method) {
        after(ctx, HttpAnswer.of(answer, method, HttpAnswer.Then.CLOSE));
    }

    /** Ends the connection behind what was written. */
    static void say(ChannelHandlerContext ctx) {
        after(ctx, Unpooled.EMPTY_BUFFER);
    }

    /**
     * Takes the place of the handler that reads requests, and of the decoders before it: no further request of this connection is looked
     * at.
     */
    private static void after(ChannelHandlerContext ctx, Object last) {
        SocketChannel channel = (SocketChannel) ctx.channel();
        ChannelPipeline pipeline = ctx.pipeline();
        HttpFarewell farewell = new HttpFarewell(channel);
        pipeline.addLast("farewell", farewell);
        pipeline.writeAndFlush(last).addListener(written -> farewell.written());
        pipeline.remove(ctx.handler());
        for (String name : new String[] {"upgrade", "body", "decoder", "meter"}) {
            ChannelHandler reader = pipeline.get(name);
            if (reader != null) pipeline.remove(reader);
        }
        channel.config().setAutoRead(true);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        LineClock.of(ctx.channel().eventLoop()).watch(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        LineClock.of(ctx.channel().eventLoop()).unwatch(this);
    }

    @Override
    long nextDeadline() {
        return channel.isActive() ? deadline : Long.MAX_VALUE;
    }

    @Override
    void onTime(long nowNanos) {
        channel.close();
    }

    /** It does already. */
    @Override
    public void leave() {}

    @Override
    public void cut(String why) {
        channel.close();
    }

    private void written() {
        // TLS has an end of its own, which close() sends.
        if (channel.isActive() && channel.pipeline().get(SslHandler.class) == null) channel.shutdownOutput();
        else channel.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (message instanceof ByteBuf bytes) dropped += bytes.readableBytes();
        ReferenceCountUtil.release(message);
        if (dropped > MAX_DROPPED_BYTES) channel.close();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        channel.close();
    }
}
