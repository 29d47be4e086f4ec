package dev.openline.net;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** A dial that did not end in an open line. The message is one sentence for people, without paths, queries or header fields. */
public final class DialFailed extends IOException {
    private static final long serialVersionUID = 1L;

    /** How far a dial came. */
    public enum Step {
        /** Asking the application for the plan, see {@link ClientOptions#beforeDial}. */
        PREPARE,
        /** Looking the name up. */
        LOOKUP,
        /** Opening the TCP connection, to the proxy if there is one. */
        CONNECT,
        /** Asking the proxy for the server. */
        PROXY,
        /** The opening handshake of RFC 6455 §4.1. */
        UPGRADE
    }

    private final Step step;
    private final int status;
    private final @Nullable Duration retryAfter;

    DialFailed(Step step, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.step = step;
        this.status = 0;
        this.retryAfter = null;
    }

    /** The server answered, but not with 101. */
    DialFailed(String message, int status, @Nullable Duration retryAfter) {
        this(Step.UPGRADE, message, status, retryAfter);
    }

    static DialFailed byProxy(String message, int status) {
        return new DialFailed(Step.PROXY, message, status, null);
    }

    private DialFailed(Step step, String message, int status, @Nullable Duration retryAfter) {
        super(message);
        this.step = step;
        this.status = status;
        this.retryAfter = retryAfter;
    }

    /** Where the dial stopped. */
    public Step step() {
        return step;
    }

    /** The HTTP status that the server answered instead of 101, or the proxy instead of 200, if it answered one. */
    public OptionalInt status() {
        return status == 0 || status == 101 ? OptionalInt.empty() : OptionalInt.of(status);
    }

    /** How long the server asks to wait before the next dial: its {@code Retry-After} (RFC 9110 §10.2.3), seconds or a date. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
