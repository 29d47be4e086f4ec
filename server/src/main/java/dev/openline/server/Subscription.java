package dev.openline.server;

import dev.openline.hub.Cursor;
import dev.openline.net.SharedFrame;

/** One channel of one session, from its subscribe reply to its end. */
record Subscription(String channel, Cursor<SharedFrame> cursor) {
    /** Whether a session has a channel. */
    enum State {
        NONE,
        SUBSCRIBED
    }
}
