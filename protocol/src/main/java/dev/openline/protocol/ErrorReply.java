package dev.openline.protocol;

/**
 * A command was understood and refused; the connection goes on. The constants are the protocol's own codes; applications use 400–1999.
 *
 * @param code the protocol's error code
 * @param message a short text for a developer
 * @param temporary whether the same command may succeed later; clients retry only then
 */
public record ErrorReply(int code, String message, boolean temporary) {
    public static final ErrorReply INTERNAL = new ErrorReply(100, "internal server error", true);
    public static final ErrorReply UNAUTHORIZED = new ErrorReply(101, "unauthorized", false);
    public static final ErrorReply UNKNOWN_CHANNEL = new ErrorReply(102, "unknown channel", false);
    public static final ErrorReply PERMISSION_DENIED = new ErrorReply(103, "permission denied", false);
    public static final ErrorReply METHOD_NOT_FOUND = new ErrorReply(104, "method not found", false);
    public static final ErrorReply ALREADY_SUBSCRIBED = new ErrorReply(105, "already subscribed", false);
    public static final ErrorReply LIMIT_EXCEEDED = new ErrorReply(106, "limit exceeded", false);
    public static final ErrorReply BAD_REQUEST = new ErrorReply(107, "bad request", false);
    public static final ErrorReply NOT_AVAILABLE = new ErrorReply(108, "not available", false);
    public static final ErrorReply TOKEN_EXPIRED = new ErrorReply(109, "token expired", false);
    public static final ErrorReply EXPIRED = new ErrorReply(110, "expired", false);
    public static final ErrorReply TOO_MANY_REQUESTS = new ErrorReply(111, "too many requests", true);
    public static final ErrorReply UNRECOVERABLE_POSITION = new ErrorReply(112, "unrecoverable position", false);

    /** {@link #BAD_REQUEST} with what is bad about it, which must hold nothing secret and nothing of other clients. */
    public static ErrorReply badRequest(String what) {
        return new ErrorReply(BAD_REQUEST.code, BAD_REQUEST.message + ": " + what, false);
    }
}
