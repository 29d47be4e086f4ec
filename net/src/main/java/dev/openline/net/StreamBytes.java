package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Makes a stream of HTTP/2 what a line, or a streamed answer, takes for a TCP connection (RFC 8441 §5): DATA frames are its bytes, END_STREAM is the orderly end
 * of a half, RST_STREAM is a reset. The stream's windows are its backpressure: what the peer has no window for counts as queued, and while
 * the line pauses reading the peer gets none.
 */
final class StreamBytes extends ChannelDuplexHandler {
    private @Nullable ChannelHandlerContext context;
    private @Nullable ChannelFuture ended;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof Http2DataFrame data)) {
            // Trailers: the end of their half, and nothing that a line has a use for.
            ReferenceCountUtil.release(message);
            end();
            return;
        }
        boolean last = data.isEndStream();
        ByteBuf bytes = data.content();
        if (bytes.isReadable()) ctx.fireChannelRead(bytes);
        else bytes.release();
        // As with TCP: nobody would read what we still said.
        if (last) end();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) ctx.close();
        ReferenceCountUtil.release(event);
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
        ctx.write(new DefaultHttp2DataFrame((ByteBuf) message), promise);
    }

    /**
     * Ends our half behind all that was written; the stream is over when the peer has ended its own.
     *
     * @return completes when all has left, also if it was ended before
     */
    ChannelFuture end() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) throw new IllegalStateException("not in a pipeline yet");
        ChannelFuture end = ended;
        if (end == null) {
            end = ctx.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
            ended = end;
        }
        return end;
    }

    /**
     * Bytes that a channel without a buffer of its own was given and that have not left: a stream never has one, a connection has none once
     * it is closed.
     */
    static long pending(Channel stream) {
        if (!(stream instanceof Http2StreamChannel) || !stream.isOpen()) return 0;
        if (stream.isWritable()) {
            return stream.config().getWriteBufferHighWaterMark() + 1L - stream.bytesBeforeUnwritable();
        }
        return stream.config().getWriteBufferLowWaterMark() + stream.bytesBeforeWritable();
    }
}
