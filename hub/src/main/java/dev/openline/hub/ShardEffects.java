package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * What a shard wants to be carried to the event loops. Whoever implements it brings the effects to each loop in the order of the calls, and in
 * order with what the shard's methods answered: one first-in-first-out path from a shard to a loop.
 *
 * <p>It may act within the call, and the shard may be called again then. Effects of such a call wait until this one has returned, so each
 * effect is complete before the next begins. Never throws.
 */
public interface ShardEffects {
    /**
     * These loops have subscribers of the channel, who should see {@code publication}. Its offset is 0 and {@code epoch} empty if it is in no log.
     *
     * @param previous the publication before it in the log, when the publisher wants a patch to it to be sent; else null
     */
    // More than 4 parameters because a record for them would be made for every publication.
    void publication(
            LoopSet loops, String channel, String epoch, Publication publication, @Nullable Publication previous);

    /**
     * These loops have subscribers of the channel, whose log has come to a position by a way that is not told: for {@link Fanout#advance}. It may be one of
     * another epoch.
     */
    void advanced(LoopSet loops, String channel, StreamPosition top);

    /** These loops have subscribers of the channel, which could not be heard for so long that they have to be told: for {@link Fanout#loseAll}. */
    void stale(LoopSet loops, String channel);

    /** The channel has its first subscriber: before anything else about it, its reply included. */
    void occupied(String channel);

    /** The channel's last subscriber has left. Each {@code occupied} is followed by exactly one of these before the next. */
    void vacated(String channel);

    /**
     * A publication that subscribers of the pattern channel {@code pattern} should see too: for {@link ChannelHome#gather} of its home. Comes after
     * {@link #publication}, and also where nobody listens to the channel itself.
     *
     * @param publication with the name of the channel it was said on, and the offset it has there
     */
    void gathered(String pattern, Publication publication);

    /** These loops have subscribers of the channel, the one who joined included. */
    void joined(LoopSet loops, String channel, ClientInfo who);

    /** These loops still have subscribers of the channel. */
    void left(LoopSet loops, String channel, ClientInfo who);
}
