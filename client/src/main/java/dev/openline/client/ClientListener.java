package dev.openline.client;

import dev.openline.protocol.Result;
import java.time.Duration;

/**
 * Hears how a client fares. Called on the client's event loop, one call after another, so it must not block; an exception is logged and
 * changes nothing.
 */
public interface ClientListener {
    /**
     * There is no session. Called when the client begins to connect, when its line is lost, and again after each dial or connect that
     * failed.
     *
     * @param nextDial how long the client waits before it dials (again)
     */
    default void onConnecting(Cause why, Duration nextDial) {}

    /** The session is open. Subscriptions are agreed on one by one; their listeners hear of it. */
    default void onConnected(Result.ConnectResult session) {}

    /** There is no session, and the client won't dial any more unless {@code connect()} is called. */
    default void onDisconnected(Cause why) {}
}
