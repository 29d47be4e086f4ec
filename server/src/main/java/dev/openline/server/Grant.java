package dev.openline.server;

import dev.openline.hub.Feature;
import dev.openline.protocol.Payload;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a subscription that was allowed comes with. Immutable.
 *
 * @param expireAtSeconds when it ends unless it is refreshed, in seconds since 1970; null for never
 * @param refreshed who has to refresh it in time; of no meaning without {@code expireAtSeconds}
 * @param info shown to others in presence and with what the client publishes there, or null
 * @param data handed to the client with the reply, or null
 * @param overrides features that hold, or don't, for this subscription whatever the channel's options say
 * @param token which token has allowed it, so that it can be ended when that is revoked; null for none
 */
// More than 4 parameters because this is all that can be said of a subscription; the methods name them.
public record Grant(
        @Nullable Long expireAtSeconds,
        Refreshed refreshed,
        @Nullable Payload info,
        @Nullable Payload data,
        Map<Feature, Boolean> overrides,
        Authenticator.@Nullable TokenStamp token) {
    /** Nothing special, for ever. */
    public static final Grant PLAIN = new Grant(null, Refreshed.BY_CLIENT, null, null, Map.of());

    /** Who has to say that something with an end goes on. */
    public enum Refreshed {
        /** The client, with a new token. It is told how long it has. */
        BY_CLIENT,
        /** The server, which asks its {@link RefreshHook} or {@link SubscribeHook}. */
        BY_SERVER
    }

    // More than 4 parameters because these are what a token or a hook may say.
    /** One that no token has allowed. */
    public Grant(
            @Nullable Long expireAtSeconds,
            Refreshed refreshed,
            @Nullable Payload info,
            @Nullable Payload data,
            Map<Feature, Boolean> overrides) {
        this(expireAtSeconds, refreshed, info, data, overrides, null);
    }

    public Grant {
        EnumMap<Feature, Boolean> copy = new EnumMap<>(Feature.class);
        copy.putAll(overrides);
        overrides = Map.copyOf(copy);
    }

    /** The same with an end. */
    public Grant until(@Nullable Long expireAtSeconds, Refreshed by) {
        return new Grant(expireAtSeconds, by, info, data, overrides, token);
    }

    /** The same with something to show to others. */
    public Grant withInfo(@Nullable Payload info) {
        return new Grant(expireAtSeconds, refreshed, info, data, overrides, token);
    }

    /** The same with something for the client. */
    public Grant withData(@Nullable Payload data) {
        return new Grant(expireAtSeconds, refreshed, info, data, overrides, token);
    }

    /** The same with these exceptions from the channel's options. */
    public Grant withOverrides(Map<Feature, Boolean> overrides) {
        return new Grant(expireAtSeconds, refreshed, info, data, overrides, token);
    }

    /** The same, allowed by a token. */
    Grant withToken(Authenticator.TokenStamp stamp) {
        return new Grant(expireAtSeconds, refreshed, info, data, overrides, stamp);
    }

    /** Without what may be a payload. */
    @Override
    public String toString() {
        return "Grant[expireAtSeconds=" + expireAtSeconds + ", refreshed=" + refreshed + ", overrides=" + overrides
                + "]";
    }
}
