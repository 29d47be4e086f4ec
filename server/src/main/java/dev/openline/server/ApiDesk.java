package dev.openline.server;

import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiMethod;
import dev.openline.protocol.ApiReply;
import dev.openline.protocol.ApiResult;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands calls in to the {@link Operations}: only those without a flaw and inside the limits; broadcasts and batches in parts. Every stage it
 * returns completes with a reply; what fails is error 100 and a line in the log.
 */
final class ApiDesk implements ApiCall.Cases<CompletionStage<? extends ApiReply<?>>> {
    private static final Logger log = LoggerFactory.getLogger(OpenlineServer.class);

    private final Operations operations;
    private final ApiLimits limits;
    private final ApiBounds bounds;

    /** How many channels of a broadcast are published on at once. */
    private final int width;

    ApiDesk(Operations operations, ApiLimits limits) {
        this(operations, limits, limits.maxInFlight());
    }

    private ApiDesk(Operations operations, ApiLimits limits, int width) {
        this.operations = operations;
        this.limits = limits;
        this.bounds = new ApiBounds(limits);
        this.width = width;
    }

    /** Carries a call out, or says why not. */
    CompletionStage<? extends ApiReply<?>> carryOut(ApiCall call) {
        ErrorReply refusal = call.flaw();
        if (refusal == null) refusal = call.with(bounds);
        return refusal == null ? call.with(this) : refused(refusal);
    }

    /** Carries out one call after the other. */
    CompletionStage<List<ApiReply<?>>> carryOut(List<ApiCall> calls) {
        Room room = new Room();
        return Window.of(calls.size(), 1, number -> carryOut(calls.get(number)).thenApply(room::take));
    }

    private static <R extends ApiResult> CompletionStage<ApiReply<R>> refused(ErrorReply error) {
        return CompletableFuture.completedStage(new ApiReply.Failed<>(error));
    }

    /** What the operation answers; error 100 if it throws, fails or answers null. */
    private static <C extends ApiCall, R extends ApiResult> CompletionStage<ApiReply<R>> ask(
            C call, Function<C, CompletionStage<ApiReply<R>>> operation) {
        CompletionStage<ApiReply<R>> stage;
        try {
            stage = operation.apply(call);
        } catch (RuntimeException fault) {
            stage = CompletableFuture.failedStage(fault);
        }
        return stage.handle((reply, fault) -> reply == null ? failed(ApiMethod.of(call), fault) : reply);
    }

    private static <R extends ApiResult> ApiReply<R> failed(ApiMethod method, @Nullable Throwable fault) {
        log.warn("the API's method {} failed", method.methodName(), fault);
        return new ApiReply.Failed<>(ErrorReply.INTERNAL);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Published>> publish(ApiCall.Publish call) {
        return ask(call, operations::publish);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> broadcast(ApiCall.Broadcast call) {
        List<String> channels = call.channels();
        CompletionStage<List<ApiReply<ApiResult.Published>>> responses = Window.of(
                channels.size(),
                width,
                number -> publishOne(new ApiCall.Publish(channels.get(number), call.message())));
        return responses.thenApply(list -> new ApiReply.Done<>(new ApiResult.Broadcasted(list)));
    }

    private CompletionStage<ApiReply<ApiResult.Published>> publishOne(ApiCall.Publish call) {
        ErrorReply refusal = call.flaw();
        if (refusal == null) refusal = bounds.publish(call);
        return refusal == null ? publish(call) : refused(refusal);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> subscribe(ApiCall.Subscribe call) {
        return ask(call, operations::subscribe);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> unsubscribe(ApiCall.Unsubscribe call) {
        return ask(call, operations::unsubscribe);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> disconnect(ApiCall.Disconnect call) {
        return ask(call, operations::disconnect);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> refresh(ApiCall.Refresh call) {
        return ask(call, operations::refresh);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> presence(ApiCall.Presence call) {
        return ask(call, operations::presence);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> presenceStats(ApiCall.PresenceStats call) {
        return ask(call, operations::presenceStats);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> history(ApiCall.History call) {
        return ask(call, operations::history);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> historyRemove(ApiCall.HistoryRemove call) {
        return ask(call, operations::historyRemove);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> channels(ApiCall.Channels call) {
        return ask(call, operations::channels);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> info(ApiCall.Info call) {
        return ask(call, operations::info);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> connections(ApiCall.Connections call) {
        int max = limits.maxConnectionsPage();
        int limit = call.limit() == 0 ? max : Math.min(call.limit(), max);
        ApiCall.Connections bounded = new ApiCall.Connections(call.user(), call.pattern(), limit, call.cursor());
        return ask(bounded, operations::connections);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> revokeToken(ApiCall.RevokeToken call) {
        return ask(call, operations::revokeToken);
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> invalidateUserTokens(ApiCall.InvalidateUserTokens call) {
        return ask(call, operations::invalidateUserTokens);
    }

    /** Commands that run side by side share the bound: broadcasts among them publish on one channel after the other. */
    @Override
    public CompletionStage<? extends ApiReply<?>> batch(ApiCall.Batch call) {
        boolean atOnce = call.order() == ApiCall.Order.AT_ONCE;
        ApiDesk desk = atOnce ? new ApiDesk(operations, limits, 1) : this;
        List<ApiCall> commands = call.commands();
        Room room = new Room();
        CompletionStage<List<ApiResult.BatchReply>> replies = Window.of(
                commands.size(),
                atOnce ? limits.maxInFlight() : 1,
                number -> replyTo(commands.get(number), desk, room));
        return replies.thenApply(list -> new ApiReply.Done<>(new ApiResult.Replies(list)));
    }

    private static CompletionStage<ApiResult.BatchReply> replyTo(ApiCall command, ApiDesk desk, Room room) {
        return desk.carryOut(command)
                .thenApply(reply -> new ApiResult.BatchReply(ApiMethod.of(command), room.take(reply)));
    }

    /** What publications may take in one answer. */
    private final class Room {
        private final AtomicLong left = new AtomicLong(limits.maxAnswerBytes());

        /** The reply; or, in its place, that there was no room for it. */
        ApiReply<?> take(ApiReply<?> reply) {
            if (!(reply instanceof ApiReply.Done<?> done) || !(done.result() instanceof ApiResult.History history))
                return reply;
            long bytes = 0;
            for (Publication publication : history.publications())
                bytes += publication.data().size();
            return left.addAndGet(-bytes) >= 0
                    ? reply
                    : new ApiReply.Failed<>(ErrorReply.badRequest(
                            "the answer would be too large, maxAnswerBytes is " + limits.maxAnswerBytes()));
        }
    }

    @Override
    public CompletionStage<? extends ApiReply<?>> rpc(ApiCall.Rpc call) {
        return refused(ErrorReply.METHOD_NOT_FOUND);
    }
}
