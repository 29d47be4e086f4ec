package dev.openline.net;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands at the listening socket for when accepting fails, which is when the process or the system has no file descriptor left. What waits
 * to be accepted keeps the socket ready, so trying on at once would be a busy loop: accepting pauses, and is tried again. The log hears of
 * it when it begins and when it is over.
 */
final class Doorkeeper extends ChannelInboundHandlerAdapter {
    private static final Logger log = LoggerFactory.getLogger(WebSocketServer.class);

    /** Long enough to cost nothing, short enough that those who wait hardly notice. */
    static final long PAUSE_MILLIS = 100;

    /** One place that becomes free and is taken at once is no news. */
    private static final long QUIET_NANOS = TimeUnit.SECONDS.toNanos(10);

    private boolean pausing;
    private boolean failing;
    private long quietUntil = Surroundings.nanoTime();

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object accepted) {
        if (failing) {
            failing = false;
            log.info("accepting connections again");
        }
        ctx.fireChannelRead(accepted);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        long now = Surroundings.nanoTime();
        if (!failing && now - quietUntil >= 0) {
            failing = true;
            quietUntil = now + QUIET_NANOS;
            log.warn("cannot accept connections, trying every {} ms: {}", PAUSE_MILLIS, cause.toString());
        }
        if (pausing) return;
        pausing = true;
        ctx.channel().config().setAutoRead(false);
        ctx.channel()
                .eventLoop()
                .schedule(
                        () -> {
                            pausing = false;
                            ctx.channel().config().setAutoRead(true);
                        },
                        PAUSE_MILLIS,
                        TimeUnit.MILLISECONDS);
    }
}
