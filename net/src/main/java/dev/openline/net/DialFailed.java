package dev.openline.net;

import java.io.IOException;
import java.util.OptionalInt;

/** A dial that did not end in an open line. The message is one sentence for people. */
public final class DialFailed extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    DialFailed(String message, Throwable cause) {
        super(message, cause);
        this.status = 0;
    }

    DialFailed(String message, int status) {
        super(message);
        this.status = status;
    }

    /** The HTTP status that the server answered instead of 101, if it answered one. */
    public OptionalInt status() {
        return status == 0 || status == 101 ? OptionalInt.empty() : OptionalInt.of(status);
    }
}
