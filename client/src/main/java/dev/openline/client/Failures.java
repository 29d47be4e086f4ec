package dev.openline.client;

import java.util.concurrent.CompletionException;

/** What is behind the exceptions that stages wrap. */
final class Failures {
    private Failures() {}

    static Throwable cause(Throwable fault) {
        Throwable cause = fault.getCause();
        return fault instanceof CompletionException && cause != null ? cause : fault;
    }
}
