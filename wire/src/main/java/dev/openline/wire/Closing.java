package dev.openline.wire;

/**
 * How far a connection is with ending (RFC 6455 §7). Each side says goodbye once; a server then hangs up at once, a
 * client leaves that to the server (§7.1.1) and only waits. What has to happen on a step follows from where it starts
 * and ends, so the table in docs/wire.md is generated from this file.
 */
enum Closing {
    /** Nobody said goodbye. */
    OPEN,
    /** We sent a Close and wait for the peer's. */
    ASKED,
    /** Both sent a Close; a client waits for the server to end the TCP connection. */
    AGREED,
    /** Nothing is sent or read any more. */
    OVER;

    enum Event {
        /** The application closes. */
        WE_CLOSE,
        /** A valid Close frame came. */
        THEY_CLOSE,
        /** The peer broke a rule. */
        VIOLATION,
        /** TCP ended or was reset. */
        LINE_ENDS,
        /** The peer let the deadline of a ping or a Close go by. */
        TIME_IS_UP
    }

    /**
     * Where an event leads.
     *
     * @throws IllegalStateException for what cannot happen: frames are not read once {@link #hears} is over
     */
    Closing after(Event event, Role role) {
        return switch (event) {
            case WE_CLOSE -> this == OPEN ? ASKED : this;
            case THEY_CLOSE -> {
                requireHearing(event);
                yield role == Role.SERVER ? OVER : AGREED;
            }
            case VIOLATION -> {
                requireHearing(event);
                yield OVER;
            }
            case LINE_ENDS, TIME_IS_UP -> OVER;
        };
    }

    /** Whether the peer's frames are still read. */
    boolean hears() {
        return this == OPEN || this == ASKED;
    }

    /** Whether this event makes us send our Close: the first reason to, and only while somebody may be there. */
    boolean sendsCloseOn(Event event) {
        return this == OPEN && event != Event.LINE_ENDS && event != Event.TIME_IS_UP;
    }

    /** Whether the step to another state settles how the connection ended. */
    boolean isSettledBy(Closing next) {
        return hears() && !next.hears();
    }

    /** Whether the step to another state is the last one. */
    boolean hangsUpAt(Closing next) {
        return this != OVER && next == OVER;
    }

    private void requireHearing(Event event) {
        if (!hears()) {
            throw new IllegalStateException(event + " cannot happen when " + this);
        }
    }
}
