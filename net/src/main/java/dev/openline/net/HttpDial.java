package dev.openline.net;

import dev.openline.wire.ClientHandshake;
import dev.openline.wire.DeflateOptions;
import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import dev.openline.wire.Opening;
import dev.openline.wire.RequestHead;
import dev.openline.wire.ResponseHead;
import dev.openline.wire.Role;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The client's half of the opening handshake: sends the request, checks the answer, and gives its place to a {@link Line}. */
final class HttpDial extends ChannelInboundHandlerAdapter {
    /** What an answer may bring: its first line, and all its fields together. No body is ever kept. */
    private static final int MAX_STATUS_LINE_BYTES = 4 << 10;

    private static final int MAX_HEADERS_BYTES = 16 << 10;

    /** Answers of a kind that comes before the answer (RFC 9110 §15.2). */
    private static final int MAX_INTERIM_ANSWERS = 16;

    private final Dial dial;
    private final ClientHandshake handshake;
    private int interimAnswers;

    /** The server's yes, from its head to the end of its answer. */
    private Opening.@Nullable Accepted accepted;

    HttpDial(Dial dial) {
        this.dial = dial;
        DialPlan plan = dial.plan();
        ClientHandshake plain =
                ClientHandshake.to(plan.address(), plan.subprotocols(), plan.headers(), MaskKeys.nonce());
        DeflateOptions deflate = dial.options().line().deflate();
        this.handshake = deflate == null ? plain : plain.offering(deflate);
    }

    void install(SocketChannel to) {
        to.pipeline().addLast("own-copy", OwnCopy.INSTANCE);
        to.pipeline().addLast("codec", new HttpClientCodec(MAX_STATUS_LINE_BYTES, MAX_HEADERS_BYTES, 8 << 10));
        to.pipeline().addLast("dial", this);
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        RequestHead head = handshake.request();
        var request = new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1, HttpMethod.valueOf(head.method()), head.target(), Unpooled.EMPTY_BUFFER);
        for (Header header : head.headers()) request.headers().add(header.name(), header.value());
        ctx.writeAndFlush(request);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof SslHandshakeCompletionEvent tls && !tls.isSuccess()) {
            Throwable cause = tls.cause();
            dial.fail("no TLS with " + dial.where() + ": " + ClientTls.reason(cause), cause);
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            // Closing doesn't stop what was read already, and what a proxy says is not the server's answer.
            if (!dial.isUpgrading()) return;
            if (message instanceof io.netty.handler.codec.http.HttpResponse response) answered(response);
            // The head comes first and its empty body after it: the line must not hear of either.
            Opening.Accepted agreed = accepted;
            if (message instanceof LastHttpContent && agreed != null) open(ctx, agreed);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void answered(io.netty.handler.codec.http.HttpResponse response) {
        Throwable fault = response.decoderResult().cause();
        if (fault != null) {
            boolean tooLong = fault instanceof TooLongFrameException;
            dial.fail(
                    dial.where() + (tooLong ? " answered with too large a head" : " did not answer in HTTP"),
                    tooLong ? null : fault);
            return;
        }
        int status = response.status().code();
        if (status >= 100 && status < 200 && status != 101) {
            if (++interimAnswers > MAX_INTERIM_ANSWERS) dial.fail(dial.where() + " never comes to its answer", null);
            return;
        }
        List<Header> headers = new ArrayList<>();
        for (Map.Entry<String, String> field : response.headers())
            headers.add(new Header(field.getKey(), field.getValue()));
        ResponseHead head = new ResponseHead(status, response.status().reasonPhrase(), Headers.of(headers));
        Opening verdict = handshake.verify(head);
        if (verdict instanceof Opening.Failed failed) refused(head, failed);
        else accepted = (Opening.Accepted) verdict;
    }

    private void refused(ResponseHead head, Opening.Failed failed) {
        boolean elsewhere = head.status() >= 300 && head.status() < 400;
        String more = elsewhere ? ", and redirects are not followed" : "";
        dial.fail(new DialFailed(
                dial.where() + " refused: " + failed.why() + more,
                head.status(),
                RetryHint.of(head.headers(), Surroundings.now())));
    }

    private void open(ChannelHandlerContext ctx, Opening.Accepted verdict) {
        RequestHead head = handshake.request();
        HttpRequest request = HttpRequest.of(head.method(), head.target(), head.headers(), Arrival.of(ctx.channel()))
                .kept(Attributes.NONE);
        ClientOptions options = dial.options();
        LineTerms terms =
                new LineTerms(Role.CLIENT, options.line(), verdict.subprotocol(), verdict.deflate(), options.tap());
        LineSetup setup = new LineSetup(terms, dial.handler(), request);
        Line line = new Line(setup, ctx.channel());
        // Frames are not HTTP: what the line writes from its first moment on goes past the encoder.
        ctx.pipeline().get(HttpClientCodec.class).removeOutboundHandler();
        ctx.pipeline().addLast("line", line);
        ctx.pipeline().remove("own-copy");
        dial.succeed(line);
        ctx.pipeline().remove(this);
        ProxyStep.remove(ctx.pipeline());
        // Last, because it hands on what the server glued to its answer.
        ctx.pipeline().remove("codec");
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        dial.fail(dial.where() + " closed the connection without an answer", null);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        dial.broke(cause);
    }
}
