package dev.openline.client;

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

    private final SubscribeRequest wish;
    private Phases.Subscribing phase = Phases.Subscribing.WAITING;
    private @Nullable StreamPosition position;
    private Tracking tracking;
    private int failures;

    /** When to ask again, on this line; {@link ClientMachine#NEVER} if not because of the time. */
    private long retryAt = ClientMachine.NEVER;

    /** @param wish what to ask for; a position to recover from is where the cursor begins */
    Cursor(SubscribeRequest wish) {
        this.wish = wish;
        this.position = wish.recover();
        this.tracking = position == null ? Tracking.NONE : Tracking.RECOVERABLE;
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

    long retryAt() {
        return retryAt;
    }

    /** What to ask for now, which counts as asked. */
    SubscribeRequest ask() {
        phase = phase.on(Phases.Subscribing.Event.SUBSCRIBE_SENT);
        retryAt = ClientMachine.NEVER;
        return wish.withRecover(tracking == Tracking.RECOVERABLE ? position : null);
    }

    /**
     * The server agreed. After a recovery its position is the one that was asked for, and the missed publications still have to be
     * {@link #accept accepted}, one by one: if the cursor jumped ahead, a line that breaks in between would lose them.
     */
    void subscribed(SubscribeResult result) {
        phase = phase.on(Phases.Subscribing.Event.SUBSCRIBE_ANSWERED);
        failures = 0;
        position = result.position();
        tracking = result.tracking();
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
        retryAt = ClientMachine.NEVER;
    }

    /** Ask again on this line, but not before {@code time}. */
    void retry(long time) {
        phase = phase.on(Phases.Subscribing.Event.INTERRUPTED);
        retryAt = time;
        failures++;
    }

    /** Attempts that failed since the server last agreed. */
    int failures() {
        return failures;
    }

    void end() {
        phase = phase.on(Phases.Subscribing.Event.ENDED);
        retryAt = ClientMachine.NEVER;
    }

    @Override
    public String toString() {
        return channel() + " " + phase + " at " + position;
    }
}
