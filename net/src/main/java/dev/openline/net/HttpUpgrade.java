package dev.openline.net;

import dev.openline.wire.Answer;
import dev.openline.wire.ExtensionNegotiation;
import dev.openline.wire.Header;
import dev.openline.wire.RequestHead;
import dev.openline.wire.ResponseHead;
import dev.openline.wire.ServerHandshake;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An upgrade by HTTP/1.1 (RFC 6455 §4.2). It stands at the end of the pipeline from the moment the request was read, keeps what the peer
 * sends after it, and gives its place and those bytes to the {@link Line}, if there is to be one.
 */
final class HttpUpgrade extends ChannelInboundHandlerAdapter
        implements UpgradeGate.Candidate, HandshakeMeter.Front, Seat.Occupant {
    private static final Logger log = LoggerFactory.getLogger(WebSocketServer.class);

    /** What a peer may send ahead of the answer before reading stops; the read that exceeds it is kept too. */
    private static final int MAX_AHEAD_BYTES = 16 << 10;

    private final HttpRequest asked;
    private final RequestHead head;
    private final ArrayDeque<ByteBuf> ahead = new ArrayDeque<>();
    private int aheadBytes;
    private boolean readingStopped;
    private UpgradeGate.@Nullable Judging judging;
    private @Nullable ChannelHandlerContext context;

    HttpUpgrade(HttpRequest asked, RequestHead head) {
        this.asked = asked;
        this.head = head;
    }

    /** All earlier requests of the connection are answered: it is this one's turn. */
    void begin(UpgradeGate gate) {
        judging = gate.judge(this);
    }

    /** A line that would only be told to leave is not opened any more. */
    @Override
    public void leave() {
        if (judging != null) judging.cancel();
        refuse(Admission.refusal("the server is going away"));
    }

    @Override
    public void cut(String why) {
        context().close();
    }

    /** Bytes behind the request: its time is the decision's. */
    @Override
    public void requestBegins() {}

    @Override
    public void overwhelmed() {
        if (judging != null) judging.cancel();
        refuse(HandshakeBudget.SPENT);
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object message) {
        ByteBuf bytes = (ByteBuf) message;
        ahead.add(bytes);
        aheadBytes += bytes.readableBytes();
        if (aheadBytes > MAX_AHEAD_BYTES && !readingStopped) {
            readingStopped = true;
            ctx.channel().config().setAutoRead(false);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        if (judging != null) judging.cancel();
        drop();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        drop();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("connection of {} broke: {}", ctx.channel().remoteAddress(), cause.toString());
        ctx.close();
    }

    private void drop() {
        ahead.forEach(ByteBuf::release);
        ahead.clear();
    }

    // --- the candidate
    // -----------------------------------------------------------------------------------------------------------

    @Override
    public HttpRequest asked() {
        return asked;
    }

    @Override
    public EventLoop loop() {
        return context().channel().eventLoop();
    }

    @Override
    public Answer judge(List<String> subprotocols, ExtensionNegotiation negotiation) {
        return ServerHandshake.answer(head, subprotocols, negotiation);
    }

    @Override
    public void open(ResponseHead answer, LineSetup setup) {
        ChannelHandlerContext ctx = context();
        // Frames are not HTTP: what the line writes from its first moment on goes past the encoder, as the answer does.
        ctx.pipeline().remove("encoder");
        ctx.write(encoded(answer, ctx.alloc()));
        ctx.pipeline().remove("own-copy");
        ctx.pipeline().remove("meter");
        if (readingStopped) ctx.channel().config().setAutoRead(true);
        ctx.pipeline().addLast("line", new Line(setup, ctx.channel()));
        boolean handedOn = !ahead.isEmpty();
        for (ByteBuf bytes = ahead.poll(); bytes != null; bytes = ahead.poll()) ctx.fireChannelRead(bytes);
        if (handedOn) ctx.fireChannelReadComplete();
        ctx.pipeline().remove(this);
        // The line flushes what it wrote itself; a handler that says nothing at first would leave the answer behind.
        ctx.channel().flush();
    }

    private static ByteBuf encoded(ResponseHead answer, ByteBufAllocator memory) {
        StringBuilder head = new StringBuilder(256).append("HTTP/1.1 ").append(answer.status());
        head.append(' ').append(answer.reason()).append("\r\n");
        for (Header header : answer.headers()) {
            if (!header.isWellFormed()) throw new IllegalStateException("HTTP cannot carry header " + header.name());
            head.append(header.name()).append(": ").append(header.value()).append("\r\n");
        }
        return ByteBufUtil.writeAscii(memory, head.append("\r\n"));
    }

    @Override
    public void refuse(HttpResponse answer) {
        HttpFarewell.say(context(), answer, asked.method());
    }

    private ChannelHandlerContext context() {
        ChannelHandlerContext ctx = context;
        if (ctx == null) throw new IllegalStateException("the upgrade is not in its pipeline yet");
        return ctx;
    }
}
