package dev.openline.client;

import dev.openline.protocol.Push;
import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.Unsubscribed;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions that the server made, with the answer to connect or later. The client only carries their positions over to the next
 * line; which of them there are is the server's word at every connect.
 */
final class ServedSubscriptions {
    private final Effects effects;
    private final Delivery delivery;
    private final Map<String, Cursor> cursors = new LinkedHashMap<>();

    ServedSubscriptions(Effects effects, Delivery delivery) {
        this.effects = effects;
        this.delivery = delivery;
    }

    /** Where to recover from on a new line, by channel; all count as asked for. */
    Map<String, SubscribeRequest> askAll() {
        Map<String, SubscribeRequest> requests = new LinkedHashMap<>();
        for (Cursor cursor : cursors.values()) {
            SubscribeRequest request = cursor.ask();
            if (cursor.isRecoverable()) requests.put(cursor.channel(), request);
        }
        return requests;
    }

    /** The session is open; these are the subscriptions there are. */
    void connected(Map<String, SubscribeResult> results, long now) {
        for (Cursor cursor : List.copyOf(cursors.values())) {
            if (!results.containsKey(cursor.channel())) end(cursor, Cause.of(Unsubscribed.BY_SERVER));
        }
        results.forEach((channel, result) -> subscribed(channel, result, now));
    }

    /** One more, within the session. */
    void subscribed(Push.SubscribePush push, long now) {
        SubscribeResult result =
                new SubscribeResult(push.tracking(), push.position(), Recovery.NOT_ASKED, List.of(), null, push.data());
        subscribed(push.channel(), result, now);
    }

    private void subscribed(String channel, SubscribeResult result, long now) {
        Cursor cursor = cursors.computeIfAbsent(channel, Cursor::byServer);
        if (cursor.phase() == Phases.Subscribing.SUBSCRIBED) cursor.interrupted();
        // The server asked itself.
        if (cursor.phase() == Phases.Subscribing.WAITING) cursor.ask();
        delivery.subscribed(cursor, result, now);
    }

    void end(Cursor cursor, Cause why) {
        cursors.remove(cursor.channel());
        cursor.end();
        effects.unsubscribed(cursor, why);
    }

    void endAll(Cause why) {
        for (Cursor cursor : List.copyOf(cursors.values())) end(cursor, why);
    }

    void lineLost() {
        for (Cursor cursor : cursors.values()) {
            boolean heard = cursor.phase() == Phases.Subscribing.SUBSCRIBED;
            cursor.interrupted();
            if (heard) effects.subscribing(cursor, Cause.TRANSPORT_CLOSED);
        }
    }

    void forgetPositions() {
        cursors.values().forEach(Cursor::forgetPosition);
    }

    @Nullable
    Cursor heard(String channel) {
        Cursor cursor = cursors.get(channel);
        return cursor != null && cursor.phase() == Phases.Subscribing.SUBSCRIBED ? cursor : null;
    }
}
