package dev.openline.tokens;

import dev.openline.protocol.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What a valid subscription token says. Whether it is for this connection is for the caller to check: user, channel and client must be
 * those of the connection, and a difference closes it with 3500.
 *
 * @param user whom it was made for, empty for an anonymous user
 * @param channel the channel that it opens; not empty
 * @param client the one connection that it is for, or empty for any of the user's
 * @param expireAtSeconds when the subscription expires, in seconds since 1970, or null for never: the claim {@code expire_at} if there is
 *     one (0 means never), else {@code exp}. An {@code expire_at} may lie in the past although the token is valid
 * @param info shown to others in presence and join messages of the channel, or null. From {@code info} it is JSON, from {@code b64info} it
 *     may be any bytes
 * @param data handed to the client in the reply, or null; from {@code data} or {@code b64data}
 * @param overrides what replaces options of the namespace
 * @param id the token's id ({@code jti}), by which it can be revoked, or null
 * @param issuedAt when the token was made ({@code iat}), in whole seconds since 1970, or null
 */
public record SubscriptionToken(
        String user,
        String channel,
        String client,
        @Nullable Long expireAtSeconds,
        @Nullable Payload info,
        @Nullable Payload data,
        Overrides overrides,
        @Nullable String id,
        @Nullable Long issuedAt) {}
