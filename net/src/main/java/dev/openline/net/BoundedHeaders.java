package dev.openline.net;

import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpHeadersFactory;
import io.netty.handler.codec.http.TooLongHttpHeaderException;

/**
 * Header fields as they are read, up to a number. The smallest take four bytes on the wire and a hundred in memory, so a bound on bytes
 * alone would let a peer fill thirty times as much.
 */
final class BoundedHeaders extends DefaultHttpHeaders {
    private final int most;

    private BoundedHeaders(int most) {
        this.most = most;
    }

    static HttpHeadersFactory upTo(int most) {
        return new HttpHeadersFactory() {
            @Override
            public HttpHeaders newHeaders() {
                return new BoundedHeaders(most);
            }

            @Override
            public HttpHeaders newEmptyHeaders() {
                return new BoundedHeaders(most);
            }
        };
    }

    /** The decoder adds by this method only. */
    @Override
    public HttpHeaders add(CharSequence name, Object value) {
        if (size() >= most) throw new TooLongHttpHeaderException("more than " + most + " header fields");
        return super.add(name, value);
    }
}
