package dev.openline.server;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import dev.openline.hub.HistoryQuery;
import dev.openline.hub.Page;
import dev.openline.net.HttpRequest;
import dev.openline.net.HttpResponse;
import dev.openline.net.QuietLog;
import dev.openline.net.Surroundings;
import dev.openline.net.UpgradeDecision;
import dev.openline.protocol.ApiCodec;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.SubscribeRequest;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One channel for who speaks no protocol: as a bare WebSocket, as server-sent events, or asked for now and then. Who may subscribe may follow:
 * a connection token goes into {@code token} of the query or an {@code Authorization: Bearer} field, one for the channel into
 * {@code subscription_token}.
 */
final class FeedDesk {
    private static final Logger log = LoggerFactory.getLogger(OpenlineServer.class);
    private static final QuietLog peers = QuietLog.of(log);
    private static final String BEARER = "Bearer ";
    private static final int DEFAULT_PAGE = 100;

    private final Connections connections;
    private final Admissions admissions;
    private final ChannelRules channels;
    private final Polls polls;

    FeedDesk(Connections connections, Admissions admissions, ChannelRules channels, Polls polls) {
        this.connections = connections;
        this.admissions = admissions;
        this.channels = channels;
        this.polls = polls;
    }

    /** Where a channel's log is read. */
    interface Polls {
        CompletionStage<Page> history(String channel, HistoryQuery query);
    }

    /** Either a wish to be fulfilled, or why not. */
    private record Verdict(
            Feed.@Nullable Wish wish, @Nullable HttpResponse refusal) {
        static Verdict refused(int status, String text) {
            HttpResponse response = HttpResponse.text(status, text + "\n");
            return new Verdict(null, status == 401 ? response.with("www-authenticate", "Bearer") : response);
        }
    }

    CompletionStage<UpgradeDecision> socket(HttpRequest request) {
        String channel = request.pathParameter("channel");
        return verdict(request, channel == null ? "" : channel, "feed").thenApply(verdict -> {
            if (verdict.wish == null) return new UpgradeDecision.Refuse(verdict.refusal);
            return new UpgradeDecision.Open(new FeedSocket(verdict.wish, connections));
        });
    }

    CompletionStage<HttpResponse> events(HttpRequest request, String channel) {
        return verdict(request, channel, "sse").thenApply(verdict -> {
            if (verdict.wish == null) return verdict.refusal;
            return HttpResponse.stream(200, "text/event-stream", new FeedEvents(verdict.wish, connections))
                    .with("cache-control", "no-store")
                    .with("x-accel-buffering", "no");
        });
    }

    // --- asked for now and then
    // --------------------------------------------------------------------------------------------------

    CompletionStage<HttpResponse> poll(HttpRequest request, String channel) {
        return verdict(request, channel, "poll").thenCompose(verdict -> {
            Feed.Wish wish = verdict.wish;
            if (wish == null) return CompletableFuture.completedStage(verdict.refusal);
            int limit = limitOf(request.query("limit"));
            if (limit < 1)
                return CompletableFuture.completedStage(HttpResponse.text(400, "limit is not a number from 1\n"));
            HistoryQuery query = new HistoryQuery(wish.since(), limit, HistoryQuery.Direction.FORWARD);
            return polls.history(channel, query).thenCompose(page -> {
                // What is there of another life of the log is all there is.
                if (!(page instanceof Page.NewEpoch))
                    return CompletableFuture.completedStage(polled(request, wish, page));
                var all = new HistoryQuery(null, limit, HistoryQuery.Direction.FORWARD);
                return polls.history(channel, all).thenApply(whole -> polled(request, wish, whole));
            });
        });
    }

    private int limitOf(@Nullable String text) {
        int most = admissions.rules().limits().maxHistoryPage();
        if (text == null) return Math.min(DEFAULT_PAGE, most);
        try {
            return Math.min(most, Integer.parseInt(text));
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static HttpResponse polled(HttpRequest request, Feed.Wish wish, Page page) {
        if (page instanceof Page.Refused refused) {
            int status = refused.error() == ErrorReply.NOT_AVAILABLE ? 404 : 503;
            return HttpResponse.text(status, refused.error().message() + "\n");
        }
        Page.Found found = (Page.Found) page;
        StreamPosition since = wish.since();
        StreamPosition last = found.publications().isEmpty()
                ? found.top()
                : new StreamPosition(
                        found.publications()
                                .get(found.publications().size() - 1)
                                .offset(),
                        found.top().epoch());
        boolean sameLife = since == null || since.epoch().equals(found.top().epoch());
        long first = found.publications().isEmpty()
                ? last.offset() + 1
                : found.publications().get(0).offset();
        // Nobody has heard what was never said.
        boolean reached = since != null && since.offset() <= found.top().offset();
        boolean complete = since == null || (sameLife && reached && first <= since.offset() + 1);
        String tag = '"' + Place.text(last) + '"';
        boolean nothingNew = since != null && found.publications().isEmpty() && complete;
        HttpResponse response = nothingNew && tag.equals(request.headers().first("if-none-match"))
                ? HttpResponse.empty(304)
                : HttpResponse.of(
                        200, "application/json", ApiCodec.poll(found.publications(), Place.text(last), complete));
        return response.with("etag", tag).with("cache-control", "no-cache");
    }

    // --- who may
    // ------------------------------------------------------------------------------------------------------------------

    private CompletionStage<Verdict> verdict(HttpRequest request, String channel, String transport) {
        StreamPosition since = null;
        String place = placeIn(request);
        if (place != null) {
            since = Place.parse(place);
            if (since == null) return done(Verdict.refused(400, "since is not a position, epoch:offset"));
        }
        ChannelOptions options = channels.optionsFor(channel);
        if (!channels.names().validName(channel)) return done(Verdict.refused(400, "not a channel's name"));
        if (options == null) return done(Verdict.refused(404, "unknown channel"));
        if (!channels.allowsName(channel, options)) return done(Verdict.refused(400, "not a channel's name"));
        StreamPosition from = since;
        Authenticator.Attempt attempt = attempt(request, channel, transport);
        return admissions.admit(attempt).thenCompose(admission -> {
            if (!(admission instanceof Authenticator.Admitted admitted)) return done(refused(admission));
            var info = new ClientInfo(admitted.user(), attempt.client(), admitted.connectionInfo(), null);
            Client client =
                    new Client(info, transport, Encoding.JSON, request, Map.of(), admitted.meta(), admitted.token());
            var asking = new Asking(request, client, admitted, channel, options);
            return grant(asking)
                    .thenApply(verdict -> verdict == null
                            ? new Verdict(new Feed.Wish(channel, info, from, admitted.expireAtSeconds()), null)
                            : verdict);
        });
    }

    private record Asking(
            HttpRequest request,
            Client client,
            Authenticator.Admitted admitted,
            String channel,
            ChannelOptions options) {}

    /** Why this client may not follow the channel; null if it may. */
    private CompletionStage<@Nullable Verdict> grant(Asking asking) {
        String token = asking.request.query("subscription_token");
        SubscribeRequest request = SubscribeRequest.to(asking.channel);
        if (token != null && !token.isEmpty())
            return decided(
                    asking,
                    client -> admissions.subscription(
                            client,
                            request.withToken(token),
                            rule -> peers.info(
                                    "refused a subscription token of {}: {}", asking.request.remoteAddress(), rule)));
        if (asking.admitted.subs().containsKey(asking.channel)) return CompletableFuture.completedStage(null);
        Permissions permissions = new Permissions(admissions.rules().policy(), asking.client.user(), channels);
        SubscribeHook hook = admissions.rules().subscribeHook();
        if (hook != null && !permissions.isDecidedByName(asking.channel))
            return decided(asking, client -> hook.subscribe(client, request));
        return CompletableFuture.completedStage(byPermissions(asking, permissions));
    }

    private @Nullable Verdict byPermissions(Asking asking, Permissions permissions) {
        ErrorReply refusal = permissions.refusalOfName(asking.channel, asking.options);
        if (refusal == null) refusal = permissions.toSubscribe(asking.channel, asking.options);
        return refusal == null ? null : Verdict.refused(403, refusal.message());
    }

    private CompletionStage<@Nullable Verdict> decided(
            Asking asking, Function<Client, CompletionStage<SubscribeHook.Decision>> question) {
        CompletionStage<SubscribeHook.Decision> answer;
        try {
            answer = question.apply(asking.client);
        } catch (RuntimeException fault) {
            answer = CompletableFuture.failedStage(fault);
        }
        return answer.handle((decision, fault) -> {
            if (fault != null && !HookFault.isIn(fault)) log.warn("the application failed to answer", fault);
            if (decision instanceof SubscribeHook.Decision.Allowed) return null;
            if (decision instanceof SubscribeHook.Decision.ByPermissions)
                return byPermissions(
                        asking, new Permissions(admissions.rules().policy(), asking.client.user(), channels));
            if (decision instanceof SubscribeHook.Decision.Denied denied)
                return Verdict.refused(
                        denied.error() == ErrorReply.TOKEN_EXPIRED ? 401 : 403,
                        denied.error().message());
            if (decision instanceof SubscribeHook.Decision.Dropped dropped)
                return Verdict.refused(403, dropped.disconnect().reason());
            return Verdict.refused(503, "try again later");
        });
    }

    private static Verdict refused(Authenticator.Admission admission) {
        if (admission instanceof Authenticator.Denied denied) {
            boolean temporary = denied.error().temporary();
            return Verdict.refused(temporary ? 503 : 401, denied.error().message());
        }
        Disconnect why = admission instanceof Authenticator.Dropped dropped
                ? dropped.disconnect()
                : Disconnect.PERMISSION_DENIED;
        return Verdict.refused(401, why == Disconnect.BAD_REQUEST ? "a token is needed" : why.reason());
    }

    private static Authenticator.Attempt attempt(HttpRequest request, String channel, String transport) {
        return new Authenticator.Attempt(
                Surroundings.randomId(),
                tokenIn(request),
                null,
                Map.of(),
                request,
                new Authenticator.Attempt.Library("", ""),
                Set.of(channel),
                transport,
                Encoding.JSON);
    }

    private static String tokenIn(HttpRequest request) {
        String authorization = request.headers().first("authorization");
        if (authorization != null && authorization.regionMatches(true, 0, BEARER, 0, BEARER.length()))
            return authorization.substring(BEARER.length()).strip();
        String token = request.query("token");
        return token == null ? "" : token;
    }

    /** The header is what an {@code EventSource} sends when it dials again; it knows more than the address it was made with. */
    private static @Nullable String placeIn(HttpRequest request) {
        String last = request.headers().first("last-event-id");
        if (last != null && !last.isEmpty()) return last;
        String since = request.query("since");
        return since == null || since.isEmpty() ? null : since;
    }

    private static CompletionStage<Verdict> done(Verdict verdict) {
        return CompletableFuture.completedStage(verdict);
    }
}
