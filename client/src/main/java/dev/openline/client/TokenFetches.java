package dev.openline.client;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the application was asked for and has not answered yet: at most one token for the connection and one for each subscription. A
 * fetch outlives the line it was begun on; whoever needs the same token meanwhile waits for the same answer.
 */
final class TokenFetches {
    /** One question to the application. It is told apart from others by its identity. */
    static final class Fetch {
        private final @Nullable Cursor cursor;

        private Fetch(@Nullable Cursor cursor) {
            this.cursor = cursor;
        }

        /** Whose token; null for the connection's. */
        @Nullable
        Cursor cursor() {
            return cursor;
        }
    }

    private final long limitMillis;
    private final Effects effects;

    /** With deadlines; all have the same time limit, so the first is due first. */
    private final Map<Fetch, Long> outstanding = new LinkedHashMap<>();

    private final Map<Cursor, Fetch> byCursor = new IdentityHashMap<>();
    private @Nullable Fetch ofConnection;

    TokenFetches(long limitMillis, Effects effects) {
        this.limitMillis = limitMillis;
        this.effects = effects;
    }

    /** Asks for the connection's token, unless that was done already. */
    void begin(long now) {
        if (ofConnection != null) return;
        ofConnection = new Fetch(null);
        begin(ofConnection, now);
    }

    /** Asks for a subscription's token, unless that was done already. */
    void begin(Cursor cursor, long now) {
        if (byCursor.containsKey(cursor)) return;
        Fetch fetch = new Fetch(cursor);
        byCursor.put(cursor, fetch);
        begin(fetch, now);
    }

    private void begin(Fetch fetch, long now) {
        outstanding.put(fetch, now + limitMillis);
        effects.fetchToken(fetch);
    }

    /** An answer came, or nobody waits for it any more; false if nobody did before. */
    boolean end(Fetch fetch) {
        if (outstanding.remove(fetch) == null) return false;
        Cursor cursor = fetch.cursor;
        if (cursor == null) ofConnection = null;
        else byCursor.remove(cursor);
        return true;
    }

    /** Nobody waits for this subscription's token any more. */
    void forget(Cursor cursor) {
        Fetch fetch = byCursor.get(cursor);
        if (fetch != null) end(fetch);
    }

    /** Those whose time is up, in the order they were begun. */
    List<Fetch> overdue(long now) {
        List<Fetch> overdue = new ArrayList<>();
        for (Map.Entry<Fetch, Long> oldest : outstanding.entrySet()) {
            if (oldest.getValue() > now) break;
            overdue.add(oldest.getKey());
        }
        return overdue;
    }

    long nextDeadline() {
        for (long deadline : outstanding.values()) return deadline;
        return ClientMachine.NEVER;
    }
}
