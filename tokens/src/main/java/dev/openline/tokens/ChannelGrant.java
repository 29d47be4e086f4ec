package dev.openline.tokens;

import dev.openline.protocol.Payload;
import org.jspecify.annotations.Nullable;

/**
 * One channel that a connection token subscribes its connection to.
 *
 * @param info shown to others in presence and join messages of the channel, or null. From {@code info} it is JSON, from {@code b64info} it
 *     may be any bytes: {@link Payload#isJson} tells
 * @param data handed to the client with the subscription, or null; from {@code data} or {@code b64data}
 * @param overrides what replaces options of the namespace
 */
public record ChannelGrant(@Nullable Payload info, @Nullable Payload data, Overrides overrides) {
    /** A subscription as the namespace has it: what a channel in the claim {@code channels} gets. */
    public static final ChannelGrant PLAIN = new ChannelGrant(null, null, Overrides.NONE);
}
