package dev.openline.client;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result;
import dev.openline.protocol.Unsubscribed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntToLongFunction;
import org.jspecify.annotations.Nullable;

/** The subscriptions of a client, at most one to a channel, in the order they were made. What it is told of unknown channels it ignores. */
final class Subscriptions {
    private final Effects effects;

    /** The delay after so many failures. */
    private final IntToLongFunction backoff;

    private final Map<String, Cursor> cursors = new LinkedHashMap<>();

    /** No cursor is to be asked for again before this; it may be earlier than the first of them. */
    private long nextRetry = ClientMachine.NEVER;

    Subscriptions(Effects effects, IntToLongFunction backoff) {
        this.effects = effects;
        this.backoff = backoff;
    }

    void add(Cursor cursor) {
        if (cursors.putIfAbsent(cursor.channel(), cursor) != null) {
            throw new IllegalStateException("there is a subscription to " + cursor.channel() + " already");
        }
        effects.subscribing(cursor, Cause.SUBSCRIBE_CALLED);
    }

    /** Those to ask for on a new line: all. */
    List<Cursor> all() {
        return List.copyOf(cursors.values());
    }

    /** Those whose time for another attempt has come. */
    List<Cursor> due(long now) {
        List<Cursor> due = new ArrayList<>();
        if (nextRetry > now) return due;
        nextRetry = ClientMachine.NEVER;
        for (Cursor cursor : cursors.values()) {
            if (cursor.retryAt() <= now) due.add(cursor);
            else nextRetry = Math.min(nextRetry, cursor.retryAt());
        }
        return due;
    }

    long nextRetry() {
        return nextRetry;
    }

    void subscribed(Cursor cursor, Result.SubscribeResult result) {
        cursor.subscribed(result);
        effects.subscribed(cursor, result);
        for (Publication missed : result.missed()) publish(cursor, missed);
    }

    void retry(Cursor cursor, Cause why, long now) {
        cursor.retry(now + backoff.applyAsLong(cursor.failures()));
        nextRetry = Math.min(nextRetry, cursor.retryAt());
        effects.subscribing(cursor, why);
    }

    /** Whether it was not ended before. */
    boolean end(Cursor cursor, Cause why) {
        if (cursor.phase() == Phases.Subscribing.UNSUBSCRIBED) return false;
        cursors.remove(cursor.channel(), cursor);
        cursor.end();
        effects.unsubscribed(cursor, why);
        return true;
    }

    void endAll(Cause why) {
        for (Cursor cursor : all()) end(cursor, why);
    }

    void lineLost() {
        nextRetry = ClientMachine.NEVER;
        for (Cursor cursor : cursors.values()) {
            boolean heard = cursor.phase() == Phases.Subscribing.SUBSCRIBED;
            cursor.interrupted();
            if (heard) effects.subscribing(cursor, Cause.TRANSPORT_CLOSED);
        }
    }

    void forgetPositions() {
        cursors.values().forEach(Cursor::forgetPosition);
    }

    // --- pushes ---

    void published(String channel, Publication publication) {
        Cursor cursor = heard(channel);
        if (cursor != null) publish(cursor, publication);
    }

    void joined(String channel, ClientInfo info) {
        Cursor cursor = heard(channel);
        if (cursor != null) effects.joined(cursor, info);
    }

    void left(String channel, ClientInfo info) {
        Cursor cursor = heard(channel);
        if (cursor != null) effects.left(cursor, info);
    }

    /** Asks again after a while, and not at once: the server may have said this to all its subscribers in one moment. */
    void unsubscribed(String channel, Unsubscribed why, long now) {
        Cursor cursor = heard(channel);
        if (cursor == null) return;
        if (why.code() == Unsubscribed.STATE_INVALIDATED.code()) cursor.forgetPosition();
        if (why.resubscribes()) retry(cursor, Cause.of(why), now);
        else end(cursor, Cause.of(why));
    }

    private void publish(Cursor cursor, Publication publication) {
        if (cursor.accept(publication)) effects.published(cursor, publication, cursor.position());
    }

    /**
     * The subscription that hears this channel now. One whose subscribe is unanswered doesn't: nothing is pushed before the reply, so what
     * comes belongs to an earlier subscription to the same channel.
     */
    private @Nullable Cursor heard(String channel) {
        Cursor cursor = cursors.get(channel);
        return cursor != null && cursor.phase() == Phases.Subscribing.SUBSCRIBED ? cursor : null;
    }
}
