package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.StreamPosition;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A client wants to hear a channel.
 *
 * @param channel the channel's full name
 * @param who the client, as presence and join messages show it; its client id is unique among all lines
 * @param recoverFrom the cursor it hands back, or null if it only wants what comes from now on; an empty epoch stands for any
 * @param shown what others learn of it: {@link Feature#PRESENCE} puts it on the list of who is there, {@link Feature#JOIN_LEAVE}
 *     announces its coming and going; null for what the channel offers
 */
public record SubscribeRequest(
        String channel,
        ClientInfo who,
        @Nullable StreamPosition recoverFrom,
        @Nullable Set<Feature> shown) {
    /** A request of a client that others learn of as the channel offers. */
    public SubscribeRequest(String channel, ClientInfo who, @Nullable StreamPosition recoverFrom) {
        this(channel, who, recoverFrom, null);
    }
}
