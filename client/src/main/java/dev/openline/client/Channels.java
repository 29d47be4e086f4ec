package dev.openline.client;

import dev.openline.protocol.SubscribeRequest;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** All that a client hears: the subscriptions the application wanted, those the server made, and the way of publications to the application. */
final class Channels {
    final Subscriptions wanted;
    final ServedSubscriptions served;
    final Delivery delivery;

    Channels(ClientSettings settings, Effects effects, Delays delays, TokenFetches fetches) {
        this.wanted = new Subscriptions(effects, delays, fetches);
        this.delivery = new Delivery(effects, settings.encoding(), settings.maxMessageBytes());
        this.served = new ServedSubscriptions(effects, delivery);
    }

    /** Who hears this channel now; of two, the one that the application wanted. */
    @Nullable
    Cursor heard(String channel) {
        Cursor cursor = wanted.heard(channel);
        return cursor != null ? cursor : served.heard(channel);
    }

    /** Where to recover from what the server had subscribed the client to; all of it counts as asked for. */
    Map<String, SubscribeRequest> recoveries() {
        return served.askAll();
    }

    void lineLost() {
        wanted.lineLost();
        served.lineLost();
        delivery.lineLost();
    }

    void endAll(Cause why) {
        wanted.endAll(why);
        served.endAll(why);
    }

    /** The server's word that positions are worth nothing any more. */
    void forgetPositions() {
        wanted.forgetPositions();
        served.forgetPositions();
    }
}
