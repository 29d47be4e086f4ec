package dev.openline.server;

import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiReply;
import dev.openline.protocol.ApiResult;
import dev.openline.protocol.StreamPosition;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Operations that do nothing but note what was asked, and answer as the test says; otherwise at once, with the least there is to tell. */
final class PlayedOperations implements Operations {
    final Queue<ApiCall> asked = new ConcurrentLinkedQueue<>();

    /** What is answered instead; null for what is answered otherwise. */
    volatile Function<ApiCall, @Nullable CompletionStage<? extends ApiReply<?>>> script = call -> null;

    /** Removes and returns what was asked so far. */
    List<ApiCall> takeAsked() {
        List<ApiCall> all = List.copyOf(asked);
        asked.clear();
        return all;
    }

    @SuppressWarnings("unchecked") // the test's answers fit its calls
    private <R extends ApiResult> CompletionStage<ApiReply<R>> answer(ApiCall call, R otherwise) {
        asked.add(call);
        CompletionStage<? extends ApiReply<?>> scripted = script.apply(call);
        return scripted == null
                ? CompletableFuture.completedStage(new ApiReply.Done<>(otherwise))
                : (CompletionStage<ApiReply<R>>) scripted;
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Published>> publish(ApiCall.Publish call) {
        return answer(call, new ApiResult.Published(null));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> subscribe(ApiCall.Subscribe call) {
        return answer(call, new ApiResult.Nothing());
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> unsubscribe(ApiCall.Unsubscribe call) {
        return answer(call, new ApiResult.Nothing());
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> disconnect(ApiCall.Disconnect call) {
        return answer(call, new ApiResult.Nothing());
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> refresh(ApiCall.Refresh call) {
        return answer(call, new ApiResult.Nothing());
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Presence>> presence(ApiCall.Presence call) {
        return answer(call, new ApiResult.Presence(Map.of()));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.PresenceStats>> presenceStats(ApiCall.PresenceStats call) {
        return answer(call, new ApiResult.PresenceStats(0, 0));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.History>> history(ApiCall.History call) {
        return answer(call, new ApiResult.History(List.of(), new StreamPosition(0, "e")));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> historyRemove(ApiCall.HistoryRemove call) {
        return answer(call, new ApiResult.Nothing());
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Channels>> channels(ApiCall.Channels call) {
        return answer(call, new ApiResult.Channels(Map.of()));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Info>> info(ApiCall.Info call) {
        return answer(call, new ApiResult.Info(List.of()));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Connections>> connections(ApiCall.Connections call) {
        return answer(call, new ApiResult.Connections(List.of(), ""));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> revokeToken(ApiCall.RevokeToken call) {
        return answer(call, new ApiResult.Nothing());
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> invalidateUserTokens(ApiCall.InvalidateUserTokens call) {
        return answer(call, new ApiResult.Nothing());
    }
}
