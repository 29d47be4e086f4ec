package dev.openline.net;

import io.netty.channel.Channel;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The stream of an answer that has no body, so that its handler hears of its end as every other does. */
record EndedStream(HttpRequest request, Channel channel) implements HttpStream {
    private static final Logger log = LoggerFactory.getLogger(HttpStream.class);

    /** On the channel's loop. */
    static void tell(HttpStreamHandler handler, HttpRequest request, Channel channel) {
        EndedStream over = new EndedStream(request.keptWithoutBody(), channel);
        try {
            handler.onOpen(over);
        } catch (Throwable fault) {
            log.warn("the handler of {} failed", request, fault);
        }
        try {
            handler.onClosed(over);
        } catch (Throwable fault) {
            log.warn("the handler of {} failed on close", request, fault);
        }
    }

    @Override
    public SendResult write(ByteBuffer bytes) {
        return SendResult.CLOSED;
    }

    @Override
    public SendResult write(SharedBytes bytes) {
        return SendResult.CLOSED;
    }

    @Override
    public boolean isWritable() {
        return false;
    }

    @Override
    public long sentBytes() {
        return 0;
    }

    @Override
    public void end() {}

    @Override
    public void abort() {}

    @Override
    public Executor executor() {
        return channel.eventLoop();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        return channel.remoteAddress();
    }
}
