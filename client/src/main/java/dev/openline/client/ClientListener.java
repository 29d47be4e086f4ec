package dev.openline.client;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

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

    /** The server's application says something to this client, on no channel. */
    default void onMessage(@Nullable Payload data) {}

    /** A publish came into the outbox or left it. Several at once are told once. */
    default void onPending(Pending pending) {}

    // --- channels that the server subscribed the client to ---

    /** The server has subscribed this client, unasked. What was missed and could be recovered follows as publications. */
    default void onServerSubscribed(String channel, Subscribed how) {}

    /** The channel can't be heard for now. With the next session it is heard again, or {@link #onServerUnsubscribed} says that it is not. */
    default void onServerSubscribing(String channel, Cause why) {}

    /** The channel is not heard any more. */
    default void onServerUnsubscribed(String channel, Cause why) {}

    /** Something was said on a channel that the server subscribed this client to; other channels have listeners of their own. */
    default void onPublication(String channel, Publication publication) {}

    /** Someone came to a channel that the server subscribed this client to. */
    default void onJoin(String channel, ClientInfo who) {}

    /** Someone left a channel that the server subscribed this client to. */
    default void onLeave(String channel, ClientInfo who) {}
}
