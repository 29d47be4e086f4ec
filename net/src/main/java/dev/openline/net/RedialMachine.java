package dev.openline.net;

import dev.openline.wire.CloseStatus;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * When to dial, when to wait, when to give up.
 *
 * <p>Two laws. It is pure: no socket, thread, clock or random number of its own; what happens is told to it with the time (milliseconds of
 * any monotonic clock), and it answers through {@link Effects} and {@link #nextDeadline()}. And there is at most one attempt or line at a
 * time: a dial is begun only when the one before has failed or its line is over.
 *
 * <p>What {@link RedialPhase} allows is the frame. Which ends are final is {@link RedialRule}'s word.
 */
final class RedialMachine {
    static final long NEVER = Long.MAX_VALUE;

    private static final String CLOSED_HERE = "closed by the application";

    /** What the machine wants done; each is called at most once per event. */
    interface Effects {
        void dial();

        /** Gives the attempt up; nothing is heard of it any more. */
        void dropDial();

        /** Says goodbye on the line; its end is heard of. */
        void closeLine(CloseStatus status);

        void tell(LineStatus status);
    }

    private final RedialSettings settings;
    private final RedialRule rule;
    private final LongUnaryOperator random;
    private final Effects effects;

    private RedialPhase phase = RedialPhase.WAITING;

    /** The time of the event being handled. */
    private long now;

    /** Dials since the last line that lasted: each but one under way has failed, or its line did not last. */
    private int dials;

    /** Since when there is no line that lasted. */
    private long troubledSince;

    private long dialAt = NEVER;
    private long steadyAt = NEVER;

    /** @param random a number from 0 to its argument, exclusive */
    RedialMachine(RedialSettings settings, RedialRule rule, LongUnaryOperator random, Effects effects) {
        this.settings = settings;
        this.rule = rule;
        this.random = random;
        this.effects = effects;
    }

    /** The first dial. */
    void start(long time) {
        now = time;
        troubledSince = time;
        dial(RedialPhase.Event.DIAL_DUE);
    }

    // --- from the application ---

    /** Dials at once if the next dial is due later, whatever the server wished; nothing otherwise. */
    void redialNow(long time) {
        now = time;
        if (phase == RedialPhase.WAITING) dial(RedialPhase.Event.REDIAL_NOW);
    }

    /** Ends it all. */
    void close(CloseStatus status, long time) {
        now = time;
        RedialPhase before = phase;
        phase = phase.on(RedialPhase.Event.CLOSE_CALLED);
        if (phase == before) return;
        dialAt = NEVER;
        steadyAt = NEVER;
        if (phase == RedialPhase.CLOSING) {
            effects.closeLine(status);
        } else if (before == RedialPhase.DIALLING) {
            effects.dropDial();
        }
        tell(Duration.ZERO, null, null, CLOSED_HERE);
    }

    // --- from the line ---

    void lineOpened(long time) {
        now = time;
        phase = phase.on(RedialPhase.Event.LINE_OPENED);
        steadyAt = now + settings.steadyAfterMillis();
        tell(Duration.ZERO, null, null, "the line is open");
    }

    void dialFailed(DialFailed why, long time) {
        now = time;
        again(RedialPhase.Event.DIAL_FAILED, rule.afterFailedDial(why), null, why);
    }

    /** A line that was opened is over, whoever ended it. */
    void lineClosed(CloseStatus status, long time) {
        now = time;
        if (phase == RedialPhase.OPEN && steadyAt <= now) lasted();
        steadyAt = NEVER;
        if (phase == RedialPhase.CLOSING) {
            phase = phase.on(RedialPhase.Event.LINE_CLOSED);
            tell(Duration.ZERO, null, null, CLOSED_HERE);
            return;
        }
        if (phase == RedialPhase.STEADY) troubledSince = now;
        again(RedialPhase.Event.LINE_CLOSED, rule.afterClose(status), status, null);
    }

    // --- time ---

    /** Does what is due by {@code time}. */
    void onTime(long time) {
        now = time;
        if (steadyAt <= now) lasted();
        if (dialAt <= now) dial(RedialPhase.Event.DIAL_DUE);
    }

    /** When {@link #onTime} must be called next; {@link #NEVER} if it need not. */
    long nextDeadline() {
        return Math.min(dialAt, steadyAt);
    }

    RedialPhase phase() {
        return phase;
    }

    // --- inside ---

    private void dial(RedialPhase.Event because) {
        phase = phase.on(because);
        dialAt = NEVER;
        dials++;
        effects.dial();
        tell(Duration.ZERO, null, null, "dialling");
    }

    private void lasted() {
        phase = phase.on(RedialPhase.Event.LINE_LASTED);
        steadyAt = NEVER;
        dials = 0;
    }

    private void again(
            RedialPhase.Event event, NextDial next, @Nullable CloseStatus closed, @Nullable DialFailed failure) {
        String why = failure != null ? String.valueOf(failure.getMessage()) : "the line was closed with " + closed;
        if (!(next instanceof NextDial.NotBefore hint)) {
            end(closed, failure, why);
            return;
        }
        long delay = hintMillis(hint) + settings.backoff().delayMillis(Math.max(0, dials - 1), random);
        String spent = spent(delay);
        if (spent != null) {
            end(closed, failure, spent + "; " + why);
            return;
        }
        phase = phase.on(event);
        dialAt = now + delay;
        tell(Duration.ofMillis(delay), closed, failure, why);
    }

    /** Why there can be no dial after this delay, or null if there can. */
    private @Nullable String spent(long delay) {
        RedialSettings.Budget budget = settings.budget();
        if (dials >= budget.maxAttempts()) return "gave up after " + dials + " dials";
        long left = budget.giveUpAfterMillis() - (now - troubledSince);
        return delay > left ? "gave up after " + budget.giveUpAfterMillis() + " ms" : null;
    }

    private void end(@Nullable CloseStatus closed, @Nullable DialFailed failure, String why) {
        phase = phase.on(RedialPhase.Event.GAVE_UP);
        tell(Duration.ZERO, closed, failure, why);
    }

    private long hintMillis(NextDial.NotBefore hint) {
        long seconds = Math.min(hint.delay().getSeconds(), TimeUnit.DAYS.toSeconds(365));
        long millis = TimeUnit.SECONDS.toMillis(seconds)
                + TimeUnit.NANOSECONDS.toMillis(hint.delay().getNano());
        return Math.min(millis, settings.longestHintMillis());
    }

    private void tell(Duration delay, @Nullable CloseStatus closed, @Nullable DialFailed failure, String why) {
        effects.tell(new LineStatus(phase.state, dials, delay, closed, failure, why));
    }
}
