package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * A client wants to hear a channel.
 *
 * @param channel the channel's full name
 * @param who the client, as presence and join messages show it; its client id is unique among all lines
 * @param recoverFrom the cursor it hands back, or null if it only wants what comes from now on; an empty epoch stands for any
 */
public record SubscribeRequest(
        String channel, ClientInfo who, @Nullable StreamPosition recoverFrom) {}
