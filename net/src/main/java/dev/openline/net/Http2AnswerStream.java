package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import java.nio.ByteBuffer;

/**
 * A body on a stream of HTTP/2: {@link StreamBytes} makes DATA of it, and the peer's windows are its backpressure. A reset ends it (RFC 9113
 * §5.4.2), and with a reset it is aborted.
 */
final class Http2AnswerStream extends AnswerStream {
    private final Channel stream;
    private final StreamBytes bytes;

    /** @param bytes what stands before it in the pipeline */
    Http2AnswerStream(Setup setup, Channel stream, StreamBytes bytes) {
        super(setup, stream);
        this.stream = stream;
        this.bytes = bytes;
    }

    @Override
    ChannelHandlerContext writer(ChannelHandlerContext own) {
        return own;
    }

    @Override
    int framed(int size) {
        return size;
    }

    @Override
    void put(LineOutput to, ByteBuffer from) {
        int size = from.remaining();
        to.room(size).writeBytes(from.duplicate());
        to.wrote(size);
    }

    @Override
    void put(LineOutput to, ByteBuf from) {
        to.write(from);
    }

    @Override
    ChannelFuture finish(LineOutput to) {
        to.flush();
        return bytes.end();
    }

    @Override
    void after() {
        stream.close();
    }
}
