package dev.openline.client;

import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Expiry;
import dev.openline.protocol.Unsubscribed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The subscriptions that the application made, at most one to a channel, in the order they were made. What has to be said to the server
 * about them it answers as {@link Question}s, to be asked at once.
 */
final class Subscriptions {
    /** The shortest delay before a token is looked for again that was not to be had, or that the server did not take; the longest is twice this. */
    private static final long RENEWAL_RETRY_MILLIS = 10_000;

    private final Effects effects;
    private final Delays delays;
    private final TokenFetches fetches;
    private final Map<String, Cursor> cursors = new LinkedHashMap<>();

    /** Nothing is to be done about any cursor before this; it may be earlier than the first of them. */
    private long nextDue = ClientMachine.NEVER;

    Subscriptions(Effects effects, Delays delays, TokenFetches fetches) {
        this.effects = effects;
        this.delays = delays;
        this.fetches = fetches;
    }

    void add(Cursor cursor) {
        if (cursors.putIfAbsent(cursor.channel(), cursor) != null) {
            throw new IllegalStateException("there is a subscription to " + cursor.channel() + " already");
        }
        effects.subscribing(cursor, Cause.SUBSCRIBE_CALLED);
    }

    /** On a new line: all are to be asked for. */
    List<Question> askAll(long now) {
        List<Question> questions = new ArrayList<>();
        for (Cursor cursor : cursors.values()) questions.addAll(ask(cursor, now));
        return questions;
    }

    /** To be called while there is a line. Empty if the application has to come up with a token first. */
    List<Question> ask(Cursor cursor, long now) {
        if (!cursor.credential().isWanting(now)) return List.of(new Question.Subscribe(cursor));
        cursor.waitForToken();
        fetches.begin(cursor, now);
        return List.of();
    }

    /** Does what is due by now; to be called while there is a line. */
    List<Question> onTime(long now) {
        List<Question> questions = new ArrayList<>();
        if (nextDue > now) return questions;
        nextDue = ClientMachine.NEVER;
        for (Cursor cursor : cursors.values()) {
            if (cursor.dueAt() > now) {
                nextDue = Math.min(nextDue, cursor.dueAt());
            } else if (cursor.phase() == Phases.Subscribing.SUBSCRIBED) {
                cursor.renewAt(ClientMachine.NEVER);
                fetches.begin(cursor, now);
            } else {
                questions.addAll(ask(cursor, now));
            }
        }
        return questions;
    }

    /** When {@link #onTime} has something to do, at the earliest. */
    long nextDue() {
        return nextDue;
    }

    private void isDue(Cursor cursor) {
        nextDue = Math.min(nextDue, cursor.dueAt());
    }

    // --- tokens ---

    /** The application answered; with nothing if there is no token for it. */
    List<Question> fetched(Cursor cursor, String token) {
        Phases.Subscribing phase = cursor.phase();
        boolean isSubscribed = phase == Phases.Subscribing.SUBSCRIBED;
        if (token.isEmpty()) {
            if (phase == Phases.Subscribing.FETCHING) end(cursor, Cause.UNAUTHORIZED);
            return isSubscribed ? giveUp(cursor, Cause.UNAUTHORIZED) : List.of();
        }
        cursor.credential().renewed(token);
        if (phase == Phases.Subscribing.FETCHING) return List.of(new Question.Subscribe(cursor));
        return isSubscribed && cursor.credential().isCounted() ? List.of(new Question.SubRefresh(cursor)) : List.of();
    }

    void fetchFailed(Cursor cursor, long now) {
        if (cursor.phase() == Phases.Subscribing.FETCHING) retry(cursor, Cause.TOKEN_FAILED, now);
        else if (cursor.phase() == Phases.Subscribing.SUBSCRIBED) renewLater(cursor, now);
    }

    void refreshed(Cursor cursor, @Nullable Expiry expiry, long now) {
        if (cursor.phase() != Phases.Subscribing.SUBSCRIBED) return;
        cursor.accepted(expiry, now);
        isDue(cursor);
    }

    List<Question> refreshRefused(Cursor cursor, ErrorReply error, long now) {
        if (cursor.phase() != Phases.Subscribing.SUBSCRIBED) return List.of();
        if (!Refusals.mayPass(error, cursor.credential())) return giveUp(cursor, Cause.of(error));
        renewLater(cursor, now);
        return List.of();
    }

    private void renewLater(Cursor cursor, long now) {
        cursor.renewAt(now + delays.about(RENEWAL_RETRY_MILLIS));
        isDue(cursor);
    }

    /** Ends one that the server still takes for subscribed. */
    private List<Question> giveUp(Cursor cursor, Cause why) {
        end(cursor, why);
        return List.of(new Question.Unsubscribe(cursor.channel()));
    }

    // --- answers and ends ---

    /** The server agreed; {@link Delivery} has told the cursor. */
    void subscribed(Cursor cursor) {
        isDue(cursor);
    }

    void refused(Cursor cursor, ErrorReply error, long now) {
        if (Refusals.mayPass(error, cursor.credential())) retry(cursor, Cause.of(error), now);
        else end(cursor, Cause.of(error));
    }

    private void retry(Cursor cursor, Cause why, long now) {
        cursor.retry(now + delays.after(cursor.failures()));
        isDue(cursor);
        effects.subscribing(cursor, why);
    }

    /** Whether it was not ended before. */
    boolean end(Cursor cursor, Cause why) {
        if (cursor.phase() == Phases.Subscribing.UNSUBSCRIBED) return false;
        cursors.remove(cursor.channel(), cursor);
        fetches.forget(cursor);
        cursor.end();
        effects.unsubscribed(cursor, why);
        return true;
    }

    void endAll(Cause why) {
        for (Cursor cursor : List.copyOf(cursors.values())) end(cursor, why);
    }

    /** Asks again after a while, and not at once: the server may have said this to all its subscribers in one moment. */
    void unsubscribed(Cursor cursor, Unsubscribed why, long now) {
        boolean invalidated = why.code() == Unsubscribed.STATE_INVALIDATED.code();
        if (invalidated) cursor.forgetPosition();
        if (invalidated || why.code() == Unsubscribed.EXPIRED.code())
            cursor.credential().expire();
        if (why.resubscribes()) retry(cursor, Cause.of(why), now);
        else end(cursor, Cause.of(why));
    }

    void lineLost() {
        nextDue = ClientMachine.NEVER;
        for (Cursor cursor : cursors.values()) {
            boolean heard = cursor.phase() == Phases.Subscribing.SUBSCRIBED;
            cursor.interrupted();
            if (heard) effects.subscribing(cursor, Cause.TRANSPORT_CLOSED);
        }
    }

    void forgetPositions() {
        cursors.values().forEach(Cursor::forgetPosition);
    }

    /**
     * The subscription that hears this channel now. One whose subscribe is unanswered doesn't: nothing is pushed before the reply, so what
     * comes belongs to an earlier subscription to the same channel.
     */
    @Nullable
    Cursor heard(String channel) {
        Cursor cursor = cursors.get(channel);
        return cursor != null && cursor.phase() == Phases.Subscribing.SUBSCRIBED ? cursor : null;
    }
}
