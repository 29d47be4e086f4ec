package dev.openline.client;

import dev.openline.protocol.Expiry;
import org.jspecify.annotations.Nullable;

/** A token, whether it is still worth something, and whether the application can be asked for the next one. */
final class Credential {
    /** Where the next token comes from. */
    enum Renewal {
        /** There is only this one. */
        NONE,
        BY_APPLICATION
    }

    /** However short a server's token lives: an application is not asked more often than this. */
    private static final long SHORTEST_LIFE_MILLIS = 1_000;

    private final Renewal renewal;
    private String token;

    /** The server said that the token is expired. */
    private boolean expired;

    /** Whether tokens have a time at all, as the server sees it. */
    private boolean counted;

    /** When the server will take it for expired; {@link ClientMachine#NEVER} if it did not say. */
    private long goodUntil = ClientMachine.NEVER;

    private Credential(Renewal renewal, String token) {
        this.renewal = renewal;
        this.token = token;
    }

    /** One token for ever; empty for none at all. */
    static Credential fixed(String token) {
        return new Credential(Renewal.NONE, token);
    }

    /** Tokens by the application, the first of which may be at hand already; else it is empty. */
    static Credential renewable(String first) {
        return new Credential(Renewal.BY_APPLICATION, first);
    }

    String token() {
        return token;
    }

    boolean isRenewable() {
        return renewal == Renewal.BY_APPLICATION;
    }

    /** Whether the application has to be asked before the next attempt. */
    boolean isWanting(long now) {
        return isRenewable() && (token.isEmpty() || expired || goodUntil <= now);
    }

    /** Whether the server wants to be told of new tokens, as it last said. */
    boolean isCounted() {
        return counted;
    }

    void renewed(String token) {
        this.token = token;
        expired = false;
        goodUntil = ClientMachine.NEVER;
    }

    /** The server accepted the token, and says how long it is good for; null: for ever. */
    void accepted(@Nullable Expiry expiry, long now) {
        expired = false;
        counted = expiry != null;
        goodUntil =
                expiry == null ? ClientMachine.NEVER : now + Math.max(SHORTEST_LIFE_MILLIS, expiry.ttlSeconds() * 1000);
    }

    /** When to hand over the next token, while a session lives; {@link ClientMachine#NEVER} if it can live without. */
    long renewAt() {
        return isRenewable() ? goodUntil : ClientMachine.NEVER;
    }

    /** The server won't take this token again. */
    void expire() {
        expired = true;
    }

    /** Without the token: it doesn't belong in logs. */
    @Override
    public String toString() {
        return "Credential[" + renewal + "]";
    }
}
