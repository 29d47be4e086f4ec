package dev.openline.client;

import dev.openline.protocol.Publication;
import dev.openline.protocol.Result.SubscribeResult;

/** Hands publications on to the application: in order, and none twice. */
final class Delivery {
    private final Effects effects;

    Delivery(Effects effects) {
        this.effects = effects;
    }

    /** The server agreed to a subscription; what was missed follows. */
    void subscribed(Cursor cursor, SubscribeResult result, long now) {
        cursor.subscribed(result, now);
        effects.subscribed(cursor, result);
        for (Publication missed : result.missed()) publish(cursor, missed, Arrival.RECOVERED);
    }

    void publish(Cursor cursor, Publication publication, Arrival arrival) {
        if (cursor.accept(publication)) effects.published(cursor, publication, arrival);
    }
}
