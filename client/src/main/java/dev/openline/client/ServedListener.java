package dev.openline.client;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Publication;

/** Tells a client's listener of a subscription that the server made. */
record ServedListener(String channel, ClientListener client) implements SubscriptionListener {
    @Override
    public void onPublication(Publication publication) {
        client.onPublication(channel, publication);
    }

    @Override
    public void onSubscribing(Cause why) {
        client.onServerSubscribing(channel, why);
    }

    @Override
    public void onSubscribed(Subscribed how) {
        client.onServerSubscribed(channel, how);
    }

    @Override
    public void onUnsubscribed(Cause why) {
        client.onServerUnsubscribed(channel, why);
    }

    @Override
    public void onJoin(ClientInfo who) {
        client.onJoin(channel, who);
    }

    @Override
    public void onLeave(ClientInfo who) {
        client.onLeave(channel, who);
    }
}
