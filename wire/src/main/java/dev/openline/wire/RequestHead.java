package dev.openline.wire;

/**
 * The head of an HTTP request.
 *
 * @param target the request target as it stood in the request line
 * @param version such as {@code HTTP/1.1}
 */
public record RequestHead(String method, String target, String version, Headers headers) {}
