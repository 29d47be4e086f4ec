// Longer than 400 lines because all that becomes of the requests of one connection stands here, in one order.
package dev.openline.net;

import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import dev.openline.wire.RequestHead;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every connection starts with: reads HTTP/1.1 requests, answers plain ones, and gives the connection to an {@link HttpUpgrade} when
 * one asks for it. Until then a deadline runs, so that nobody holds a connection by dribbling a request.
 */
final class HttpFront extends LineClock.Timed implements HandshakeMeter.Front, Seat.Occupant {
    private static final Logger log = LoggerFactory.getLogger(WebSocketServer.class);
    private static final QuietLog peers = QuietLog.of(log);

    private static final String TOO_FAR_AHEAD = "it sends too much behind a request that is answered by a stream";

    /** What a connection that is refused, or told to leave while it is idle, may still take for a request. */
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(2);

    private final ServerOptions options;
    private final Seat seat;
    private final HandshakeMeter meter;
    private final RequestDecoder decoder;
    private final RequestsAhead ahead = new RequestsAhead();
    private boolean answering;
    private long deadline;
    private @Nullable SocketChannel channel;

    /** The connection's last request, an upgrade, from when it was read until all before it are answered. */
    private @Nullable HttpUpgrade upgrade;

    /** Set while an answer is on its way that the peer has not taken yet. */
    private @Nullable Stall stall;

    /** The answer that is being streamed. */
    private @Nullable AnswerStream streaming;

    // More than 4 parameters because these are five facts of one connection.
    private HttpFront(ServerOptions options, Seat seat, HandshakeMeter meter, RequestDecoder decoder, long deadline) {
        this.options = options;
        this.seat = seat;
        this.meter = meter;
        this.decoder = decoder;
        this.deadline = deadline;
        if (seat.refusal() != null) hurry();
    }

    static void install(SocketChannel channel, ServerOptions options, Seat seat) {
        install(
                channel,
                options,
                seat,
                Surroundings.nanoTime() + options.handshakeTimeout().toNanos());
    }

    /** The first request must have come whole by the deadline, a time of {@link Surroundings#nanoTime}. */
    static void install(SocketChannel channel, ServerOptions options, Seat seat, long deadline) {
        HandshakeMeter meter = new HandshakeMeter(options.handshakeBudget());
        RequestDecoder decoder = new RequestDecoder(options);
        HttpFront front = new HttpFront(options, seat, meter, decoder, deadline);
        meter.tell(front);
        channel.pipeline().addLast("meter", meter);
        channel.pipeline().addLast("own-copy", OwnCopy.INSTANCE);
        channel.pipeline().addLast("decoder", decoder);
        channel.pipeline().addLast("encoder", new AnswerEncoder());
        channel.pipeline().addLast("body", new HttpBody(options.maxHttpBodyBytes()));
        channel.pipeline().addLast("front", front);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        channel = (SocketChannel) ctx.channel();
        LineClock.of(ctx.channel().eventLoop()).watch(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        LineClock.of(ctx.channel().eventLoop()).unwatch(this);
        ahead.drop();
    }

    @Override
    long nextDeadline() {
        Stall unread = stall;
        if (unread != null) return unread.deadline();
        return answering ? Long.MAX_VALUE : deadline;
    }

    @Override
    void onTime(long nowNanos) {
        SocketChannel late = channel;
        if (late == null) return;
        Stall unread = stall;
        if (unread != null) {
            if (!unread.isOver(-unsent(late), nowNanos)) return;
            peers.info("dropped the connection of {}: it takes nothing of its answer", late.remoteAddress());
        } else {
            log.debug("closed the connection of {}: no whole request in time", late.remoteAddress());
        }
        Ending.of(late);
    }

    private void hurry() {
        long latest = Surroundings.nanoTime() + GRACE_NANOS;
        if (deadline - latest > 0) deadline = latest;
    }

    /** An answer that is being made is the last one here; a request that is on its way has a moment to arrive. */
    @Override
    public void leave() {
        if (streaming != null) {
            streaming.leave();
            return;
        }
        hurry();
        SocketChannel leaving = channel;
        if (leaving != null) LineClock.of(leaving.eventLoop()).watch(this);
    }

    @Override
    public void cut(String why) {
        if (streaming != null) {
            streaming.cut(why);
            return;
        }
        SocketChannel over = channel;
        if (over != null) Ending.of(over);
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        if (!(message instanceof FullHttpRequest request)) {
            // What follows an upgrade is not HTTP: it is kept for the line.
            ctx.fireChannelRead(message);
            return;
        }
        try {
            RequestsAhead.Queued whole = new RequestsAhead.Queued(request, meter.arrived() - decoder.unread());
            HttpRequest asked = requestOf(ctx, request);
            boolean good = request.decoderResult().isSuccess() && RequestRules.faultOf(request, asked) == null;
            // RFC 9110 §7.8 lets a server ignore other upgrades; the JDK's client offers h2c with its first plain
            // request.
            if (good && asked.headers().hasToken("upgrade", "websocket")) upgrade(ctx, request, asked);
            else if (answering) queue(ctx, whole);
            else take(ctx, whole);
        } finally {
            request.release();
        }
    }

    @Override
    public void requestBegins() {
        SocketChannel here = channel;
        long latest = Surroundings.nanoTime() + options.handshakeTimeout().toNanos();
        if (here == null || latest - deadline >= 0) return;
        deadline = latest;
        LineClock.of(here.eventLoop()).watch(this);
    }

    @Override
    public void overwhelmed() {
        SocketChannel here = channel;
        if (here == null) return;
        ChannelHandlerContext ctx = here.pipeline().context(this);
        log.debug("dropped {}: too much of unfinished requests is held", here.remoteAddress());
        // An answer that is being made would be taken for this one.
        if (answering || ctx == null) here.close();
        else HttpFarewell.say(ctx, HandshakeBudget.SPENT, "GET");
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("connection of {} broke: {}", ctx.channel().remoteAddress(), cause.toString());
        ctx.close();
    }

    private void queue(ChannelHandlerContext ctx, RequestsAhead.Queued whole) {
        ahead.add(whole);
        if (!ahead.areFar()) return;
        // While an answer is streamed reading has to go on, so that the end of the peer is seen.
        if (streaming != null) streaming.drop(TOO_FAR_AHEAD);
        else ctx.channel().config().setAutoRead(false);
    }

    private void take(ChannelHandlerContext ctx, RequestsAhead.Queued whole) {
        FullHttpRequest request = whole.request();
        if (request.decoderResult().isFailure()) {
            RequestRules.Fault fault = RequestRules.unreadable(request);
            refuse(ctx, fault.status(), fault.why());
            return;
        }
        HttpRequest asked = requestOf(ctx, request);
        RequestRules.Fault fault = RequestRules.faultOf(request, asked);
        String tooMany = tooMany(asked);
        if (fault != null) refuse(ctx, fault.status(), fault.why());
        else if (tooMany != null) HttpFarewell.say(ctx, Admission.refusal(tooMany), asked.method());
        else answer(ctx, whole, asked);
    }

    /** Why nobody is let in for this request, or null. */
    private @Nullable String tooMany(HttpRequest asked) {
        if (seat.refusal() != null) return seat.refusal();
        boolean told = asked.remoteAddress() != null && !asked.remoteAddress().equals(asked.peerAddress());
        if (told && asked.remoteAddress() instanceof InetSocketAddress client) return seat.isFrom(client.getAddress());
        return null;
    }

    private void refuse(ChannelHandlerContext ctx, int status, String why) {
        peers.info("refused {} with {}: {}", ctx.channel().remoteAddress(), status, why);
        HttpFarewell.say(ctx, HttpResponse.text(status, why + "\n"), "GET");
    }

    // --- upgrades
    // ----------------------------------------------------------------------------------------------------------------

    /** Nothing after this request is HTTP, whatever is decided: the decoder goes, and the bytes that follow are kept. */
    private void upgrade(ChannelHandlerContext ctx, FullHttpRequest request, HttpRequest asked) {
        if (streaming != null) {
            streaming.drop(TOO_FAR_AHEAD);
            return;
        }
        RequestHead head = new RequestHead(
                asked.method(), asked.target(), request.protocolVersion().text(), asked.headers());
        ChannelPipeline pipeline = ctx.pipeline();
        HttpUpgrade candidate = new HttpUpgrade(asked, head);
        pipeline.addLast("upgrade", candidate);
        pipeline.remove("body");
        pipeline.remove("decoder");
        if (answering) upgrade = candidate;
        else begin(ctx, candidate);
    }

    private void begin(ChannelHandlerContext ctx, HttpUpgrade candidate) {
        meter.tell(candidate);
        ctx.pipeline().remove(this);
        String tooMany = seat.admission().isDraining() ? "the server is going away" : tooMany(candidate.asked());
        if (tooMany == null) candidate.begin(new UpgradeGate(options));
        else candidate.refuse(Admission.refusal(tooMany));
    }

    private HttpRequest requestOf(ChannelHandlerContext ctx, FullHttpRequest request) {
        Headers headers = headersOf(request);
        Arrival how = options.trustedProxies().believe(Arrival.of(ctx.channel()), headers);
        return HttpRequest.of(request.method().name(), request.uri(), headers, how);
    }

    private static Headers headersOf(FullHttpRequest request) {
        List<Header> headers = new ArrayList<>(request.headers().size());
        for (Map.Entry<String, String> field : request.headers())
            headers.add(new Header(field.getKey(), field.getValue()));
        return Headers.of(headers);
    }

    // --- plain requests
    // ----------------------------------------------------------------------------------------------------------

    private void answer(ChannelHandlerContext ctx, RequestsAhead.Queued whole, HttpRequest head) {
        HttpRequest asked = head.withBody(ByteBufUtil.getBytes(whole.request().content()));
        Answering now = new Answering(
                asked,
                whole.end(),
                whole.request().protocolVersion(),
                HttpUtil.isKeepAlive(whole.request()) ? HttpAnswer.Then.GO_ON : HttpAnswer.Then.CLOSE);
        answering = true;
        meter.answering();
        CompletionStage<HttpResponse> stage;
        try {
            stage = answerTo(asked);
            if (stage == null) throw new IllegalStateException("the answer is null");
        } catch (RuntimeException fault) {
            stage = CompletableFuture.failedStage(fault);
        }
        stage.whenComplete((response, fault) -> {
            if (response == null) log.warn("answering {} failed", asked, fault);
            HttpResponse given = response != null ? response : HttpResponse.text(500, "internal server error\n");
            if (ctx.channel().eventLoop().inEventLoop()) answered(ctx, now, given);
            else ctx.channel().eventLoop().execute(() -> answered(ctx, now, given));
        });
    }

    private CompletionStage<HttpResponse> answerTo(HttpRequest asked) {
        HttpHandler http = options.http();
        if (options.isReadiness(asked.target())) {
            return CompletableFuture.completedStage(seat.admission().readiness());
        }
        return http == null ? CompletableFuture.completedStage(withoutHandler(asked)) : http.handle(asked);
    }

    /** On a path of lines it says so; RFC 9110 §15.5.22 wants the protocol named. */
    private HttpResponse withoutHandler(HttpRequest asked) {
        if (!options.routes().has(asked.rawPath())) return HttpResponse.text(404, "nothing here\n");
        if (!asked.method().equals("GET")) {
            return HttpResponse.text(405, "lines are opened by GET\n").with("allow", "GET");
        }
        return HttpResponse.text(426, "this address speaks WebSocket only\n").with("upgrade", "websocket");
    }

    /** The request that is being answered, where what came ended with it, its version, and what comes after its answer. */
    private record Answering(HttpRequest asked, long end, HttpVersion version, HttpAnswer.Then then) {}

    private void answered(ChannelHandlerContext ctx, Answering now, HttpResponse response) {
        HttpStreamHandler body = response.stream();
        if (body != null) {
            stream(ctx, now, response, body);
            return;
        }
        if (!ctx.channel().isActive()) {
            answering = false;
            return;
        }
        if (now.then == HttpAnswer.Then.CLOSE || seat.admission().isDraining()) {
            answering = false;
            HttpFarewell.say(ctx, response, now.asked.method());
            return;
        }
        ChannelFuture written = ctx.writeAndFlush(HttpAnswer.of(response, now.asked.method(), now.then));
        if (written.isDone()) left(ctx, now);
        else awaitLeft(ctx, now, written);
    }

    /** Whoever asks and asks and reads nothing is not answered further: one answer waits, not all. */
    private void awaitLeft(ChannelHandlerContext ctx, Answering now, ChannelFuture written) {
        long waiting = unsent(ctx.channel());
        stall = new Stall(options.line().writeTimeout(), -waiting, Surroundings.nanoTime());
        LineClock.of(ctx.channel().eventLoop()).watch(this);
        written.addListener(done -> {
            stall = null;
            left(ctx, now);
        });
    }

    private static long unsent(Channel connection) {
        ChannelOutboundBuffer queue = connection.unsafe().outboundBuffer();
        return queue == null ? 0 : queue.totalPendingWriteBytes();
    }

    private void left(ChannelHandlerContext ctx, Answering now) {
        answering = false;
        if (ctx.channel().isActive()) goOn(ctx, now);
    }

    private void goOn(ChannelHandlerContext ctx, Answering now) {
        meter.settle(now.end);
        // A request that has begun already has the time of a request, not that of an idle connection.
        Duration patience = meter.isSettled() ? options.keepAliveTimeout() : options.handshakeTimeout();
        deadline = Surroundings.nanoTime() + patience.toNanos();
        LineClock.of(ctx.channel().eventLoop()).watch(this);
        next(ctx);
    }

    // --- streamed answers
    // --------------------------------------------------------------------------------------------------------

    private void stream(ChannelHandlerContext ctx, Answering now, HttpResponse response, HttpStreamHandler body) {
        HttpRequest asked = now.asked;
        HttpResponse refusal = streamRefusal();
        if (refusal != null || !ctx.channel().isActive() || asked.method().equals("HEAD")) {
            EndedStream.tell(body, asked, ctx.channel());
        }
        if (!ctx.channel().isActive()) {
            answering = false;
        } else if (refusal != null) {
            answered(ctx, now, refusal);
        } else {
            boolean ends = !Http1AnswerStream.isChunked(now.version);
            Answering last = ends ? new Answering(asked, now.end, now.version, HttpAnswer.Then.CLOSE) : now;
            ctx.write(HttpAnswer.head(response, now.version, last.then));
            if (asked.method().equals("HEAD")) streamed(ctx, last);
            else open(ctx, last, new AnswerStream.Setup(body, asked.keptWithoutBody(), options.line()));
        }
    }

    /** What is answered instead of a stream, or null. */
    private @Nullable HttpResponse streamRefusal() {
        if (seat.admission().isDraining()) return Admission.refusal("the server is going away");
        return upgrade != null || ahead.areFar() ? HttpResponse.text(400, TOO_FAR_AHEAD + "\n") : null;
    }

    private void open(ChannelHandlerContext ctx, Answering now, AnswerStream.Setup setup) {
        // It is no longer what the peer asks for that is held.
        meter.settle(now.end);
        Http1AnswerStream stream = new Http1AnswerStream(setup, ctx.channel(), now.version, () -> streamed(ctx, now));
        streaming = stream;
        ctx.pipeline().addLast("stream", stream);
    }

    /** The whole answer has left. */
    private void streamed(ChannelHandlerContext ctx, Answering now) {
        streaming = null;
        answering = false;
        ctx.flush();
        if (now.then == HttpAnswer.Then.CLOSE || seat.admission().isDraining()) HttpFarewell.say(ctx);
        else goOn(ctx, now);
    }

    private void next(ChannelHandlerContext ctx) {
        RequestsAhead.Queued next = ahead.poll();
        HttpUpgrade last = upgrade;
        if (next != null) {
            ctx.channel().config().setAutoRead(true);
            try {
                take(ctx, next);
            } finally {
                next.request().release();
            }
        } else if (last != null) {
            upgrade = null;
            begin(ctx, last);
        }
    }
}
