package dev.openline.net;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * An answer to a plain HTTP request. {@code Content-Length} is added when it is sent.
 *
 * @param status 200–599
 * @param headers fields to send, one value each; values with control characters are refused when sent
 * @param body the whole body. Not to be changed.
 */
public record HttpResponse(int status, Map<String, String> headers, byte[] body) {
    private static final byte[] NOTHING = {};

    public HttpResponse {
        if (status < 200 || status > 599) throw new IllegalArgumentException("status " + status + " is not in 200–599");
        headers = Map.copyOf(headers);
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

    /** The same answer with one more header field, or another value for it. */
    public HttpResponse with(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new HttpResponse(status, more, body);
    }
}
