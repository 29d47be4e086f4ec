package dev.openline.hub;

import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Fanout} needs to be done. All methods may act within the call, also by calling the fan-out again.
 *
 * @param <F> an encoded publication, see {@link Pipe}
 */
public interface FanoutEffects<F> {
    /**
     * Makes a frame of a publication that was read from the log. The fan-out owns one reference to it and gives it to {@link #release}. Many
     * cursors may ask for the same publication; to encode it once for all of them is up to this method.
     *
     * @param previous what the subscriber has been sent just before, as a base for a patch; null for nothing
     */
    F encode(String channel, Publication publication, @Nullable Publication previous);

    /** Takes back one reference to a frame: of each that {@link #encode} made, and of each that was handed in. */
    void release(F frame);

    /**
     * Asks the channel's home for {@link ChannelHome#read}; the answer goes to {@link Fanout#onPage} with the same cursor, exactly once, in order with that shard's effects.
     */
    void read(Cursor<F> cursor, String channel, StreamPosition after, int limit);

    /**
     * The log can't continue this cursor: history no longer reaches back, or has begun anew; or its pipe was full and the channel has
     * {@link SlowReader#UNSUBSCRIBE}. The cursor is detached; its subscriber must be
     * told, and the shard must hear of the unsubscribe. May come before {@link Fanout#attach} has returned that cursor.
     */
    void lost(Cursor<F> cursor);

    /**
     * The pipe of this cursor was full and the channel has {@link SlowReader#DISCONNECT}. The cursor is detached; the line must be closed with
     * 3008, and the shard must hear of the unsubscribe.
     */
    void slow(Cursor<F> cursor);
}
