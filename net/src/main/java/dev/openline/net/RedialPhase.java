package dev.openline.net;

import org.jspecify.annotations.Nullable;

/**
 * Every state of a line that redials, and every move between them. Users see five states; the phases tell apart what the machine must tell
 * apart. Nothing in this file knows of time, sockets or chance. The tables in {@code docs/client-line-states.md} are generated from it.
 */
enum RedialPhase {
    WAITING(LineState.WAITING, "no connection; the next dial is due later"),
    DIALLING(LineState.DIALLING, "a dial is on its way: plan, name, connection, upgrade"),
    OPEN(LineState.OPEN, "there is a line, too young to forget the failures before it"),
    STEADY(LineState.OPEN, "there is a line, and it has lasted; failures are forgotten"),
    CLOSING(LineState.CLOSING, "the application closed; the line says goodbye"),
    ENDED(LineState.ENDED, "for good");

    enum Event {
        DIAL_DUE("the delay is over"),
        REDIAL_NOW("the application can't wait"),
        DIAL_FAILED("a dial failed, and is followed by another"),
        LINE_OPENED("the upgrade is done"),
        LINE_LASTED("the line is open for `steadyAfter`"),
        LINE_CLOSED("the line is over, and is dialled again unless the application closed it"),
        GAVE_UP("a dial failed or a line closed, and by the rule or the budget that was the last"),
        CLOSE_CALLED("the application closes");

        final String meaning;

        Event(String meaning) {
            this.meaning = meaning;
        }
    }

    final LineState state;
    final String meaning;

    RedialPhase(LineState state, String meaning) {
        this.state = state;
        this.meaning = meaning;
    }

    /** The phase after {@code event}; null if that can't happen here. */
    @Nullable
    RedialPhase after(Event event) {
        return switch (event) {
            case DIAL_DUE -> this == WAITING ? DIALLING : null;
            case REDIAL_NOW -> this == WAITING ? DIALLING : this;
            case DIAL_FAILED -> this == DIALLING ? WAITING : null;
            case LINE_OPENED -> this == DIALLING ? OPEN : null;
            case LINE_LASTED -> this == OPEN ? STEADY : null;
            case LINE_CLOSED -> hasLine() ? WAITING : this == CLOSING ? ENDED : null;
            case GAVE_UP -> this == DIALLING || hasLine() ? ENDED : null;
            case CLOSE_CALLED -> hasLine() || this == CLOSING ? CLOSING : ENDED;
        };
    }

    /** @throws IllegalStateException for a move that is not in the table: a fault of the machine, whatever the peer does */
    RedialPhase on(Event event) {
        RedialPhase next = after(event);
        if (next == null) throw new IllegalStateException(event + " while " + this);
        return next;
    }

    /** Whether there is a line that messages can be sent on. */
    boolean hasLine() {
        return this == OPEN || this == STEADY;
    }
}
