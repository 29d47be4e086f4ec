package dev.openline.protocol;

/**
 * A place in a channel's log: just after the publication with this offset, in this life of the log.
 *
 * @param offset 0 before the first publication, then 1, 2, 3 …
 * @param epoch an opaque name of the log's life; offsets of different epochs can't be compared. Empty means "any" in a request.
 */
public record StreamPosition(long offset, String epoch) {
    public StreamPosition {
        if (offset < 0) throw new IllegalArgumentException("offset " + offset + " < 0");
    }
}
