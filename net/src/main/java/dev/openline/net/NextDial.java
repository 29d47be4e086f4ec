package dev.openline.net;

import java.time.Duration;

/** What a {@link RedialRule} says after an end. */
public sealed interface NextDial {
    /** After the delay of the backoff. */
    NextDial BACKED_OFF = new NotBefore(Duration.ZERO);

    /** There is no next dial. */
    NextDial NEVER = new Never();

    /**
     * Not before this delay, and then spread over the backoff's span: all who were told the same must not come back as one.
     *
     * @param delay cut at {@link RedialOptions#longestHint}
     */
    static NextDial after(Duration delay) {
        return new NotBefore(delay);
    }

    /** See {@link #after}. */
    record NotBefore(Duration delay) implements NextDial {
        public NotBefore {
            if (delay.isNegative()) throw new IllegalArgumentException("delay " + delay + " is negative");
        }
    }

    /** See {@link #NEVER}. */
    record Never() implements NextDial {}
}
