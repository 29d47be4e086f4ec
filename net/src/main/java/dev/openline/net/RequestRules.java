package dev.openline.net;

import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpContentException;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What every HTTP/1 request must be beside decodable, so that no two servers in a row read it differently, and no log or header is forged. */
final class RequestRules {
    /** Why a request is refused; the sentence is free of the peer's bytes. */
    record Fault(int status, String why) {}

    private RequestRules() {}

    /** What the decoder gave up for. */
    static Fault unreadable(FullHttpRequest request) {
        Throwable cause = request.decoderResult().cause();
        if (cause instanceof TooLongHttpHeaderException)
            return new Fault(431, "the header fields are too large or too many");
        if (cause instanceof TooLongHttpLineException) {
            // Where there is a field already, the line is one between the chunks of a body.
            return request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING)
                    ? new Fault(400, "a chunk's extension is too long")
                    : new Fault(414, "the request target is too long");
        }
        if (cause instanceof TooLongHttpContentException) return new Fault(413, "the body is too large");
        return new Fault(400, "the request can't be read");
    }

    static @Nullable Fault faultOf(FullHttpRequest request, HttpRequest asked) {
        HttpVersion version = request.protocolVersion();
        if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
            return new Fault(505, "this version of HTTP is not spoken here");
        }
        if (!isVisible(asked.target())) return new Fault(400, "malformed request target");
        for (Header header : asked.headers()) {
            if (!header.isWellFormed()) return new Fault(400, "malformed header");
        }
        if (!hasGoodHost(asked.headers(), version)) return new Fault(400, "not exactly one valid Host header");
        if (!hasGoodCoding(asked.headers())) return new Fault(400, "Transfer-Encoding is not exactly 'chunked'");
        if (!asked.isDecodable()) return new Fault(400, "malformed escape in the request target");
        return null;
    }

    /** A fragment is for the client alone (RFC 9112 §3.2). */
    private static boolean isVisible(String target) {
        for (int i = 0; i < target.length(); i++) {
            char c = target.charAt(i);
            if (c <= ' ' || c >= 0x7f || c == '#') return false;
        }
        return !target.isEmpty();
    }

    /**
     * RFC 9112 §6.1 lets a server refuse codings that it doesn't know. Of several, or one that is written otherwise, one server sees the end
     * of the body in its chunks and the next one somewhere else: what is between is a request to one of them.
     */
    private static boolean hasGoodCoding(Headers headers) {
        List<String> codings = headers.all("transfer-encoding");
        return codings.isEmpty() || codings.size() == 1 && codings.get(0).equalsIgnoreCase("chunked");
    }

    /** RFC 9112 §3.2. Two would let one server believe the first and the next one the second. */
    private static boolean hasGoodHost(Headers headers, HttpVersion version) {
        List<String> hosts = headers.all("host");
        if (hosts.isEmpty()) return version.equals(HttpVersion.HTTP_1_0);
        return hosts.size() == 1 && (hosts.get(0).isEmpty() || WebOrigin.at("http", hosts.get(0)) != null);
    }
}
