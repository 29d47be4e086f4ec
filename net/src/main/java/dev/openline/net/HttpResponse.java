package dev.openline.net;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An answer to a plain HTTP request: whole, with the {@code Content-Length} that is added when it is sent, or streamed.
 *
 * @param status 200–599
 * @param headers fields to send, one value each; values with control characters are refused when sent
 * @param body the whole body. Not to be changed. Empty when it is streamed
 * @param stream who streams the body; null when it is whole
 */
public record HttpResponse(
        int status,
        Map<String, String> headers,
        byte[] body,
        @Nullable HttpStreamHandler stream) {
    private static final byte[] NOTHING = {};

    public HttpResponse {
        if (status < 200 || status > 599) throw new IllegalArgumentException("status " + status + " is not in 200–599");
        headers = Map.copyOf(headers);
        if (stream != null && (status == 204 || status == 205 || status == 304)) {
            throw new IllegalArgumentException("an answer with status " + status + " has no body to stream");
        }
        if (stream != null && body.length > 0) throw new IllegalArgumentException("a body that is whole and streamed");
    }

    /** An answer that is whole. */
    public HttpResponse(int status, Map<String, String> headers, byte[] body) {
        this(status, headers, body, null);
    }

    /** An answer without a body. */
    public static HttpResponse empty(int status) {
        return new HttpResponse(status, Map.of(), NOTHING);
    }

    /** A short plain text, for people. */
    public static HttpResponse text(int status, String text) {
        return of(status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** A JSON document. */
    public static HttpResponse json(int status, String json) {
        return of(status, "application/json", json.getBytes(StandardCharsets.UTF_8));
    }

    /** A body of any type. */
    public static HttpResponse of(int status, String contentType, byte[] body) {
        return new HttpResponse(status, Map.of("content-type", contentType), body);
    }

    /**
     * An answer whose body is sent as it comes and ends when the handler ends it. {@code Content-Length} and {@code Transfer-Encoding} are the
     * connection's to say, whatever the headers have.
     *
     * @param status one that may have a body: neither 204, 205 nor 304
     * @param handler is told of this one stream; give it to no other answer unless it keeps streams apart
     */
    public static HttpResponse stream(int status, String contentType, HttpStreamHandler handler) {
        return new HttpResponse(status, Map.of("content-type", contentType), NOTHING, handler);
    }

    /** The same answer with one more header field, or another value for it. */
    public HttpResponse with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new HttpResponse(status, more, body, stream);
    }
}
