package dev.openline.server;

import dev.openline.hub.ChannelHome;
import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.HistoryQuery;
import dev.openline.hub.Page;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.net.EventLoops;
import dev.openline.net.Surroundings;
import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiMessage;
import dev.openline.protocol.ApiReply;
import dev.openline.protocol.ApiResult;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.Unsubscribed;
import dev.openline.tokens.Revocation;
import dev.openline.tokens.Revocations;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the calls of the HTTP API: those about channels on the hub of the channel's home, those about connections on the loop of
 * each. Connections are told before the call is answered, and may carry it out a little later.
 */
final class ServerOperations implements Operations {
    private static final Logger log = LoggerFactory.getLogger(OpenlineServer.class);
    private static final ApiResult.Nothing NOTHING = new ApiResult.Nothing();

    private final Connections connections;
    private final LoopHub[] hubs;
    private final EventLoops loops;
    private final SessionLimits limits;
    private final Revocations revocations;
    private final Census census;

    /** @param node the id of this server */
    // More than 4 parameters because this is the one place where all of a server meets.
    ServerOperations(Connections connections, LoopHub[] hubs, EventLoops loops, OpenlineOptions options, String node) {
        this.connections = connections;
        this.hubs = hubs;
        this.loops = loops;
        this.limits = options.limits();
        this.revocations = options.revocations();
        this.census = new Census(connections, hubs, loops, options, node);
    }

    /** Runs a task with the hub of a channel's home, on its loop. */
    private void onHub(String channel, Consumer<LoopHub> task) {
        LoopHub home = hubs[ChannelHome.homeOf(channel, hubs.length)];
        loops.loop(home.index()).execute(() -> task.accept(home));
    }

    private @Nullable ChannelOptions optionsFor(String channel) {
        return hubs[0].rules().optionsFor(channel);
    }

    // --- channels
    // ----------------------------------------------------------------------------------------------------------------

    @Override
    public CompletionStage<ApiReply<ApiResult.Published>> publish(ApiCall.Publish call) {
        ApiMessage message = call.message();
        PublishRequest request = PublishRequest.of(call.channel(), message.data())
                .tagged(message.tags())
                .once(message.idempotencyKey().isEmpty() ? null : message.idempotencyKey())
                .history(
                        message.logging() == ApiMessage.Logging.UNLOGGED
                                ? PublishRequest.History.SKIP
                                : PublishRequest.History.KEEP)
                .encoded(
                        message.delta() == ApiMessage.Delta.ALLOWED
                                ? PublishRequest.Encoding.DELTA
                                : PublishRequest.Encoding.AS_IT_IS)
                .version(versionOf(message));
        CompletableFuture<ApiReply<ApiResult.Published>> reply = new CompletableFuture<>();
        onHub(call.channel(), hub -> hub.publish(request, published -> reply.complete(replyOf(published))));
        return reply;
    }

    private static PublishRequest.@Nullable Version versionOf(ApiMessage message) {
        ApiMessage.Version version = message.version();
        return version == null ? null : new PublishRequest.Version(version.number(), version.epoch());
    }

    private static ApiReply<ApiResult.Published> replyOf(Published published) {
        if (published instanceof Published.Refused refused) return new ApiReply.Failed<>(refused.error());
        StreamPosition position = published instanceof Published.At at ? at.position() : null;
        return new ApiReply.Done<>(new ApiResult.Published(position));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.History>> history(ApiCall.History call) {
        HistoryQuery query = Asking.queryOf(call.limit(), call.since(), call.direction(), limits.maxHistoryPage());
        if (query == null) return refused(ErrorReply.BAD_REQUEST);
        CompletableFuture<ApiReply<ApiResult.History>> reply = new CompletableFuture<>();
        onHub(call.channel(), hub -> hub.history(call.channel(), query, page -> reply.complete(replyOf(page))));
        return reply;
    }

    private static ApiReply<ApiResult.History> replyOf(Page page) {
        if (!(page instanceof Page.Found found)) return new ApiReply.Failed<>(Asking.errorOf(page));
        return new ApiReply.Done<>(new ApiResult.History(found.publications(), found.top()));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> historyRemove(ApiCall.HistoryRemove call) {
        ChannelOptions options = optionsFor(call.channel());
        if (options == null) return refused(ErrorReply.UNKNOWN_CHANNEL);
        if (!options.logged()) return refused(ErrorReply.NOT_AVAILABLE);
        CompletableFuture<ApiReply<ApiResult.Nothing>> reply = new CompletableFuture<>();
        onHub(
                call.channel(),
                hub -> hub.removeHistory(
                        call.channel(),
                        error -> reply.complete(
                                error == null ? new ApiReply.Done<>(NOTHING) : new ApiReply.Failed<>(error))));
        return reply;
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Presence>> presence(ApiCall.Presence call) {
        ErrorReply refusal = presenceRefusal(call.channel());
        if (refusal != null) return refused(refusal);
        CompletableFuture<ApiReply<ApiResult.Presence>> reply = new CompletableFuture<>();
        onHub(
                call.channel(),
                hub -> hub.presence(call.channel(), members -> {
                    if (members == null) {
                        reply.complete(new ApiReply.Failed<>(Asking.NOT_TOLD));
                        return;
                    }
                    Map<String, ClientInfo> clients = new LinkedHashMap<>();
                    for (ClientInfo member : members) clients.put(member.client(), member);
                    reply.complete(new ApiReply.Done<>(new ApiResult.Presence(clients)));
                }));
        return reply;
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.PresenceStats>> presenceStats(ApiCall.PresenceStats call) {
        ErrorReply refusal = presenceRefusal(call.channel());
        if (refusal != null) return refused(refusal);
        CompletableFuture<ApiReply<ApiResult.PresenceStats>> reply = new CompletableFuture<>();
        onHub(
                call.channel(),
                hub -> hub.presenceStats(
                        call.channel(),
                        stats -> reply.complete(
                                stats == null
                                        ? new ApiReply.Failed<>(Asking.NOT_TOLD)
                                        : new ApiReply.Done<>(
                                                new ApiResult.PresenceStats(stats.clients(), stats.users())))));
        return reply;
    }

    private @Nullable ErrorReply presenceRefusal(String channel) {
        ChannelOptions options = optionsFor(channel);
        if (options == null) return ErrorReply.UNKNOWN_CHANNEL;
        return options.has(Feature.PRESENCE) ? null : ErrorReply.NOT_AVAILABLE;
    }

    // --- connections
    // -------------------------------------------------------------------------------------------------------------

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> subscribe(ApiCall.Subscribe call) {
        if (optionsFor(call.channel()) == null) return refused(ErrorReply.UNKNOWN_CHANNEL);
        Long expireAt = call.expireAt() == 0 ? null : call.expireAt();
        Map<Feature, Boolean> overrides = new EnumMap<>(Feature.class);
        call.override().forEach((overridable, value) -> overrides.put(featureOf(overridable), value));
        Grant grant = new Grant(expireAt, Grant.Refreshed.BY_SERVER, call.info(), call.data(), overrides);
        return each(
                call.target(),
                session ->
                        session.inTurn(() -> session.subscribing().begin(call.channel(), grant, call.recoverSince())));
    }

    private static Feature featureOf(ApiCall.Overridable overridable) {
        return switch (overridable) {
            case PRESENCE -> Feature.PRESENCE;
            case JOIN_LEAVE -> Feature.JOIN_LEAVE;
            case FORCE_RECOVERY -> Feature.FORCE_RECOVERY;
            case FORCE_POSITIONING -> Feature.FORCE_POSITIONING;
            case FORCE_PUSH_JOIN_LEAVE -> Feature.PUSH_JOIN_LEAVE;
        };
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> unsubscribe(ApiCall.Unsubscribe call) {
        String channel = call.channel();
        if (!channel.isEmpty() && optionsFor(channel) == null) return refused(ErrorReply.UNKNOWN_CHANNEL);
        return each(
                call.target(),
                session -> session.inTurn(() -> {
                    List<String> channels = channel.isEmpty()
                            ? List.copyOf(session.subscriptions().keySet())
                            : List.of(channel);
                    for (String ended : channels) session.end(ended, Unsubscribed.BY_SERVER);
                }));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> disconnect(ApiCall.Disconnect call) {
        Disconnect why = call.why();
        return each(call.target(), session -> {
            if (!call.whitelist().contains(session.client())) session.close(why);
        });
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> refresh(ApiCall.Refresh call) {
        Long expireAt = call.expireAt() == 0 ? null : call.expireAt();
        return each(call.target(), session -> {
            if (call.lifetime() == ApiCall.Lifetime.IS_OVER) session.close(Disconnect.EXPIRED);
            else session.inTurn(() -> session.refreshing().extend(expireAt, call.info()));
        });
    }

    /** A user's connections that the call means, each on its loop. */
    private CompletionStage<ApiReply<ApiResult.Nothing>> each(ApiCall.Target target, Consumer<Session> task) {
        for (SessionLine line : connections.linesOf(target)) {
            line.onLoop(session -> {
                if (!session.isClosed()) task.accept(session);
            });
        }
        return CompletableFuture.completedStage(new ApiReply.Done<>(NOTHING));
    }

    // --- the server
    // --------------------------------------------------------------------------------------------------------------

    @Override
    public CompletionStage<ApiReply<ApiResult.Channels>> channels(ApiCall.Channels call) {
        return census.channels(call.pattern());
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Info>> info(ApiCall.Info call) {
        return census.info();
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Connections>> connections(ApiCall.Connections call) {
        return census.connections(call);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> revokeToken(ApiCall.RevokeToken call) {
        return revoke(new Revocation.OfToken(call.uid(), until(call.expireAt())));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> invalidateUserTokens(ApiCall.InvalidateUserTokens call) {
        Instant before = call.issuedBefore() == 0
                ? Revocation.after(Surroundings.now())
                : Instant.ofEpochSecond(call.issuedBefore());
        return revoke(new Revocation.OfUser(call.user(), before, until(call.expireAt())));
    }

    /** A revocation that nobody sets an end to stays as long as times can be told. */
    private static Instant until(long expireAt) {
        return expireAt == 0 ? Instant.MAX : Instant.ofEpochSecond(expireAt);
    }

    /** Nobody comes in with such a token any more, and who did is sent away, whether it could be kept for the next start or not. */
    private CompletionStage<ApiReply<ApiResult.Nothing>> revoke(Revocation revocation) {
        CompletionStage<Revocations.Outcome> kept = revocations.revoke(revocation, Surroundings.now());
        for (SessionLine line : connections.all()) line.onLoop(this::turnAwayIfRevoked);
        return kept.handle((outcome, fault) -> {
            if (fault != null) log.warn("a revocation is in force but could not be kept: {}", fault.toString());
            if (fault != null) return new ApiReply.Failed<>(ErrorReply.INTERNAL);
            return outcome == Revocations.Outcome.FULL
                    ? new ApiReply.Failed<>(ErrorReply.LIMIT_EXCEEDED)
                    : new ApiReply.Done<>(NOTHING);
        });
    }

    /** Another server may have revoked something that this one was not told: it is in the journal. Not on an event loop, because that may wait. */
    void readRevocationsAgain() {
        CompletableFuture.runAsync(() -> revocations.reload(Surroundings.now())).whenComplete((done, fault) -> {
            if (fault != null) log.warn("revocations could not be read again: {}", fault.toString());
            for (SessionLine line : connections.all()) line.onLoop(this::turnAwayIfRevoked);
        });
    }

    private void turnAwayIfRevoked(Session session) {
        if (!session.isConnected()) return;
        if (isRevoked(session, session.who().token())) session.close(Disconnect.INVALID_TOKEN);
        else
            for (Subscription subscription : List.copyOf(session.subscriptions().values()))
                // The client asks for a new token then, and the application says whether it gets one.
                if (isRevoked(session, subscription.grant.token()))
                    session.end(subscription.channel, Unsubscribed.EXPIRED);
    }

    private boolean isRevoked(Session session, Authenticator.@Nullable TokenStamp token) {
        return token != null
                && revocations.isRevoked(session.who().user(), token.id(), token.issuedAt(), Surroundings.now());
    }

    private static <R extends ApiResult> CompletionStage<ApiReply<R>> refused(ErrorReply error) {
        return CompletableFuture.completedStage(new ApiReply.Failed<>(error));
    }
}
