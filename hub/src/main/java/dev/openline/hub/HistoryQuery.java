package dev.openline.hub;

import dev.openline.protocol.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a log is wanted.
 *
 * @param since read from here on, this position excluded; null for the oldest (or, backward, the newest) that is kept. An empty epoch
 *     stands for any
 * @param limit publications at most; 0 asks for the position only
 * @param direction which way to read
 */
public record HistoryQuery(@Nullable StreamPosition since, int limit, Direction direction) {
    /** Which way a log is read. */
    public enum Direction {
        /** Oldest first. */
        FORWARD,
        /** Newest first. */
        BACKWARD
    }

    /** @throws IllegalArgumentException if {@code limit} is negative */
    public HistoryQuery {
        if (limit < 0) throw new IllegalArgumentException("limit " + limit + " < 0");
    }
}
