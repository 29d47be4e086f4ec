package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.ByteBuffer;

/**
 * A body in HTTP/1.1, where each write is a chunk (RFC 9112 §7.1), and for clients of HTTP/1.0, for whom it ends with the connection. It goes
 * past the encoder, which knows of its head only.
 */
final class Http1AnswerStream extends AnswerStream {
    private static final byte[] LAST_CHUNK = {'0', '\r', '\n', '\r', '\n'};
    private static final int LINE_END = '\r' << 8 | '\n';
    private static final int LINE_END_BYTES = 2;

    private final boolean chunked;
    private final Runnable then;

    /** @param then what the connection goes on with after the body */
    Http1AnswerStream(Setup setup, Channel channel, HttpVersion version, Runnable then) {
        super(setup, channel);
        this.chunked = isChunked(version);
        this.then = then;
    }

    static boolean isChunked(HttpVersion version) {
        return version.equals(HttpVersion.HTTP_1_1);
    }

    @Override
    ChannelHandlerContext writer(ChannelHandlerContext own) {
        return own.pipeline().context("encoder");
    }

    @Override
    int framed(int size) {
        return chunked ? headSize(size) + size + LINE_END_BYTES : size;
    }

    /** In hexadecimal digits, without zeros before them. */
    private static int digits(int size) {
        return (Integer.SIZE - Integer.numberOfLeadingZeros(size) + 3) / 4;
    }

    private static int headSize(int size) {
        return digits(size) + LINE_END_BYTES;
    }

    private static void writeHead(ByteBuf to, int size) {
        for (int shift = 4 * (digits(size) - 1); shift >= 0; shift -= 4) {
            to.writeByte(Character.forDigit(size >> shift & 0xf, 16));
        }
        to.writeShort(LINE_END);
    }

    @Override
    void put(LineOutput to, ByteBuffer bytes) {
        int size = bytes.remaining();
        ByteBuf room = to.room(framed(size));
        if (chunked) writeHead(room, size);
        room.writeBytes(bytes.duplicate());
        if (chunked) room.writeShort(LINE_END);
        to.wrote(framed(size));
    }

    @Override
    void put(LineOutput to, ByteBuf bytes) {
        int size = bytes.readableBytes();
        if (!chunked) {
            to.write(bytes);
            return;
        }
        writeHead(to.room(headSize(size)), size);
        to.wrote(headSize(size));
        to.write(bytes);
        to.room(LINE_END_BYTES).writeShort(LINE_END);
        to.wrote(LINE_END_BYTES);
    }

    @Override
    ChannelFuture finish(LineOutput to) {
        if (chunked) {
            to.room(LAST_CHUNK.length).writeBytes(LAST_CHUNK);
            to.wrote(LAST_CHUNK.length);
        }
        return to.mark();
    }

    @Override
    void after() {
        then.run();
    }
}
