package dev.openline.protocol;

import org.jspecify.annotations.Nullable;

/**
 * Who is behind a connection, as others on a channel see it.
 *
 * @param user the application's user id; empty for an anonymous one
 * @param client the connection's id
 * @param connectionInfo what the application attached at connect, or null
 * @param channelInfo what the application attached to the subscription, or null
 */
public record ClientInfo(
        String user,
        String client,
        @Nullable Payload connectionInfo,
        @Nullable Payload channelInfo) {}
