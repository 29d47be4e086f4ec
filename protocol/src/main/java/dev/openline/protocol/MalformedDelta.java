package dev.openline.protocol;

/**
 * A patch that is none, or not one for the payload it was applied to. The publication is lost, and so is every one after it that is told
 * as a difference: the subscription has to begin anew. The message names the fault without quoting what was sent, so it may be logged.
 * Carries no stack trace: the fault is not in this program.
 */
public final class MalformedDelta extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedDelta(String fault) {
        super(fault, null, false, false);
    }
}
