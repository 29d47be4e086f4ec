package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.DecoderResult;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpMessage;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMessage;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Puts head and body of a request together, and leaves judging it to whoever answers requests in their order. */
final class HttpBody extends HttpObjectAggregator {
    HttpBody(int maxBytes) {
        super(maxBytes, true);
    }

    /**
     * The field would be taken away here: a request with an empty chunked body would look like one without any, and nobody could see what else it
     * said.
     */
    @Override
    protected FullHttpMessage beginAggregation(HttpMessage start, ByteBuf content) throws Exception {
        List<String> codings = start.headers().getAll(HttpHeaderNames.TRANSFER_ENCODING);
        FullHttpMessage whole = super.beginAggregation(start, content);
        if (!codings.isEmpty()) whole.headers().set(HttpHeaderNames.TRANSFER_ENCODING, codings);
        return whole;
    }

    /** Nothing may be said in the middle of a body that is being streamed; a client waits for a while only (RFC 9110 §10.1.1). */
    @Override
    protected @Nullable Object newContinueResponse(HttpMessage start, int maxBytes, ChannelPipeline pipeline) {
        return pipeline.get(AnswerStream.class) == null ? super.newContinueResponse(start, maxBytes, pipeline) : null;
    }

    /** It waits for its turn like every other request, and gets its 413 then. */
    @Override
    protected void handleOversizedMessage(ChannelHandlerContext ctx, HttpMessage oversized) {
        DefaultFullHttpRequest refused = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.POST, "/", ctx.alloc().buffer(0));
        refused.setDecoderResult(DecoderResult.failure(new TooLongHttpContentException("body too large")));
        ctx.fireChannelRead(refused);
    }
}
