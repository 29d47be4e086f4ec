package dev.openline.server;

import dev.openline.hub.Feature;
import dev.openline.net.QuietLog;
import dev.openline.net.Surroundings;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.tokens.ConnectionToken;
import dev.openline.tokens.Overrides;
import dev.openline.tokens.SubscriptionToken;
import dev.openline.tokens.TokenVerifier;
import dev.openline.tokens.Verdict;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tokens that a {@link TokenVerifier} has looked at, in terms of what becomes of who brings them. */
final class VerifiedTokens implements TokenDesk {
    private static final Logger log = LoggerFactory.getLogger(OpenlineServer.class);
    private static final QuietLog peers = QuietLog.of(log);

    /** What becomes of a genuine token that names no user. */
    enum Nameless {
        ADMITTED,
        TURNED_AWAY
    }

    private final TokenVerifier connections;
    private final TokenVerifier subscriptions;
    private final Nameless nameless;

    VerifiedTokens(TokenVerifier connections, TokenVerifier subscriptions, Nameless nameless) {
        this.connections = connections;
        this.subscriptions = subscriptions;
        this.nameless = nameless;
    }

    @Override
    public CompletionStage<Authenticator.Admission> connection(String token) {
        return connections
                .connection(token, Surroundings.now())
                .thenApply(verdict -> verdict.with(new Verdict.Cases<ConnectionToken, Authenticator.Admission>() {
                    @Override
                    public Authenticator.Admission valid(ConnectionToken claims) {
                        return admitted(claims);
                    }

                    @Override
                    public Authenticator.Admission expired() {
                        return new Authenticator.Denied(ErrorReply.TOKEN_EXPIRED);
                    }

                    @Override
                    public Authenticator.Admission invalid(String rule) {
                        peers.info("refused a connection token: {}", rule);
                        return new Authenticator.Dropped(Disconnect.INVALID_TOKEN);
                    }

                    @Override
                    public Authenticator.Admission unavailable(String rule) {
                        log.warn("could not verify a connection token: {}", rule);
                        return new Authenticator.Denied(ErrorReply.INTERNAL);
                    }
                }));
    }

    private Authenticator.Admission admitted(ConnectionToken claims) {
        if (claims.user().isEmpty() && nameless == Nameless.TURNED_AWAY)
            return new Authenticator.Dropped(Disconnect.PERMISSION_DENIED);
        Map<String, Grant> subs = new LinkedHashMap<>();
        claims.channels()
                .forEach((channel, grant) -> subs.put(
                        channel,
                        new Grant(
                                null,
                                Grant.Refreshed.BY_SERVER,
                                grant.info(),
                                grant.data(),
                                exceptions(grant.overrides()))));
        return new Authenticator.Admitted(claims.user(), claims.info(), null)
                .until(claims.expireAtSeconds(), Grant.Refreshed.BY_CLIENT)
                .withSubs(subs)
                .withMeta(claims.meta())
                .withToken(new Authenticator.TokenStamp(claims.id(), claims.issuedAt()));
    }

    private static Map<Feature, Boolean> exceptions(Overrides overrides) {
        Map<Feature, Boolean> exceptions = new EnumMap<>(Feature.class);
        put(exceptions, Feature.PRESENCE, overrides.presence());
        put(exceptions, Feature.JOIN_LEAVE, overrides.joinLeave());
        put(exceptions, Feature.FORCE_RECOVERY, overrides.forceRecovery());
        put(exceptions, Feature.FORCE_POSITIONING, overrides.forcePositioning());
        put(exceptions, Feature.PUSH_JOIN_LEAVE, overrides.forcePushJoinLeave());
        return exceptions;
    }

    private static void put(Map<Feature, Boolean> exceptions, Feature feature, @Nullable Boolean value) {
        if (value != null) exceptions.put(feature, value);
    }

    @Override
    public CompletionStage<SubscribeHook.Decision> subscription(
            Client client, SubscribeRequest request, Consumer<String> complaint) {
        return subscriptions
                .subscription(request.token(), Surroundings.now())
                .thenApply(verdict -> verdict.with(new Verdict.Cases<SubscriptionToken, SubscribeHook.Decision>() {
                    @Override
                    public SubscribeHook.Decision valid(SubscriptionToken claims) {
                        return decision(client, request.channel(), claims);
                    }

                    @Override
                    public SubscribeHook.Decision expired() {
                        return new SubscribeHook.Decision.Denied(ErrorReply.TOKEN_EXPIRED);
                    }

                    @Override
                    public SubscribeHook.Decision invalid(String rule) {
                        complaint.accept(rule);
                        return new SubscribeHook.Decision.Denied(ErrorReply.PERMISSION_DENIED);
                    }

                    @Override
                    public SubscribeHook.Decision unavailable(String rule) {
                        log.warn("could not verify a subscription token: {}", rule);
                        return new SubscribeHook.Decision.Denied(ErrorReply.INTERNAL);
                    }
                }));
    }

    /** A token for another channel, or of somebody else, is no mistake: the line is closed. */
    private static SubscribeHook.Decision decision(Client client, String channel, SubscriptionToken claims) {
        boolean fits = claims.channel().equals(channel)
                && claims.user().equals(client.user())
                && (claims.client().isEmpty() || claims.client().equals(client.id()));
        if (!fits) return new SubscribeHook.Decision.Dropped(Disconnect.INVALID_TOKEN);
        return new SubscribeHook.Decision.Allowed(new Grant(
                        claims.expireAtSeconds(),
                        Grant.Refreshed.BY_CLIENT,
                        claims.info(),
                        claims.data(),
                        exceptions(claims.overrides()))
                .withToken(new Authenticator.TokenStamp(claims.id(), claims.issuedAt())));
    }
}
