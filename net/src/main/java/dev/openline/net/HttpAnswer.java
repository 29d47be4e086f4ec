package dev.openline.net;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;

/** Spells answers in HTTP/1.1. */
final class HttpAnswer {
    /** What becomes of the connection after an answer. */
    enum Then {
        GO_ON,
        CLOSE
    }

    /** The head of an answer whose body is streamed: whole for the encoder, which has to spell nothing more of it. */
    static final class Head extends DefaultFullHttpResponse {
        Head(HttpResponseStatus status) {
            super(HttpVersion.HTTP_1_1, status, Unpooled.EMPTY_BUFFER);
        }
    }

    private HttpAnswer() {}

    /**
     * An answer, ready for the encoder.
     *
     * @param method of the request: a HEAD is told how long the body would be and gets none (RFC 9110 §9.3.2)
     */
    static FullHttpResponse of(HttpResponse response, String method, Then then) {
        ByteBuf body = method.equals("HEAD") ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(response.body());
        FullHttpResponse http =
                new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.valueOf(response.status()), body);
        response.headers().forEach(http.headers()::set);
        if (response.status() != 204 && response.status() != 304) {
            http.headers().set(HttpHeaderNames.CONTENT_LENGTH, response.body().length);
        }
        http.headers().set(HttpHeaderNames.CONNECTION, connection(then));
        return http;
    }

    /** The head of a streamed answer. Without chunks its end is that of the connection (RFC 9112 §6.3). */
    static FullHttpResponse head(HttpResponse response, HttpVersion askedIn, Then then) {
        FullHttpResponse http = new Head(HttpResponseStatus.valueOf(response.status()));
        response.headers().forEach(http.headers()::set);
        http.headers().remove(HttpHeaderNames.CONTENT_LENGTH).remove(HttpHeaderNames.TRANSFER_ENCODING);
        if (Http1AnswerStream.isChunked(askedIn)) {
            http.headers().set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        }
        http.headers().set(HttpHeaderNames.CONNECTION, connection(then));
        return http;
    }

    private static CharSequence connection(Then then) {
        return then == Then.GO_ON ? HttpHeaderValues.KEEP_ALIVE : HttpHeaderValues.CLOSE;
    }
}
