package dev.openline.hub;

import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one channel remembers, in the order of offsets. A {@link RingLog} keeps the newest publications, a {@link CompactedLog} the newest
 * of each key.
 *
 * <p>Laws of both: appended offsets are 1, 2, 3 … without a hole; whatever is dropped, the top and the epoch stay; and what is dropped for
 * lack of room or age, or on request, is older than all that is kept.
 */
sealed interface Log permits RingLog, CompactedLog {
    /** The log for a channel with these options, which must want one. */
    static Log of(String epoch, ChannelOptions options) {
        return options.keyed() ? new CompactedLog(epoch, options) : new RingLog(epoch, options);
    }

    /**
     * The same, for a channel that a store keeps: with what that has kept.
     *
     * @param tail of a log whose entries follow each other without a hole, how many stay in memory at most; the others are in the store
     */
    static Log of(StoredLog stored, ChannelOptions options, int tail) {
        if (options.keyed()) return new CompactedLog(stored, options);
        return new RingLog(stored, Math.min(tail, options.historySize()), options.historyTtl());
    }

    /** The name of this life of the log. */
    String epoch();

    /** Offset of the newest publication ever appended; 0 before the first. */
    long topOffset();

    default StreamPosition top() {
        return new StreamPosition(topOffset(), epoch());
    }

    default long nextOffset() {
        return topOffset() + 1;
    }

    /** Items that are kept. */
    int size();

    /**
     * Appends {@code publication}, which must carry {@link #nextOffset}.
     *
     * @return the offset of the item that it has overtaken; 0 if it has none
     */
    long append(Publication publication, long now);

    /** Nothing before this offset is complete any more: {@link #reachesBackTo} is true from one less. */
    long first();

    /** Drops what is too old. Each item is dropped once, so the cost belongs to its append. */
    void expire(long now);

    /** When the oldest item becomes too old; {@link Long#MAX_VALUE} if there is none. */
    long nextExpiry();

    /** Drops all items. The position stays. */
    void clear();

    /** Whether {@link #after} can tell all that matters after {@code offset}, and the log ever reached that far. */
    boolean reachesBackTo(long offset);

    /** The kept items after {@code offset}, oldest first, at most {@code limit}. */
    List<Publication> after(long offset, int limit);

    /** The kept items before {@code offset}, newest first, at most {@code limit}. */
    List<Publication> before(long offset, int limit);

    /** The newest item that is kept; null if none is. */
    @Nullable
    Publication newest();
}
