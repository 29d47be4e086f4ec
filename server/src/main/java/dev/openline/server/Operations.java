package dev.openline.server;

import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiReply;
import dev.openline.protocol.ApiResult;
import java.util.concurrent.CompletionStage;

/**
 * What the server does for the calls of its HTTP API. One method for each call that isn't made of others; any thread.
 *
 * <p>Calls come without a {@linkplain ApiCall#flaw() flaw}, inside {@link ApiLimits}, and from one who may make them. What depends on the
 * server is checked here: that the namespace exists (102), has the feature (108) and accepts the payload (107), which may be any bytes or
 * none, that a position is in the log (112). Refusals are values; a failed stage is answered with error 100 and logged.
 */
interface Operations {
    CompletionStage<ApiReply<ApiResult.Published>> publish(ApiCall.Publish call);

    CompletionStage<ApiReply<ApiResult.Nothing>> subscribe(ApiCall.Subscribe call);

    CompletionStage<ApiReply<ApiResult.Nothing>> unsubscribe(ApiCall.Unsubscribe call);

    CompletionStage<ApiReply<ApiResult.Nothing>> disconnect(ApiCall.Disconnect call);

    CompletionStage<ApiReply<ApiResult.Nothing>> refresh(ApiCall.Refresh call);

    CompletionStage<ApiReply<ApiResult.Presence>> presence(ApiCall.Presence call);

    CompletionStage<ApiReply<ApiResult.PresenceStats>> presenceStats(ApiCall.PresenceStats call);

    CompletionStage<ApiReply<ApiResult.History>> history(ApiCall.History call);

    CompletionStage<ApiReply<ApiResult.Nothing>> historyRemove(ApiCall.HistoryRemove call);

    /** Error 107 with a text that names the limit if more than {@link ApiLimits#maxListedChannels()} fit the pattern. */
    CompletionStage<ApiReply<ApiResult.Channels>> channels(ApiCall.Channels call);

    CompletionStage<ApiReply<ApiResult.Info>> info(ApiCall.Info call);

    /** The call's limit is from 1 to {@link ApiLimits#maxConnectionsPage()}; error 107 for a cursor that this method never gave. */
    CompletionStage<ApiReply<ApiResult.Connections>> connections(ApiCall.Connections call);

    CompletionStage<ApiReply<ApiResult.Nothing>> revokeToken(ApiCall.RevokeToken call);

    CompletionStage<ApiReply<ApiResult.Nothing>> invalidateUserTokens(ApiCall.InvalidateUserTokens call);
}
