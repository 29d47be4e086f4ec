package dev.openline.wire;

/**
 * The head of an HTTP request.
 *
 * @param target the request target as it stood in the request line
 * @param version such as {@code HTTP/1.1}
 */
public record RequestHead(String method, String target, String version, Headers headers) {
    /** The request line without its query, which may hold what must not be logged, and the headers' names. */
    @Override
    public String toString() {
        int query = target.indexOf('?');
        return method + " " + (query < 0 ? target : target.substring(0, query) + "?…") + " " + version + " " + headers;
    }
}
