package dev.openline.server;

/**
 * Ways for clients that only listen: they say who they are when they open the line, and then hear of the channels that the server subscribes them to. No SDK is
 * needed for that, but also nothing can be asked, and nothing acknowledged.
 */
public enum Unidirectional {
    /** {@code /connection/uni_websocket}: pings are WebSocket's own. */
    WEBSOCKET,
    /** {@code /connection/uni_sse}: an {@code EventSource}. */
    SSE,
    /** {@code /connection/uni_http_stream}: a response of JSON lines. */
    HTTP_STREAM
}
