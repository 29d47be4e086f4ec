package dev.openline.wire;

/**
 * The head of an HTTP response.
 *
 * @param status 101, 400, …
 * @param reason the phrase after it; may be empty
 */
public record ResponseHead(int status, String reason, Headers headers) {}
