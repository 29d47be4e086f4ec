package dev.openline.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.NotSslRecordException;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.channels.ClosedChannelException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a connection to a TLS port starts with: waits for the end of the TLS handshake, and then gives its place to what reads the
 * protocol that was agreed. The deadline of {@link ServerOptions#handshakeTimeout} covers both.
 */
final class TlsFront extends LineClock.Timed implements Seat.Occupant {
    private static final Logger log = LoggerFactory.getLogger(WebSocketServer.class);
    private static final QuietLog peers = QuietLog.of(log);

    private final ServerOptions options;
    private final Seat seat;
    private final SocketChannel channel;
    private final long deadline;

    private TlsFront(ServerOptions options, Seat seat, SocketChannel channel) {
        this.options = options;
        this.seat = seat;
        this.channel = channel;
        this.deadline = Surroundings.nanoTime() + options.handshakeTimeout().toNanos();
    }

    static void install(SocketChannel channel, ServerOptions options, Seat seat, ServerTls tls) {
        if (seat.refusal() != null) {
            // A 503 would cost a handshake, which is what a server that is full can afford least.
            channel.close();
            return;
        }
        SslHandler handler = tls.newHandler(channel.alloc());
        // A peer that ends its half is done with us, as one that ends TCP's is: nobody reads what we would still say.
        handler.sslCloseFuture().addListener(ended -> {
            if (ended.isSuccess()) channel.close();
        });
        // A part of a record would keep the whole buffer that the loop's connections share for reading.
        channel.pipeline().addLast("tls-own-copy", OwnCopy.INSTANCE);
        channel.pipeline().addLast("tls", handler);
        channel.pipeline().addLast("front", new TlsFront(options, seat, channel));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        LineClock.of(channel.eventLoop()).watch(this);
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext ctx) {
        LineClock.of(channel.eventLoop()).unwatch(this);
    }

    @Override
    long nextDeadline() {
        return deadline;
    }

    @Override
    void onTime(long nowNanos) {
        log.debug("closed the connection of {}: no whole TLS handshake in time", channel.remoteAddress());
        channel.close();
    }

    @Override
    public void leave() {
        channel.close();
    }

    @Override
    public void cut(String why) {
        channel.close();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
        if (!(event instanceof SslHandshakeCompletionEvent handshake)) return;
        if (!handshake.isSuccess()) {
            failed(handshake.cause());
            return;
        }
        ctx.pipeline().remove(this);
        String agreed = ctx.pipeline().get(SslHandler.class).applicationProtocol();
        if (ApplicationProtocolNames.HTTP_2.equals(agreed)) Http2Front.install(channel, options, seat, deadline);
        else HttpFront.install(channel, options, seat, deadline);
    }

    /** The engine sends its alert and closes by itself. */
    private void failed(Throwable cause) {
        if (cause instanceof ClosedChannelException) {
            log.debug("{} went away during the TLS handshake", channel.remoteAddress());
        } else if (cause instanceof NotSslRecordException) {
            // Its message has the peer's bytes in it.
            peers.info("closed the connection of {}: it does not speak TLS", channel.remoteAddress());
        } else {
            peers.info("closed the connection of {}: {}", channel.remoteAddress(), cause.getMessage());
        }
    }

    /** The same failure once more, as an exception, or a reset. */
    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        log.debug("connection of {} broke: {}", channel.remoteAddress(), cause.toString());
        ctx.close();
    }
}
