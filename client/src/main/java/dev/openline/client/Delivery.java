package dev.openline.client;

import dev.openline.protocol.Encoding;
import dev.openline.protocol.FossilDelta;
import dev.openline.protocol.JsonCodec;
import dev.openline.protocol.MalformedDelta;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Publication.Coding;
import dev.openline.protocol.Result.SubscribeResult;

/**
 * Hands publications on to the application: whole, in order, and none twice. A patch that fits nothing breaks the line: after it nothing
 * is handed on until there is a new one, which recovers the publication in question.
 */
final class Delivery {
    private final Effects effects;
    private final Encoding encoding;
    private final int maxPayloadBytes;
    private boolean broken;

    /** @param maxPayloadBytes how much a patch may make */
    Delivery(Effects effects, Encoding encoding, int maxPayloadBytes) {
        this.effects = effects;
        this.encoding = encoding;
        this.maxPayloadBytes = maxPayloadBytes;
    }

    /** The server agreed to a subscription; what was missed follows. */
    void subscribed(Cursor cursor, SubscribeResult result, long now) {
        cursor.subscribed(result, now);
        effects.subscribed(cursor, result);
        for (Publication missed : result.missed()) publish(cursor, missed, Arrival.RECOVERED);
    }

    void publish(Cursor cursor, Publication publication, Arrival arrival) {
        if (broken || cursor.hasHeard(publication)) return;
        try {
            Publication whole = cursor.takesPatches() ? whole(cursor, publication) : publication;
            cursor.accept(whole);
            effects.published(cursor, whole, arrival);
        } catch (MalformedFrame | MalformedDelta fault) {
            // The same server would make the same patch again.
            cursor.takeNoPatches();
            broken = true;
        }
    }

    /** Whether something came that can't be read, so that the line has to be dropped. */
    boolean isBroken() {
        return broken;
    }

    void lineLost() {
        broken = false;
    }

    private Publication whole(Cursor cursor, Publication said) throws MalformedFrame, MalformedDelta {
        Payload data = said.data();
        if (said.coding() == Coding.PATCH) data = FossilDelta.apply(cursor.base(), data, maxPayloadBytes);
        else if (encoding.isText() && said.coding() == Coding.PLAIN) data = JsonCodec.textOf(data);
        cursor.stand(data);
        return said.coded(Coding.PLAIN, data);
    }
}
