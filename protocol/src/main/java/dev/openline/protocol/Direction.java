package dev.openline.protocol;

/** Which way a history is read. */
public enum Direction {
    /** From the oldest publication to the newest; after the given position. */
    OLDEST_FIRST,
    /** From the newest publication to the oldest; before the given position. */
    NEWEST_FIRST
}
