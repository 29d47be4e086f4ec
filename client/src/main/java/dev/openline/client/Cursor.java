package dev.openline.client;

import dev.openline.protocol.Expiry;
import dev.openline.protocol.Payload;
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

    /** Whether publications come as patches. */
    private enum Patches {
        NOT_AGREED,
        AGREED,
        /** One could not be applied. */
        UNWANTED
    }

    private static final Payload NOTHING = Payload.of("");

    private final SubscribeRequest wish;
    private final Origin origin;
    private final Credential credential;
    private Phases.Subscribing phase = Phases.Subscribing.WAITING;
    private @Nullable StreamPosition position;
    private Tracking tracking;
    private Patches patches = Patches.NOT_AGREED;
    private Payload base = NOTHING;
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
        return wish.withToken(credential.token())
                .withRecover(isRecoverable() ? position : null)
                .withDelta(patches == Patches.UNWANTED ? "" : wish.delta());
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
        if (patches != Patches.UNWANTED) patches = result.delta() ? Patches.AGREED : Patches.NOT_AGREED;
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

    /** Whether the cursor is at this publication or beyond, so that the application has heard it. */
    boolean hasHeard(Publication publication) {
        return position != null && publication.offset() != 0 && publication.offset() <= position.offset();
    }

    /** Moves to this publication. */
    void accept(Publication publication) {
        if (position != null && publication.offset() != 0) {
            position = new StreamPosition(publication.offset(), position.epoch());
        }
    }

    // --- patches ---

    /** Whether publications may come as patches to the one before. */
    boolean takesPatches() {
        return patches == Patches.AGREED;
    }

    /** Asks for whole publications from the next time on. */
    void takeNoPatches() {
        patches = Patches.UNWANTED;
    }

    /**
     * The payload that the next patch is made for, over redials too: what follows a recovery may be a patch to what was heard before.
     * Empty before the first.
     */
    Payload base() {
        return base;
    }

    void stand(Payload base) {
        this.base = base;
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
