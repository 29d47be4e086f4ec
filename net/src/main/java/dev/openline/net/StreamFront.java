package dev.openline.net;

import dev.openline.wire.Answer;
import dev.openline.wire.ExtensionNegotiation;
import dev.openline.wire.Header;
import dev.openline.wire.RequestHead;
import dev.openline.wire.ResponseHead;
import dev.openline.wire.ServerHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every stream of HTTP/2 starts with: reads its one request, answers a plain one, and gives its place to a {@link Line} when it is an
 * extended CONNECT that may have one (RFC 8441 §4 and §5), or to an answer that is streamed. A deadline runs until the request is whole.
 */
final class StreamFront extends LineClock.Timed implements UpgradeGate.Candidate, Seat.Occupant {
    private static final Logger log = LoggerFactory.getLogger(WebSocketServer.class);
    private static final QuietLog peers = QuietLog.of(log);

    /** Of a connection of HTTP/1.1, which must not be in a stream (RFC 9113 §8.2.2). */
    private static final Set<String> FOREIGN =
            Set.of("connection", "keep-alive", "proxy-connection", "transfer-encoding", "upgrade");

    private final ServerOptions options;
    private final Seat seat;
    private final Http2Front connection;
    private final long deadline;
    private @Nullable ChannelHandlerContext context;
    private @Nullable StreamHead head;
    private UpgradeGate.@Nullable Judging judging;
    private @Nullable ByteBuf body;
    private int kept;
    private boolean whole;

    StreamFront(ServerOptions options, Seat seat, Http2Front connection) {
        this.options = options;
        this.seat = seat;
        this.connection = connection;
        this.deadline = Surroundings.nanoTime() + options.handshakeTimeout().toNanos();
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
        LineClock.of(ctx.channel().eventLoop()).watch(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        LineClock.of(ctx.channel().eventLoop()).unwatch(this);
        dropBody();
    }

    @Override
    long nextDeadline() {
        return whole ? Long.MAX_VALUE : deadline;
    }

    @Override
    void onTime(long nowNanos) {
        log.debug(
                "reset a stream of {}: no whole request in time",
                stream().parent().remoteAddress());
        stream().close();
    }

    /** An answer that is being made is still given, and the stream ends by itself. */
    @Override
    public void leave() {}

    @Override
    public void cut(String why) {
        stream().close();
    }

    // --- reading
    // -----------------------------------------------------------------------------------------------------------------

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        try {
            if (whole) return;
            if (message instanceof Http2HeadersFrame headers) headers(ctx, headers);
            else if (message instanceof Http2DataFrame data) data(data);
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void headers(ChannelHandlerContext ctx, Http2HeadersFrame frame) {
        StreamHead known = head;
        if (known != null) {
            if (frame.isEndStream()) answer(known); // trailers, which nobody asks for
            return;
        }
        StreamHead read;
        try {
            read = StreamHead.of(frame.headers(), Arrival.of(ctx.channel().parent()), options);
        } catch (StreamHead.Malformed malformed) {
            whole = true;
            peers.info(
                    "refused {} with {}: {}",
                    ctx.channel().parent().remoteAddress(),
                    malformed.status(),
                    malformed.getMessage());
            refuse(HttpResponse.text(malformed.status(), malformed.getMessage() + "\n"));
            return;
        }
        head = read;
        if (read.protocol() != null) connect(ctx, read, frame.isEndStream());
        else if (frame.isEndStream()) answer(read);
    }

    private void data(Http2DataFrame frame) {
        StreamHead known = head;
        if (known == null) return;
        int size = frame.content().readableBytes();
        if (!connection.keep(size)) {
            whole = true;
            refuse(HttpResponse.text(413, "the body is too large\n"));
            return;
        }
        kept += size;
        ByteBuf so = body;
        if (so == null) body = so = stream().alloc().buffer(size);
        so.writeBytes(frame.content());
        if (frame.isEndStream()) answer(known);
    }

    private void dropBody() {
        connection.give(kept);
        kept = 0;
        ByteBuf so = body;
        body = null;
        if (so != null) so.release();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (event instanceof Http2ResetFrame) ctx.close();
        ReferenceCountUtil.release(event);
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (judging != null) judging.cancel();
        ctx.fireChannelInactive();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("stream of {} broke: {}", ctx.channel().parent().remoteAddress(), cause.toString());
        // For a rule of HTTP/2 that the peer broke, the codec resets the stream with the code of that rule, and counts
        // it.
        if (!(cause instanceof Http2Exception)) ctx.close();
    }

    // --- a line
    // ------------------------------------------------------------------------------------------------------------------

    private void connect(ChannelHandlerContext ctx, StreamHead read, boolean ends) {
        whole = true;
        // What comes before the decision stays where it is, and the peer's window bounds it.
        ctx.channel().config().setAutoRead(false);
        HttpResponse refusal = connectRefusal(read.request(), ends);
        if (refusal == null) judging = new UpgradeGate(options).judge(this);
        else refuse(refusal);
    }

    private @Nullable HttpResponse connectRefusal(HttpRequest asked, boolean ends) {
        if (seat.admission().isDraining()) return Admission.refusal("the server is going away");
        if (ends) return HttpResponse.text(400, "the stream has ended already\n");
        return refusalOfOneTooMany(asked);
    }

    /** Counts it from now on, or says what it is answered instead. */
    private @Nullable HttpResponse refusalOfOneTooMany(HttpRequest asked) {
        InetAddress client = asked.remoteAddress() instanceof InetSocketAddress inet ? inet.getAddress() : null;
        String tooMany = connection.carries(stream(), client);
        if (tooMany == null) return null;
        peers.info("refused a line or stream of {}: {}", asked.remoteAddress(), tooMany);
        return Admission.refusal(tooMany);
    }

    @Override
    public HttpRequest asked() {
        return known().request();
    }

    @Override
    public EventLoop loop() {
        return stream().eventLoop();
    }

    @Override
    public Answer judge(List<String> subprotocols, ExtensionNegotiation negotiation) {
        HttpRequest asked = known().request();
        RequestHead judged = new RequestHead(asked.method(), asked.target(), "HTTP/2", asked.headers());
        return ServerHandshake.answerConnect(judged, String.valueOf(known().protocol()), subprotocols, negotiation);
    }

    @Override
    public void open(ResponseHead answer, LineSetup setup) {
        Channel stream = stream();
        if (!stream.isActive()) return;
        Http2Headers headers = new DefaultHttp2Headers().status(String.valueOf(answer.status()));
        for (Header header : answer.headers()) headers.add(header.name().toLowerCase(Locale.ROOT), header.value());
        stream.write(new DefaultHttp2HeadersFrame(headers));
        stream.pipeline().addLast("bytes", new StreamBytes());
        stream.pipeline().addLast("line", new Line(setup, stream));
        stream.pipeline().remove(this);
        stream.flush();
        if (stream.isActive()) stream.config().setAutoRead(true);
    }

    @Override
    public void refuse(HttpResponse answer) {
        write(answer, "GET");
    }

    // --- plain requests
    // ----------------------------------------------------------------------------------------------------------

    private void answer(StreamHead read) {
        whole = true;
        ByteBuf so = body;
        HttpRequest asked = so == null ? read.request() : read.request().withBody(ByteBufUtil.getBytes(so));
        dropBody();
        CompletionStage<HttpResponse> stage;
        try {
            stage = answerTo(asked);
            if (stage == null) throw new IllegalStateException("the answer is null");
        } catch (RuntimeException fault) {
            stage = CompletableFuture.failedStage(fault);
        }
        EventLoop loop = loop();
        stage.whenComplete((response, fault) -> {
            if (response == null) log.warn("answering {} failed", asked, fault);
            HttpResponse given = response != null ? response : HttpResponse.text(500, "internal server error\n");
            if (loop.inEventLoop()) answered(given, asked);
            else loop.execute(() -> answered(given, asked));
        });
    }

    private void answered(HttpResponse response, HttpRequest asked) {
        HttpStreamHandler body = response.stream();
        if (body == null) {
            write(response, asked.method());
            return;
        }
        Channel stream = stream();
        HttpResponse refusal = stream.isActive() && !asked.method().equals("HEAD") ? streamRefusal(asked) : null;
        if (refusal != null || !stream.isActive() || asked.method().equals("HEAD")) {
            EndedStream.tell(body, asked, stream);
            write(refusal == null ? response : refusal, asked.method());
            return;
        }
        stream.write(new DefaultHttp2HeadersFrame(headersOf(response)));
        StreamBytes bytes = new StreamBytes();
        stream.pipeline().addLast("bytes", bytes);
        AnswerStream.Setup setup = new AnswerStream.Setup(body, asked.keptWithoutBody(), options.line());
        stream.pipeline().addLast("stream", new Http2AnswerStream(setup, stream, bytes));
        stream.pipeline().remove(this);
    }

    /** What is answered instead of a stream, which counts as a line does and may not begin when lines may not; or null. */
    private @Nullable HttpResponse streamRefusal(HttpRequest asked) {
        if (seat.admission().isDraining()) return Admission.refusal("the server is going away");
        return refusalOfOneTooMany(asked);
    }

    private CompletionStage<HttpResponse> answerTo(HttpRequest asked) {
        HttpHandler http = options.http();
        if (asked.method().equals("CONNECT")) {
            return CompletableFuture.completedStage(HttpResponse.text(405, "this is no proxy\n"));
        }
        if (options.isReadiness(asked.target())) {
            return CompletableFuture.completedStage(seat.admission().readiness());
        }
        return http == null
                ? CompletableFuture.completedStage(HttpResponse.text(404, "nothing here\n"))
                : http.handle(asked);
    }

    private static Http2Headers headersOf(HttpResponse response) {
        Http2Headers headers = new DefaultHttp2Headers().status(String.valueOf(response.status()));
        response.headers().forEach((name, value) -> {
            String lower = name.toLowerCase(Locale.ROOT);
            if (!FOREIGN.contains(lower)) headers.set(lower, value);
        });
        if (response.stream() != null || response.status() == 204 || response.status() == 304) {
            headers.remove("content-length");
        } else {
            headers.setInt("content-length", response.body().length);
        }
        return headers;
    }

    private void write(HttpResponse response, String method) {
        Channel stream = stream();
        if (!stream.isActive()) return;
        Http2Headers headers = headersOf(response);
        byte[] body = response.body();
        boolean bare = body.length == 0 || method.equals("HEAD");
        var written = stream.write(new DefaultHttp2HeadersFrame(headers, bare));
        if (!bare) written = stream.write(new DefaultHttp2DataFrame(Unpooled.wrappedBuffer(body), true));
        // A request that is still coming is reset then; its answer is whole (RFC 9113 §8.1).
        written.addListener(ChannelFutureListener.CLOSE);
        stream.flush();
    }

    private Channel stream() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) throw new IllegalStateException("the stream has no pipeline yet");
        return ctx.channel();
    }

    private StreamHead known() {
        StreamHead known = head;
        if (known == null) throw new IllegalStateException("no request was read");
        return known;
    }
}
