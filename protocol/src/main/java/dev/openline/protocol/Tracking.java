package dev.openline.protocol;

/** How much of a subscriber's place in the channel's log is kept. */
public enum Tracking {
    /** The subscriber hears what is said while it is there, nothing more. */
    NONE,
    /** The server follows the subscriber's position and says so when a gap appears. */
    POSITIONED,
    /** As {@link #POSITIONED}, and the subscriber may come back with its position and get what it missed. */
    RECOVERABLE
}
