package dev.openline.net;

import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;

/** Reads requests within the server's bounds, and tells how much it holds of those that follow. */
final class RequestDecoder extends HttpRequestDecoder {
    private static final int MAX_REQUEST_LINE_BYTES = 8 << 10;

    RequestDecoder(ServerOptions options) {
        super(new HttpDecoderConfig()
                .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
                .setMaxHeaderSize(options.maxHttpHeaderBytes())
                .setHeadersFactory(BoundedHeaders.upTo(options.maxHttpHeaders()))
                .setTrailersFactory(BoundedHeaders.upTo(options.maxHttpHeaders())));
    }

    /** RFC 9112 §3 lets a server take other blanks for the one space, and warns of it: what we cut there another may not. */
    @Override
    protected String splitSecondWordInitialLine(byte[] line, int start, int length) {
        int end = start + length;
        boolean oneSpaceBefore = start > 1 && line[start - 1] == ' ' && line[start - 2] > ' ';
        boolean oneSpaceBehind = end + 1 < line.length && line[end] == ' ' && line[end + 1] > ' ';
        if (!oneSpaceBefore || !oneSpaceBehind) throw new IllegalArgumentException("not one space between the words");
        return super.splitSecondWordInitialLine(line, start, length);
    }

    /** Bytes that came and were not looked at: what is behind the request that was read last. */
    int unread() {
        return actualReadableBytes();
    }
}
