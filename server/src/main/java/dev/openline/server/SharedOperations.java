package dev.openline.server;

import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiCodec;
import dev.openline.protocol.ApiMethod;
import dev.openline.protocol.ApiReply;
import dev.openline.protocol.ApiResult;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Payload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the calls of the HTTP API for several servers together: what is about a channel is done here, because all have the same channels; what is about
 * connections is done here and told to the others; and what is counted or listed is asked of all.
 */
final class SharedOperations implements Operations {
    private static final Logger log = LoggerFactory.getLogger(OpenlineServer.class);

    private static final ErrorReply NOT_TOLD =
            new ErrorReply(ErrorReply.INTERNAL.code(), "other servers can't be told now", true);

    private final Operations here;
    private final Siblings siblings;
    private final int maxListedChannels;
    private final int maxConnectionsPage;

    SharedOperations(Operations here, Siblings siblings, ApiLimits limits) {
        this.here = here;
        this.siblings = siblings;
        this.maxListedChannels = limits.maxListedChannels();
        this.maxConnectionsPage = limits.maxConnectionsPage();
    }

    /** What another server has asked for, done with what is here alone. */
    static CompletionStage<Payload> carryOut(Operations here, String what, Payload with) {
        ApiMethod method = ApiMethod.named(what);
        if (method == null) return CompletableFuture.failedStage(new IllegalArgumentException("no such method"));
        try {
            ApiCall call = ApiCodec.call(method, with.buffer());
            return done(here, call).thenApply(reply -> Payload.wrap(ApiCodec.encode(reply)));
        } catch (MalformedFrame fault) {
            log.warn(
                    "another server has told something that can't be read, is it of another version? {}",
                    fault.getMessage());
            return CompletableFuture.failedStage(fault);
        }
    }

    private static CompletionStage<? extends ApiReply<?>> done(Operations here, ApiCall call) {
        if (call instanceof ApiCall.Subscribe subscribe) return here.subscribe(subscribe);
        if (call instanceof ApiCall.Unsubscribe unsubscribe) return here.unsubscribe(unsubscribe);
        if (call instanceof ApiCall.Disconnect disconnect) return here.disconnect(disconnect);
        if (call instanceof ApiCall.Refresh refresh) return here.refresh(refresh);
        if (call instanceof ApiCall.RevokeToken revoke) return here.revokeToken(revoke);
        if (call instanceof ApiCall.InvalidateUserTokens invalidate) return here.invalidateUserTokens(invalidate);
        if (call instanceof ApiCall.Channels channels) return here.channels(channels);
        if (call instanceof ApiCall.Info info) return here.info(info);
        if (call instanceof ApiCall.Connections connections) return here.connections(connections);
        return CompletableFuture.failedStage(new IllegalArgumentException("not for other servers"));
    }

    /** What was done here, unless the others can't hear of it: then the caller is told to ask again. */
    private CompletionStage<ApiReply<ApiResult.Nothing>> everywhere(
            ApiCall call, Function<Operations, CompletionStage<ApiReply<ApiResult.Nothing>>> done) {
        CompletionStage<Boolean> telling = tell(siblings, call);
        return done.apply(here)
                .thenCombine(
                        telling,
                        (reply, told) ->
                                told || reply instanceof ApiReply.Failed ? reply : new ApiReply.Failed<>(NOT_TOLD));
    }

    static CompletionStage<Boolean> tell(Siblings siblings, ApiCall call) {
        return siblings.tell(ApiMethod.of(call).methodName(), payload(call));
    }

    private static Payload payload(ApiCall call) {
        return Payload.wrap(ApiCodec.encode(call));
    }

    // --- channels
    // ----------------------------------------------------------------------------------------------------------------------

    @Override
    public CompletionStage<ApiReply<ApiResult.Published>> publish(ApiCall.Publish call) {
        return here.publish(call);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Presence>> presence(ApiCall.Presence call) {
        return here.presence(call);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.PresenceStats>> presenceStats(ApiCall.PresenceStats call) {
        return here.presenceStats(call);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.History>> history(ApiCall.History call) {
        return here.history(call);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> historyRemove(ApiCall.HistoryRemove call) {
        return here.historyRemove(call);
    }

    // --- connections
    // -------------------------------------------------------------------------------------------------------------------

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> subscribe(ApiCall.Subscribe call) {
        return everywhere(call, operations -> operations.subscribe(call));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> unsubscribe(ApiCall.Unsubscribe call) {
        return everywhere(call, operations -> operations.unsubscribe(call));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> disconnect(ApiCall.Disconnect call) {
        return everywhere(call, operations -> operations.disconnect(call));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> refresh(ApiCall.Refresh call) {
        return everywhere(call, operations -> operations.refresh(call));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> revokeToken(ApiCall.RevokeToken call) {
        return everywhere(call, operations -> operations.revokeToken(call));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> invalidateUserTokens(ApiCall.InvalidateUserTokens call) {
        return everywhere(call, operations -> operations.invalidateUserTokens(call));
    }

    // --- counts and lists
    // --------------------------------------------------------------------------------------------------------------

    @Override
    public CompletionStage<ApiReply<ApiResult.Channels>> channels(ApiCall.Channels call) {
        return together(here.channels(call), call, ApiCodec::channelsReply, parts -> {
            Map<String, Integer> channels = new TreeMap<>();
            for (ApiResult.Channels part : parts)
                part.clients().forEach((channel, clients) -> channels.merge(channel, clients, Integer::sum));
            return channels.size() > maxListedChannels
                    ? new ApiReply.Failed<>(Census.tooMany(maxListedChannels))
                    : new ApiReply.Done<>(new ApiResult.Channels(channels));
        });
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Info>> info(ApiCall.Info call) {
        return together(here.info(call), call, ApiCodec::infoReply, parts -> {
            List<ApiResult.Node> nodes = new ArrayList<>();
            for (ApiResult.Info part : parts) nodes.addAll(part.nodes());
            nodes.sort(Comparator.comparing(ApiResult.Node::name).thenComparing(ApiResult.Node::uid));
            return new ApiReply.Done<>(new ApiResult.Info(nodes));
        });
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Connections>> connections(ApiCall.Connections call) {
        int limit = call.limit() == 0 ? maxConnectionsPage : call.limit();
        return together(
                here.connections(call),
                call,
                ApiCodec::connectionsReply,
                parts -> new ApiReply.Done<>(merged(parts, limit)));
    }

    /** Pages of all servers as one: not beyond where one of them has more that it does not tell. */
    private static ApiResult.Connections merged(List<ApiResult.Connections> parts, int limit) {
        List<ApiResult.Connection> all = new ArrayList<>();
        String end = "";
        for (ApiResult.Connections part : parts) {
            all.addAll(part.connections());
            String more = part.cursor();
            if (!more.isEmpty() && (end.isEmpty() || more.compareTo(end) < 0)) end = more;
        }
        all.sort(Comparator.comparing(ApiResult.Connection::client));
        if (!end.isEmpty()) {
            String last = end;
            all.removeIf(connection -> connection.client().compareTo(last) > 0);
        }
        if (all.size() <= limit) return new ApiResult.Connections(all, end);
        List<ApiResult.Connection> page = all.subList(0, limit);
        return new ApiResult.Connections(page, page.get(limit - 1).client());
    }

    private interface Merge<R extends ApiResult> {
        ApiReply<R> of(List<R> parts);
    }

    private interface Reading<R extends ApiResult> {
        ApiReply<R> of(ByteBuffer answer) throws MalformedFrame;
    }

    /** This server's answer and those of the others as one. What is refused anywhere is refused; a server that does not answer is left out. */
    private <R extends ApiResult> CompletionStage<ApiReply<R>> together(
            CompletionStage<ApiReply<R>> own, ApiCall call, Reading<R> reading, Merge<R> merge) {
        return own.thenCombine(siblings.ask(ApiMethod.of(call).methodName(), payload(call)), (reply, answers) -> {
            List<R> parts = new ArrayList<>();
            List<ApiReply<R>> all = new ArrayList<>(List.of(reply));
            for (Payload answer : answers.values()) read(answer, reading, all);
            for (ApiReply<R> each : all) {
                if (!(each instanceof ApiReply.Done<R> done)) return each;
                parts.add(done.result());
            }
            return merge.of(parts);
        });
    }

    private static <R extends ApiResult> void read(Payload answer, Reading<R> reading, List<ApiReply<R>> into) {
        try {
            into.add(reading.of(answer.buffer()));
        } catch (MalformedFrame fault) {
            log.warn("the answer of another server can't be read, is it of another version? {}", fault.getMessage());
        }
    }
}
