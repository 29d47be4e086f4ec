package dev.openline.client;

import dev.openline.protocol.Expiry;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.Tracking;
import org.jspecify.annotations.Nullable;

/**
 * One subscription as the machine knows it: its phase, and how far it has heard its channel. The position moves with each publication
 * that is handed on, so at any moment it is what to recover from.
 */
final class Cursor {
    /** An epoch that no log has: recovering from it fails on purpose, so that the application hears of it. */
    private static final StreamPosition NOWHERE = new StreamPosition(0, "_");

    /** Who wanted the subscription. */
    enum Origin {
        APPLICATION,
        SERVER
    }

    private final SubscribeRequest wish;
    private final Origin origin;
    private final Credential credential;
    private Phases.Subscribing phase = Phases.Subscribing.WAITING;
    private @Nullable StreamPosition position;
    private Tracking tracking;
    private int failures;

    /** When to ask again on this line, or when the next token is due; {@link ClientMachine#NEVER} if nothing is. */
    private long dueAt = ClientMachine.NEVER;

    /** @param wish what to ask for; a position to recover from is where the cursor begins */
    Cursor(SubscribeRequest wish) {
        this(wish, Origin.APPLICATION, Credential.fixed(wish.token()));
    }

    /** @param credential in place of the token in {@code wish} */
    Cursor(SubscribeRequest wish, Credential credential) {
        this(wish, Origin.APPLICATION, credential);
    }

    private Cursor(SubscribeRequest wish, Origin origin, Credential credential) {
        this.wish = wish;
        this.origin = origin;
        this.credential = credential;
        this.position = wish.recover();
        this.tracking = position == null ? Tracking.NONE : Tracking.RECOVERABLE;
    }

    /** One that the server made, unasked. */
    static Cursor byServer(String channel) {
        return new Cursor(SubscribeRequest.to(channel), Origin.SERVER, Credential.fixed(""));
    }

    String channel() {
        return wish.channel();
    }

    Phases.Subscribing phase() {
        return phase;
    }

    @Nullable
    StreamPosition position() {
        return position;
    }

    Origin origin() {
        return origin;
    }

    Credential credential() {
        return credential;
    }

    /** When something is to be done about it: while it waits, to ask again; while it is subscribed, to fetch the next token. */
    long dueAt() {
        return dueAt;
    }

    /** Whether the log can be asked for what comes after the position. */
    boolean isRecoverable() {
        return tracking == Tracking.RECOVERABLE;
    }

    /** It can't ask before the application has come up with a token. */
    void waitForToken() {
        phase = phase.on(Phases.Subscribing.Event.TOKEN_WANTED);
        dueAt = ClientMachine.NEVER;
    }

    /** What to ask for now, which counts as asked. */
    SubscribeRequest ask() {
        phase = phase.on(Phases.Subscribing.Event.SUBSCRIBE_SENT);
        dueAt = ClientMachine.NEVER;
        return wish.withToken(credential.token()).withRecover(isRecoverable() ? position : null);
    }

    /**
     * The server agreed. After a recovery its position is the one that was asked for, and the missed publications still have to be
     * {@link #accept accepted}, one by one: if the cursor jumped ahead, a line that breaks in between would lose them.
     */
    void subscribed(SubscribeResult result, long now) {
        phase = phase.on(Phases.Subscribing.Event.SUBSCRIBE_ANSWERED);
        failures = 0;
        position = result.position();
        tracking = result.tracking();
        accepted(result.expiry(), now);
    }

    /** The server accepted the token. */
    void accepted(@Nullable Expiry expiry, long now) {
        credential.accepted(expiry, now);
        dueAt = credential.renewAt();
    }

    /** Looks for the next token not before {@code time}. */
    void renewAt(long time) {
        dueAt = time;
    }

    /** Moves to this publication; false if the cursor is there or beyond, so that the application has heard it. */
    boolean accept(Publication publication) {
        StreamPosition before = position;
        if (before == null || publication.offset() == 0) return true;
        if (publication.offset() <= before.offset()) return false;
        position = new StreamPosition(publication.offset(), before.epoch());
        return true;
    }

    /** The server no longer knows the log that the position was in. */
    void forgetPosition() {
        if (position != null) position = NOWHERE;
    }

    /** The line is gone: ask again on the next one. */
    void interrupted() {
        phase = phase.on(Phases.Subscribing.Event.INTERRUPTED);
        dueAt = ClientMachine.NEVER;
    }

    /** Ask again on this line, but not before {@code time}. */
    void retry(long time) {
        phase = phase.on(Phases.Subscribing.Event.INTERRUPTED);
        dueAt = time;
        failures++;
    }

    /** Attempts that failed since the server last agreed. */
    int failures() {
        return failures;
    }

    void end() {
        phase = phase.on(Phases.Subscribing.Event.ENDED);
        dueAt = ClientMachine.NEVER;
    }

    @Override
    public String toString() {
        return channel() + " " + phase + " at " + position;
    }
}
