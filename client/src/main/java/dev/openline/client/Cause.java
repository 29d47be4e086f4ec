package dev.openline.client;

import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Unsubscribed;

/**
 * Why a client or a subscription changed its state.
 *
 * @param code below 100: a cause on this side, one of the constants here (they are numbered per new state, so the same number means
 *     different things in different callbacks); from 100: an error the server answered; 2000–2999: an unsubscribe by the server; from
 *     3000: the close code of the server
 * @param reason a short text for a developer; from the server where the code is
 */
public record Cause(int code, String reason) {
    /** Now connecting: {@code connect()} was called. */
    public static final Cause CONNECT_CALLED = new Cause(0, "connect called");
    /** Now connecting, or subscribing: the line broke, or could not be dialled. */
    public static final Cause TRANSPORT_CLOSED = new Cause(1, "transport closed");
    /** Now connecting: nothing was heard from the server for too long. */
    public static final Cause NO_PING = new Cause(2, "no ping");
    /** Now connecting: a subscribe was not answered in time. */
    public static final Cause SUBSCRIBE_TIMEOUT = new Cause(3, "subscribe timeout");
    /** Now connecting: an unsubscribe was refused, or not answered in time. */
    public static final Cause UNSUBSCRIBE_ERROR = new Cause(4, "unsubscribe error");

    /** Now connecting, or subscribing: the application was asked for a token and gave none in time, or its answer was an exception. */
    public static final Cause TOKEN_FAILED = new Cause(5, "no token");

    /** Now disconnected: {@code disconnect()} or {@code close()} was called. */
    public static final Cause DISCONNECT_CALLED = new Cause(0, "disconnect called");
    /** Now disconnected, or unsubscribed: the application, asked for a token, said that there is none for it. */
    public static final Cause UNAUTHORIZED = new Cause(1, "unauthorized");
    /** Now disconnected: one side sent a message larger than the other takes (close code 1009); a redial would only meet it again. */
    public static final Cause MESSAGE_SIZE_LIMIT = new Cause(3, "message size limit");

    /** Now subscribing: {@code subscribe(…)} was called. */
    public static final Cause SUBSCRIBE_CALLED = new Cause(0, "subscribe called");

    /** Now unsubscribed: {@code unsubscribe()} was called. */
    public static final Cause UNSUBSCRIBE_CALLED = new Cause(0, "unsubscribe called");
    /** Now unsubscribed: the client was closed. */
    public static final Cause CLIENT_CLOSED = new Cause(2, "client closed");

    static Cause of(ErrorReply error) {
        return new Cause(error.code(), error.message());
    }

    static Cause of(Unsubscribed why) {
        return new Cause(why.code(), why.reason());
    }

    static Cause transport(String what) {
        return new Cause(TRANSPORT_CLOSED.code, what);
    }
}
