package dev.openline.server;

import dev.openline.hub.Cursor;

/** One channel of one session, from its subscribe reply to its end. */
final class Subscription {
    /** Whether a session has a channel. */
    enum State {
        NONE,
        SUBSCRIBED
    }

    /** Who asked for the subscription, and so who has to hear how it ends. */
    enum Side {
        CLIENT,
        SERVER
    }

    static final long NEVER = Long.MAX_VALUE;

    final String channel;
    final Side side;
    final Cursor<EncodedPush> cursor;
    Grant grant;

    /** When it ends unless it is refreshed, on the session's clock in milliseconds. */
    long endsAt;

    Subscription(String channel, Side side, Cursor<EncodedPush> cursor, Grant grant) {
        this.channel = channel;
        this.side = side;
        this.cursor = cursor;
        this.grant = grant;
    }
}
