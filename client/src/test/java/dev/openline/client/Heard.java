package dev.openline.client;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Writes down what a client and one of its subscriptions tell, for the test's thread to read. */
final class Heard implements ClientListener, SubscriptionListener {
    final List<Long> offsets = new CopyOnWriteArrayList<>();
    final List<String> texts = new CopyOnWriteArrayList<>();
    final List<Subscribed> subscribed = new CopyOnWriteArrayList<>();
    final List<Cause> unsubscribed = new CopyOnWriteArrayList<>();
    final List<Cause> connecting = new CopyOnWriteArrayList<>();
    final List<Cause> disconnected = new CopyOnWriteArrayList<>();
    final List<String> joined = new CopyOnWriteArrayList<>();
    final List<String> left = new CopyOnWriteArrayList<>();
    final List<Pending> pending = new CopyOnWriteArrayList<>();
    final List<String> served = new CopyOnWriteArrayList<>();
    final List<Long> servedOffsets = new CopyOnWriteArrayList<>();
    volatile Result.@Nullable ConnectResult session;

    /** The server's name for this client. */
    String client() {
        Result.ConnectResult current = session;
        return current == null ? "" : current.client();
    }

    @Override
    public void onPublication(Publication publication) {
        texts.add(publication.data().text());
        offsets.add(publication.offset());
    }

    @Override
    public void onSubscribed(Subscribed how) {
        subscribed.add(how);
    }

    @Override
    public void onUnsubscribed(Cause why) {
        unsubscribed.add(why);
    }

    @Override
    public void onJoin(ClientInfo who) {
        joined.add(who.client());
    }

    @Override
    public void onLeave(ClientInfo who) {
        left.add(who.client());
    }

    @Override
    public void onConnecting(Cause why, Duration nextDial) {
        session = null;
        connecting.add(why);
    }

    @Override
    public void onConnected(Result.ConnectResult opened) {
        session = opened;
    }

    @Override
    public void onDisconnected(Cause why) {
        session = null;
        disconnected.add(why);
    }

    @Override
    public void onPending(Pending now) {
        pending.add(now);
    }

    @Override
    public void onServerSubscribed(String channel, Subscribed how) {
        served.add(channel + " " + how.recovery());
    }

    @Override
    public void onPublication(String channel, Publication publication) {
        servedOffsets.add(publication.offset());
    }
}
