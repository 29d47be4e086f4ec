package dev.openline.net;

import dev.openline.wire.ClientHandshake;
import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import dev.openline.wire.Opening;
import dev.openline.wire.RequestHead;
import dev.openline.wire.ResponseHead;
import dev.openline.wire.Role;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/** The client's half of the opening handshake: sends the request, checks the answer, and gives its place to a {@link Line}. */
final class HttpDial extends LineClock.Timed {
    private final URI address;
    private final ClientOptions options;
    private final WebSocketHandler handler;
    private final CompletableFuture<WebSocket> opened;
    private final ClientHandshake handshake;
    private final long deadline;
    private @Nullable SocketChannel channel;

    /** The server's yes, from its head to the end of its answer. */
    private Opening.@Nullable Accepted accepted;

    HttpDial(URI address, ClientOptions options, WebSocketHandler handler, CompletableFuture<WebSocket> opened) {
        this.address = address;
        this.options = options;
        this.handler = handler;
        this.opened = opened;
        this.deadline = System.nanoTime() + options.dialTimeout().toNanos();
        this.handshake = ClientHandshake.to(address, options.subprotocols(), options.headers(), MaskKeys.nonce());
    }

    void install(SocketChannel to) {
        channel = to;
        to.pipeline().addLast("codec", new HttpClientCodec());
        to.pipeline().addLast("dial", this);
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
        return opened.isDone() ? Long.MAX_VALUE : deadline;
    }

    @Override
    void onTime(long nowNanos) {
        fail(new DialFailed(
                "no answer from " + where() + " within " + options.dialTimeout().toMillis() + " ms", 0));
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
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (message instanceof io.netty.handler.codec.http.HttpResponse response) answered(response);
            // The head comes first and its empty body after it: the line must not hear of either.
            Opening.Accepted agreed = accepted;
            if (message instanceof LastHttpContent && agreed != null) open(ctx, agreed);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void answered(io.netty.handler.codec.http.HttpResponse response) {
        if (response.decoderResult().isFailure()) {
            fail(new DialFailed(where() + " did not answer in HTTP", 0));
            return;
        }
        List<Header> headers = new ArrayList<>();
        for (Map.Entry<String, String> field : response.headers())
            headers.add(new Header(field.getKey(), field.getValue()));
        ResponseHead head =
                new ResponseHead(response.status().code(), response.status().reasonPhrase(), Headers.of(headers));
        Opening verdict = handshake.verify(head);
        if (verdict instanceof Opening.Failed failed) {
            fail(new DialFailed(where() + " refused: " + failed.why(), head.status()));
            return;
        }
        accepted = (Opening.Accepted) verdict;
    }

    private void open(ChannelHandlerContext ctx, Opening.Accepted verdict) {
        RequestHead head = handshake.request();
        HttpRequest request = new HttpRequest(
                head.method(),
                head.target(),
                head.headers(),
                new byte[0],
                ctx.channel().remoteAddress());
        LineSetup setup =
                new LineSetup(Role.CLIENT, options.line(), handler, request, verdict.subprotocol(), options.tap());
        Line line = new Line(setup, ctx.channel());
        // Frames are not HTTP: what the line writes from its first moment on goes past the encoder.
        ctx.pipeline().get(HttpClientCodec.class).removeOutboundHandler();
        ctx.pipeline().addLast("line", line);
        opened.complete(line);
        ctx.pipeline().remove(this);
        // Last, because it hands on what the server glued to its answer.
        ctx.pipeline().remove("codec");
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        fail(new DialFailed(where() + " closed the connection without an answer", 0));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        fail(new DialFailed("the connection to " + where() + " broke: " + cause.getMessage(), cause));
    }

    private void fail(DialFailed why) {
        SocketChannel failed = channel;
        opened.completeExceptionally(why);
        if (failed != null) failed.close();
    }

    private String where() {
        return address.getRawAuthority();
    }
}
