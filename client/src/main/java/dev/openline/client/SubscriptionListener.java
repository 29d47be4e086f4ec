package dev.openline.client;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Publication;

/**
 * Hears one channel. Called on the client's event loop, one call after another, so it must not block; an exception is logged and changes
 * nothing.
 *
 * <p>What it hears of a channel with a log: publications in the order of their offsets, none twice, and none left out without a call of
 * {@link #onSubscribed} that says so. (A server may leave publications out by agreement: a channel that only promises its latest value
 * jumps.)
 */
@FunctionalInterface
public interface SubscriptionListener {
    /** Something was said on the channel. */
    void onPublication(Publication publication);

    /** As {@link #onPublication(Publication)}, which this calls unless it is overridden, with the way it came. */
    default void onPublication(Publication publication, Arrival arrival) {
        onPublication(publication);
    }

    /** The channel can't be heard for now; the client goes on trying. */
    default void onSubscribing(Cause why) {}

    /** The channel is heard from now on. What was missed and could be recovered follows as publications, before newer ones. */
    default void onSubscribed(Subscribed how) {}

    /** The channel is not heard any more, for good. Nothing follows. */
    default void onUnsubscribed(Cause why) {}

    /** Someone came; only if {@link SubscribeOptions#joinsAndLeaves} was asked for and the server agreed. */
    default void onJoin(ClientInfo who) {}

    /** Someone left; see {@link #onJoin}. */
    default void onLeave(ClientInfo who) {}
}
