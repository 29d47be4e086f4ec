package dev.openline.protocol;

/**
 * Why a server ends a session: the status and reason of the WebSocket's close frame.
 *
 * @param code 3000–4999; clients redial unless it is in 3500–3999 or 4500–4999
 * @param reason a short text, at most 123 bytes of UTF-8 (RFC 6455 §5.5.1 leaves no more)
 */
public record Disconnect(int code, String reason) {
    public static final Disconnect CONNECTION_CLOSED = new Disconnect(3000, "connection closed");
    public static final Disconnect SHUTDOWN = new Disconnect(3001, "shutdown");
    public static final Disconnect INTERNAL_ERROR = new Disconnect(3004, "internal server error");
    public static final Disconnect EXPIRED = new Disconnect(3005, "connection expired");
    public static final Disconnect SUBSCRIPTION_EXPIRED = new Disconnect(3006, "subscription expired");
    public static final Disconnect SLOW = new Disconnect(3008, "slow");
    public static final Disconnect WRITE_ERROR = new Disconnect(3009, "write error");
    public static final Disconnect INSUFFICIENT_STATE = new Disconnect(3010, "insufficient state");
    public static final Disconnect FORCE_RECONNECT = new Disconnect(3011, "force reconnect");
    public static final Disconnect NO_PONG = new Disconnect(3012, "no pong");
    public static final Disconnect TOO_MANY_REQUESTS = new Disconnect(3013, "too many requests");
    public static final Disconnect INVALID_TOKEN = new Disconnect(3500, "invalid token");
    public static final Disconnect BAD_REQUEST = new Disconnect(3501, "bad request");
    public static final Disconnect STALE = new Disconnect(3502, "stale");
    public static final Disconnect FORCE_DISCONNECT = new Disconnect(3503, "force disconnect");
    public static final Disconnect CONNECTION_LIMIT = new Disconnect(3504, "connection limit");
    public static final Disconnect CHANNEL_LIMIT = new Disconnect(3505, "channel limit");
    public static final Disconnect INAPPROPRIATE_PROTOCOL = new Disconnect(3506, "inappropriate protocol");
    public static final Disconnect PERMISSION_DENIED = new Disconnect(3507, "permission denied");
    public static final Disconnect NOT_AVAILABLE = new Disconnect(3508, "not available");
    public static final Disconnect TOO_MANY_ERRORS = new Disconnect(3509, "too many errors");

    public Disconnect {
        if (code < 3000 || code > 4999)
            throw new IllegalArgumentException("disconnect code " + code + " is not in 3000–4999");
    }

    /** Whether a client that hears this code should dial again. */
    public boolean redials() {
        return redials(code);
    }

    /** Whether a client should dial again after a close with this code: all but 3500–3999 and 4500–4999. */
    public static boolean redials(int code) {
        return !((code >= 3500 && code <= 3999) || (code >= 4500 && code <= 4999));
    }
}
