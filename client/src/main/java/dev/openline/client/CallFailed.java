package dev.openline.client;

/**
 * A call that did not bring what it was made for. Which of the three it was decides what may be done next: what was {@link CallRefused
 * refused} had no effect, what was {@link CallNotSent not sent} can safely be called again, and of what was {@link CallLost lost} nobody
 * on this side knows.
 */
public abstract sealed class CallFailed extends Exception permits CallRefused, CallLost, CallNotSent {
    private static final long serialVersionUID = 1L;

    /** Without a stack trace: it would show an event loop and not the caller. */
    CallFailed(String message) {
        super(message, null, false, false);
    }
}
