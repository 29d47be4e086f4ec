package dev.openline.tokens;

import dev.openline.protocol.Payload;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the payload of a genuine token says, in the terms of the protocol. */
final class Claims {
    private final JsonMembers members;

    private Claims(JsonMembers members) {
        this.members = members;
    }

    static Claims of(SignedToken token) throws TokenFlaw {
        return new Claims(JsonMembers.read(token.payload(), "the payload"));
    }

    ConnectionToken connection(String userClaim) throws TokenFlaw {
        // A subscription token opens one channel for a user; it must not open connections too.
        if (members.has("channel") && !"".equals(members.string("channel")))
            throw new TokenFlaw("a connection token has no channel");
        return new ConnectionToken(
                orEmpty(members.string(userClaim)),
                expireAt(),
                payload(members, "info"),
                channels(),
                members.objectPayload("meta"),
                id(),
                issuedAt());
    }

    SubscriptionToken subscription(String userClaim) throws TokenFlaw {
        String channel = members.string("channel");
        if (channel == null || channel.isEmpty()) throw new TokenFlaw("a subscription token has a channel");
        return new SubscriptionToken(
                orEmpty(members.string(userClaim)),
                channel,
                orEmpty(members.string("client")),
                expireAt(),
                payload(members, "info"),
                payload(members, "data"),
                overrides(members),
                id(),
                issuedAt());
    }

    /** The token's end, from which on it must not be taken (RFC 7519 §4.1.4), in seconds, or null. */
    @Nullable
    Long expiresAt() throws TokenFlaw {
        return members.seconds("exp");
    }

    /** Before this second the token must not be taken (RFC 7519 §4.1.5); or null. */
    @Nullable
    Long notBefore() throws TokenFlaw {
        return members.seconds("nbf");
    }

    @Nullable
    String id() throws TokenFlaw {
        return members.string("jti");
    }

    @Nullable
    Long issuedAt() throws TokenFlaw {
        return members.seconds("iat");
    }

    /** Whom the token is for; empty if it doesn't say. */
    List<String> audience() throws TokenFlaw {
        List<String> audience = members.stringOrStrings("aud");
        return audience == null ? List.of() : audience;
    }

    @Nullable
    String issuer() throws TokenFlaw {
        return members.string("iss");
    }

    private @Nullable Long expireAt() throws TokenFlaw {
        Long own = members.seconds("expire_at");
        if (own == null) return expiresAt();
        return own == 0 ? null : own;
    }

    private Map<String, ChannelGrant> channels() throws TokenFlaw {
        JsonMembers subs = members.object("subs");
        List<String> channels = members.strings("channels");
        Map<String, ChannelGrant> grants = new LinkedHashMap<>();
        if (subs != null) {
            for (String channel : subs.names()) grants.put(channel, grant(subs, channel));
        } else if (channels != null) {
            for (String channel : channels) grants.put(channel, ChannelGrant.PLAIN);
        }
        if (grants.containsKey("")) throw new TokenFlaw("a channel without a name");
        return Collections.unmodifiableMap(grants);
    }

    private static ChannelGrant grant(JsonMembers subs, String channel) throws TokenFlaw {
        JsonMembers grant = subs.object(channel, "a member of subs");
        if (grant == null) return ChannelGrant.PLAIN;
        return new ChannelGrant(payload(grant, "info"), payload(grant, "data"), overrides(grant));
    }

    private static Overrides overrides(JsonMembers of) throws TokenFlaw {
        JsonMembers override = of.object("override");
        if (override == null) return Overrides.NONE;
        return new Overrides(
                flag(override, "presence"),
                flag(override, "join_leave"),
                flag(override, "force_recovery"),
                flag(override, "force_positioning"),
                flag(override, "force_push_join_leave"));
    }

    /** A flag in an object of its own; without a value it is false, for who writes these may leave out what is false. */
    private static @Nullable Boolean flag(JsonMembers override, String name) throws TokenFlaw {
        JsonMembers flag = override.object(name);
        if (flag == null) return null;
        return Boolean.TRUE.equals(flag.bool("value"));
    }

    /** What an application says: JSON as it is, or any bytes in Base64 under the longer name, which wins. */
    private static @Nullable Payload payload(JsonMembers of, String name) throws TokenFlaw {
        String encoded = of.string("b64" + name);
        if (encoded == null || encoded.isEmpty()) return of.payload(name);
        try {
            return Payload.wrap(Base64.getDecoder().decode(encoded));
        } catch (IllegalArgumentException e) {
            throw new TokenFlaw("b64" + name + " is not Base64");
        }
    }

    private static String orEmpty(@Nullable String text) {
        return text == null ? "" : text;
    }
}
