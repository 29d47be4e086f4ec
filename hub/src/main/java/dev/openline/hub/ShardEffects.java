package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Publication;

/**
 * What a shard wants to be carried to the event loops. Whoever implements it brings the effects to each loop in the order of the calls, and in
 * order with what the shard's methods answered: one first-in-first-out path from a shard to a loop.
 *
 * <p>It may act within the call, and the shard may be called again then. Effects of such a call wait until this one has returned, so each
 * effect is complete before the next begins. Never throws.
 */
public interface ShardEffects {
    /** These loops have subscribers of the channel, who should see {@code publication}. Its offset is 0 and {@code epoch} empty if it is in no log. */
    void publication(LoopSet loops, String channel, String epoch, Publication publication);

    /** These loops have subscribers of the channel, the one who joined included. */
    void joined(LoopSet loops, String channel, ClientInfo who);

    /** These loops still have subscribers of the channel. */
    void left(LoopSet loops, String channel, ClientInfo who);
}
