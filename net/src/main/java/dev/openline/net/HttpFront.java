package dev.openline.net;

import dev.openline.wire.Answer;
import dev.openline.wire.ExtensionNegotiation;
import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import dev.openline.wire.RequestHead;
import dev.openline.wire.ResponseHead;
import dev.openline.wire.Role;
import dev.openline.wire.ServerHandshake;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every connection starts with: reads HTTP requests, answers plain ones, and turns the connection into a {@link Line} when one asks
 * for an upgrade and may have it. Until then a deadline runs, so that nobody holds a connection by dribbling a request.
 */
final class HttpFront extends LineClock.Timed implements Seat.Occupant {
    private static final Logger log = LoggerFactory.getLogger(WebSocketServer.class);
    private static final int MAX_REQUEST_LINE_BYTES = 8 << 10;

    /** Requests that one connection may send ahead of their answers; reading stops at this many. */
    private static final int MAX_PIPELINED = 16;

    /** What a connection that is refused, or told to leave while it is idle, may still take for a request. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ServerOptions options;
    private final Seat seat;
    private final ArrayDeque<FullHttpRequest> ahead = new ArrayDeque<>();
    private boolean answering;
    private long deadline;
    private @Nullable SocketChannel channel;

    private HttpFront(ServerOptions options, Seat seat) {
        this.options = options;
        this.seat = seat;
        this.deadline = System.nanoTime() + options.handshakeTimeout().toNanos();
        if (seat.refusal() != null) hurry();
    }

    static void install(SocketChannel channel, ServerOptions options, Seat seat) {
        HttpDecoderConfig config = new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(options.maxHttpHeaderBytes());
        channel.pipeline().addLast("own-copy", OwnCopy.INSTANCE);
        channel.pipeline().addLast("codec", new HttpServerCodec(config));
        channel.pipeline().addLast("body", new HttpObjectAggregator(options.maxHttpBodyBytes(), true));
        channel.pipeline().addLast("front", new HttpFront(options, seat));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = (SocketChannel) ctx.channel();
        LineClock.of(ctx.channel().eventLoop()).watch(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        LineClock.of(ctx.channel().eventLoop()).unwatch(this);
        ahead.forEach(FullHttpRequest::release);
        ahead.clear();
    }

    @Override
    long nextDeadline() {
        return answering ? Long.MAX_VALUE : deadline;
    }

    @Override
    void onTime(long nowNanos) {
        SocketChannel late = channel;
        if (late == null) return;
        log.debug("closed the connection of {}: no whole request in time", late.remoteAddress());
        late.close();
    }

    private void hurry() {
        long latest = System.nanoTime() + GRACE_NANOS;
        if (deadline - latest > 0) deadline = latest;
    }

    /** An answer that is being made is the last one here; a request that is on its way has a moment to arrive. */
    @Override
    public void leave() {
        hurry();
        SocketChannel leaving = channel;
        if (leaving != null) LineClock.of(leaving.eventLoop()).watch(this);
    }

    @Override
    public void cut(String why) {
        SocketChannel over = channel;
        if (over != null) over.close();
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        FullHttpRequest request = (FullHttpRequest) message;
        if (answering) {
            ahead.add(request);
            if (ahead.size() >= MAX_PIPELINED) ctx.channel().config().setAutoRead(false);
            return;
        }
        try {
            take(ctx, request);
        } finally {
            request.release();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("connection of {} broke: {}", ctx.channel().remoteAddress(), cause.toString());
        ctx.close();
    }

    private void take(ChannelHandlerContext ctx, FullHttpRequest request) {
        if (request.decoderResult().isFailure()) {
            refuseUnreadable(ctx, request.decoderResult().cause());
            return;
        }
        String refusal = seat.refusal();
        if (refusal != null) {
            write(ctx, Admission.refusal(refusal), KeepAlive.NO);
            return;
        }
        Headers headers = headersOf(request);
        // RFC 9110 §7.8 lets a server ignore other upgrades; the JDK's client offers h2c with its first plain request.
        if (headers.hasToken("upgrade", "websocket")) upgrade(ctx, request, headers);
        else answer(ctx, request, headers);
    }

    private void refuseUnreadable(ChannelHandlerContext ctx, Throwable cause) {
        int status = 400;
        if (cause instanceof TooLongHttpHeaderException) status = 431;
        if (cause instanceof TooLongHttpLineException) status = 414;
        log.info("refused {} with {}: the request can't be read", ctx.channel().remoteAddress(), status);
        write(ctx, HttpResponse.text(status, "the request can't be read\n"), KeepAlive.NO);
    }

    // --- upgrades
    // ----------------------------------------------------------------------------------------------------------------

    private void upgrade(ChannelHandlerContext ctx, FullHttpRequest request, Headers headers) {
        HttpRequest asked = new HttpRequest(
                request.method().name(),
                request.uri(),
                headers,
                new byte[0],
                ctx.channel().remoteAddress());
        if (seat.admission().isDraining()) {
            refuse(ctx, asked, Admission.refusal("the server is going away"), "the server is going away");
            return;
        }
        ServerOptions.Route route = options.route(asked.path());
        if (route == null) {
            refuse(ctx, asked, HttpResponse.text(404, "no lines are opened on this path\n"), "no such path");
            return;
        }
        if (request.content().isReadable()) {
            refuse(ctx, asked, HttpResponse.text(400, "an upgrade request has no body\n"), "it has a body");
            return;
        }
        RequestHead head = new RequestHead(
                asked.method(), asked.target(), request.protocolVersion().text(), headers);
        Answer answer = ServerHandshake.answer(head, route.subprotocols(), ExtensionNegotiation.NONE);
        if (answer instanceof Answer.Refused refused) {
            refuse(ctx, asked, responseOf(refused), refused.why());
            return;
        }
        if (!options.origins().allows(headers)) {
            refuse(ctx, asked, HttpResponse.text(403, "this origin may not open lines here\n"), "origin not allowed");
            return;
        }
        decide(ctx, asked, route, (Answer.Accepted) answer);
    }

    private void decide(
            ChannelHandlerContext ctx, HttpRequest asked, ServerOptions.Route route, Answer.Accepted accepted) {
        UpgradeDecision decision;
        try {
            decision = route.decision().apply(asked);
        } catch (RuntimeException fault) {
            log.warn("deciding about {} failed", asked, fault);
            write(ctx, HttpResponse.text(500, "internal server error\n"), KeepAlive.NO);
            return;
        }
        if (decision instanceof UpgradeDecision.Refuse refusal) {
            refuse(ctx, asked, refusal.response(), "as the application decided");
            return;
        }
        open(ctx, asked, ((UpgradeDecision.Open) decision).handler(), accepted);
    }

    private void open(
            ChannelHandlerContext ctx, HttpRequest asked, WebSocketHandler handler, Answer.Accepted accepted) {
        ResponseHead head = accepted.head();
        var response = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(head.status(), head.reason()), Unpooled.EMPTY_BUFFER);
        for (Header header : head.headers()) response.headers().add(header.name(), header.value());
        LineSetup setup = new LineSetup(Role.SERVER, options.line(), handler, asked, accepted.subprotocol(), null);
        var pipeline = ctx.pipeline();
        ctx.write(response);
        // Frames are not HTTP: what the line writes from its first moment on goes past the encoder.
        pipeline.get(HttpServerCodec.class).removeOutboundHandler();
        pipeline.addLast("line", new Line(setup, ctx.channel()));
        pipeline.remove("own-copy");
        pipeline.remove("body");
        pipeline.remove(this);
        // Last, because it hands on what the peer glued to its request: the line must be there to hear it.
        pipeline.remove("codec");
        // The line flushes what it wrote itself; a handler that says nothing at first would leave the answer behind.
        ctx.channel().flush();
    }

    private void refuse(ChannelHandlerContext ctx, HttpRequest asked, HttpResponse response, String why) {
        log.info(
                "refused the upgrade of {} on {} with {}: {}",
                asked.remoteAddress(),
                asked.path(),
                response.status(),
                why);
        write(ctx, response, KeepAlive.NO);
    }

    private static HttpResponse responseOf(Answer.Refused refused) {
        HttpResponse response = HttpResponse.text(refused.head().status(), refused.why() + "\n");
        for (Header header : refused.head().headers()) {
            if (!header.name().equalsIgnoreCase("connection")) response = response.with(header.name(), header.value());
        }
        return response;
    }

    private static Headers headersOf(FullHttpRequest request) {
        List<Header> headers = new ArrayList<>(request.headers().size());
        for (Map.Entry<String, String> field : request.headers())
            headers.add(new Header(field.getKey(), field.getValue()));
        return Headers.of(headers);
    }

    // --- plain requests
    // ----------------------------------------------------------------------------------------------------------

    private enum KeepAlive {
        YES,
        NO
    }

    private void answer(ChannelHandlerContext ctx, FullHttpRequest request, Headers headers) {
        HttpHandler http = options.http();
        KeepAlive keepAlive = HttpUtil.isKeepAlive(request) ? KeepAlive.YES : KeepAlive.NO;
        if (options.isReadiness(request.uri())) {
            write(ctx, seat.admission().readiness(), keepAlive);
            return;
        }
        if (http == null) {
            write(ctx, HttpResponse.text(404, "nothing here\n"), keepAlive);
            return;
        }
        byte[] body = ByteBufUtil.getBytes(request.content());
        HttpRequest asked = new HttpRequest(
                request.method().name(),
                request.uri(),
                headers,
                body,
                ctx.channel().remoteAddress());
        answering = true;
        CompletionStage<HttpResponse> stage;
        try {
            stage = http.handle(asked);
        } catch (RuntimeException fault) {
            stage = java.util.concurrent.CompletableFuture.failedStage(fault);
        }
        stage.whenComplete((response, fault) -> {
            if (fault != null) log.warn("answering {} failed", asked, fault);
            HttpResponse given = fault == null ? response : HttpResponse.text(500, "internal server error\n");
            if (ctx.channel().eventLoop().inEventLoop()) answered(ctx, given, keepAlive);
            else ctx.channel().eventLoop().execute(() -> answered(ctx, given, keepAlive));
        });
    }

    private void answered(ChannelHandlerContext ctx, HttpResponse response, KeepAlive keepAlive) {
        answering = false;
        if (!ctx.channel().isActive()) return;
        write(ctx, response, keepAlive);
        deadline = System.nanoTime() + options.keepAliveTimeout().toNanos();
        LineClock.of(ctx.channel().eventLoop()).watch(this);
        FullHttpRequest next = ahead.poll();
        if (next == null) return;
        ctx.channel().config().setAutoRead(true);
        try {
            take(ctx, next);
        } finally {
            next.release();
        }
    }

    private void write(ChannelHandlerContext ctx, HttpResponse response, KeepAlive asked) {
        KeepAlive keepAlive = seat.admission().isDraining() ? KeepAlive.NO : asked;
        var http = new DefaultFullHttpResponse(
                HttpVersion.HTTP_1_1,
                HttpResponseStatus.valueOf(response.status()),
                Unpooled.wrappedBuffer(response.body()));
        response.headers().forEach(http.headers()::set);
        if (response.status() != 204 && response.status() != 304) {
            http.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        }
        http.headers()
                .set(
                        HttpHeaderNames.CONNECTION,
                        keepAlive == KeepAlive.YES ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE);
        var written = ctx.writeAndFlush(http);
        if (keepAlive == KeepAlive.NO) written.addListener(ChannelFutureListener.CLOSE);
    }
}
