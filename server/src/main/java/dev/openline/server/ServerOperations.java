package dev.openline.server;

import dev.openline.hub.HistoryQuery;
import dev.openline.hub.Page;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiMessage;
import dev.openline.protocol.ApiReply;
import dev.openline.protocol.ApiResult;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.JsonCodec;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Carries out the calls of the HTTP API on the hubs of the server's loops. */
final class ServerOperations implements Operations {
    private final OpenlineServer server;
    private final SessionLimits limits;

    ServerOperations(OpenlineServer server, SessionLimits limits) {
        this.server = server;
        this.limits = limits;
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Published>> publish(ApiCall.Publish call) {
        ApiMessage message = call.message();
        Payload data = jsonOf(message);
        if (data == null) return refused(ErrorReply.BAD_REQUEST);
        PublishRequest request = PublishRequest.of(call.channel(), data)
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
        server.onHub(call.channel(), hub -> hub.publish(request, published -> reply.complete(replyOf(published))));
        return reply;
    }

    private static PublishRequest.@Nullable Version versionOf(ApiMessage message) {
        ApiMessage.Version version = message.version();
        return version == null ? null : new PublishRequest.Version(version.number(), version.epoch());
    }

    /** The payload as JSON without raw line breaks; null if it is something else. */
    private static @Nullable Payload jsonOf(ApiMessage message) {
        Payload data = message.data();
        if (data.size() == 0) return null;
        if (message.form() == ApiMessage.Form.JSON) return data;
        try {
            return JsonCodec.payload(data.buffer());
        } catch (MalformedFrame bytes) {
            return null;
        }
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
        server.onHub(call.channel(), hub -> hub.history(call.channel(), query, page -> reply.complete(replyOf(page))));
        return reply;
    }

    private static ApiReply<ApiResult.History> replyOf(Page page) {
        if (!(page instanceof Page.Found found)) return new ApiReply.Failed<>(Asking.errorOf(page));
        return new ApiReply.Done<>(new ApiResult.History(found.publications(), found.top()));
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> subscribe(ApiCall.Subscribe call) {
        return refused(ErrorReply.NOT_AVAILABLE);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> unsubscribe(ApiCall.Unsubscribe call) {
        return refused(ErrorReply.NOT_AVAILABLE);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> disconnect(ApiCall.Disconnect call) {
        return refused(ErrorReply.NOT_AVAILABLE);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> refresh(ApiCall.Refresh call) {
        return refused(ErrorReply.NOT_AVAILABLE);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Presence>> presence(ApiCall.Presence call) {
        return refused(ErrorReply.NOT_AVAILABLE);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.PresenceStats>> presenceStats(ApiCall.PresenceStats call) {
        return refused(ErrorReply.NOT_AVAILABLE);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> historyRemove(ApiCall.HistoryRemove call) {
        return refused(ErrorReply.NOT_AVAILABLE);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Channels>> channels(ApiCall.Channels call) {
        return refused(ErrorReply.NOT_AVAILABLE);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Info>> info(ApiCall.Info call) {
        return refused(ErrorReply.NOT_AVAILABLE);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Connections>> connections(ApiCall.Connections call) {
        return refused(ErrorReply.NOT_AVAILABLE);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> revokeToken(ApiCall.RevokeToken call) {
        return refused(ErrorReply.NOT_AVAILABLE);
    }

    @Override
    public CompletionStage<ApiReply<ApiResult.Nothing>> invalidateUserTokens(ApiCall.InvalidateUserTokens call) {
        return refused(ErrorReply.NOT_AVAILABLE);
    }

    private static <R extends ApiResult> CompletionStage<ApiReply<R>> refused(ErrorReply error) {
        return CompletableFuture.completedStage(new ApiReply.Failed<>(error));
    }
}
