package dev.openline.tokens;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import dev.openline.protocol.Payload;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** The claims of a token in the making. A claim set twice has the later value. For one thread. */
public final class TokenDraft {
    private final TokenIssuer issuer;

    /** Each claim's value as JSON. */
    private final Map<String, String> claims = new LinkedHashMap<>();

    private final Map<String, String> subs = new LinkedHashMap<>();

    TokenDraft(TokenIssuer issuer) {
        this.issuer = issuer;
    }

    TokenDraft text(String claim, String value) {
        return put(claim, quoted(value));
    }

    private TokenDraft put(String claim, String json) {
        claims.put(claim, json);
        return this;
    }

    /** {@code exp}: the token is good until then, and so is the connection or subscription unless {@link #expireAt} says otherwise. */
    public TokenDraft expiresAt(Instant time) {
        return put("exp", seconds(time));
    }

    /** {@code expire_at}: when the connection or subscription ends, whatever the token's end; null for never. */
    public TokenDraft expireAt(@Nullable Instant time) {
        return put("expire_at", time == null ? "0" : seconds(time));
    }

    /** {@code nbf}: not good before then. */
    public TokenDraft notBefore(Instant time) {
        return put("nbf", seconds(time));
    }

    /** {@code iat}: when it was made; revocations by time look at it. */
    public TokenDraft issuedAt(Instant time) {
        return put("iat", seconds(time));
    }

    /** {@code jti}: the name by which this one token can be revoked. */
    public TokenDraft id(String id) {
        return text("jti", id);
    }

    /** {@code aud}. */
    public TokenDraft audience(String audience) {
        return text("aud", audience);
    }

    /** {@code iss}. */
    public TokenDraft issuer(String name) {
        return text("iss", name);
    }

    /** {@code client}: the one connection that a subscription token is for. */
    public TokenDraft client(String id) {
        return text("client", id);
    }

    /** {@code info}, or {@code b64info} for what is not JSON: shown to others. */
    public TokenDraft info(Payload info) {
        return payload(claims, "info", info);
    }

    /** {@code data}, or {@code b64data} for what is not JSON: handed to the client of a subscription token. */
    public TokenDraft data(Payload data) {
        return payload(claims, "data", data);
    }

    /**
     * {@code meta}: stays on the server.
     *
     * @throws IllegalArgumentException unless it is a JSON object
     */
    public TokenDraft meta(Payload meta) {
        if (!meta.isJsonObject()) throw new IllegalArgumentException("meta is not a JSON object");
        return put("meta", meta.text());
    }

    /** {@code channels}: what a connection token subscribes to, with default options. Without effect beside {@link #grant}. */
    public TokenDraft channels(List<String> channels) {
        StringJoiner list = new StringJoiner(",", "[", "]");
        for (String channel : channels) list.add(quoted(channel));
        return put("channels", list.toString());
    }

    /** {@code subs}: one more channel that a connection token subscribes to. */
    public TokenDraft grant(String channel, ChannelGrant grant) {
        Map<String, String> members = new LinkedHashMap<>();
        if (grant.info() != null) payload(members, "info", grant.info());
        if (grant.data() != null) payload(members, "data", grant.data());
        overrides(members, grant.overrides());
        subs.put(channel, object(members));
        return this;
    }

    /** {@code override}: what replaces options of the namespace for the subscription of a subscription token. */
    public TokenDraft override(Overrides overrides) {
        overrides(claims, overrides);
        return this;
    }

    /**
     * A claim of the application's own, such as that of {@code user_id_claim}.
     *
     * @param value one JSON value
     * @throws IllegalArgumentException if it is something else
     */
    public TokenDraft claim(String name, Payload value) {
        if (!value.isJson()) throw new IllegalArgumentException("the value of a claim is not JSON");
        return put(name, value.text());
    }

    /** The token. The draft can be changed and signed again. */
    public String sign() {
        Map<String, String> all = new LinkedHashMap<>(claims);
        if (!subs.isEmpty()) all.put("subs", object(subs));
        return issuer.sign(object(all).getBytes(StandardCharsets.UTF_8));
    }

    private TokenDraft payload(Map<String, String> into, String name, Payload payload) {
        into.remove(name);
        into.remove("b64" + name);
        if (payload.isJson()) {
            into.put(name, payload.text());
        } else {
            byte[] bytes = new byte[payload.size()];
            payload.copyTo(bytes, 0);
            into.put("b64" + name, quoted(Base64.getEncoder().encodeToString(bytes)));
        }
        return this;
    }

    private static void overrides(Map<String, String> into, Overrides overrides) {
        Map<String, String> members = new LinkedHashMap<>();
        flag(members, "presence", overrides.presence());
        flag(members, "join_leave", overrides.joinLeave());
        flag(members, "force_recovery", overrides.forceRecovery());
        flag(members, "force_positioning", overrides.forcePositioning());
        flag(members, "force_push_join_leave", overrides.forcePushJoinLeave());
        if (members.isEmpty()) into.remove("override");
        else into.put("override", object(members));
    }

    private static void flag(Map<String, String> into, String name, @Nullable Boolean value) {
        if (value != null) into.put(name, "{\"value\":" + value + "}");
    }

    private static String object(Map<String, String> members) {
        StringJoiner object = new StringJoiner(",", "{", "}");
        members.forEach((name, value) -> object.add(quoted(name) + ":" + value));
        return object.toString();
    }

    private static String quoted(String text) {
        return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
    }

    private static String seconds(Instant time) {
        return Long.toString(time.getEpochSecond());
    }

    /** Nothing of the claims. */
    @Override
    public String toString() {
        return "TokenDraft";
    }
}
