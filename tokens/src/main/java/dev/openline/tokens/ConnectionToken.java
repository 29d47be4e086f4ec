package dev.openline.tokens;

import dev.openline.protocol.Payload;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a valid connection token says.
 *
 * @param user the application's id of the user, empty for an anonymous one
 * @param expireAtSeconds when the connection expires, in seconds since 1970, or null for never: the claim {@code expire_at} if there is
 *     one (0 means never), else {@code exp}. An {@code expire_at} may lie in the past although the token is valid
 * @param info shown to others in presence and with the client's publications, or null. From {@code info} it is JSON, from {@code b64info}
 *     it may be any bytes
 * @param channels what the connection is subscribed to by the server, in the token's order: from {@code subs}, or else {@code channels}
 * @param meta a JSON object that stays on the server, or null
 * @param id the token's id ({@code jti}), by which it can be revoked, or null
 * @param issuedAt when the token was made ({@code iat}), in whole seconds since 1970, or null
 */
public record ConnectionToken(
        String user,
        @Nullable Long expireAtSeconds,
        @Nullable Payload info,
        Map<String, ChannelGrant> channels,
        @Nullable Payload meta,
        @Nullable String id,
        @Nullable Long issuedAt) {
    public ConnectionToken {
        channels = Collections.unmodifiableMap(new LinkedHashMap<>(channels));
    }
}
