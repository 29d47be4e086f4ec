package dev.openline.protocol;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** What is wrong with a call whatever the server holds: error 107, with a text that says what. */
final class ApiFlaws implements ApiCall.Cases<@Nullable ErrorReply> {
    static final ApiFlaws CASES = new ApiFlaws();

    /** RFC 6455 §5.5.1 leaves 125 bytes to a close frame, and two of them are the code. */
    private static final int MAX_REASON_BYTES = 123;

    private ApiFlaws() {}

    private static @Nullable ErrorReply missing(String member, String value) {
        return value.isEmpty() ? ErrorReply.badRequest(member + " is missing") : null;
    }

    @Override
    public @Nullable ErrorReply publish(ApiCall.Publish call) {
        return missing("channel", call.channel());
    }

    @Override
    public @Nullable ErrorReply broadcast(ApiCall.Broadcast call) {
        return call.channels().isEmpty() ? ErrorReply.badRequest("channels is missing") : null;
    }

    @Override
    public @Nullable ErrorReply subscribe(ApiCall.Subscribe call) {
        return missing("channel", call.channel());
    }

    @Override
    public @Nullable ErrorReply unsubscribe(ApiCall.Unsubscribe call) {
        return null;
    }

    @Override
    public @Nullable ErrorReply disconnect(ApiCall.Disconnect call) {
        int code = call.code();
        if (code != 0 && (code < 3000 || code > 4999))
            return ErrorReply.badRequest("disconnect.code is not in 3000–4999");
        int bytes = call.reason().getBytes(StandardCharsets.UTF_8).length;
        return bytes > MAX_REASON_BYTES
                ? ErrorReply.badRequest("disconnect.reason has more than " + MAX_REASON_BYTES + " bytes")
                : null;
    }

    @Override
    public @Nullable ErrorReply refresh(ApiCall.Refresh call) {
        return null;
    }

    @Override
    public @Nullable ErrorReply presence(ApiCall.Presence call) {
        return missing("channel", call.channel());
    }

    @Override
    public @Nullable ErrorReply presenceStats(ApiCall.PresenceStats call) {
        return missing("channel", call.channel());
    }

    @Override
    public @Nullable ErrorReply history(ApiCall.History call) {
        StreamPosition since = call.since();
        if (call.direction() == Direction.NEWEST_FIRST && since != null && since.offset() == 0)
            return ErrorReply.badRequest("nothing is before offset 0");
        return missing("channel", call.channel());
    }

    @Override
    public @Nullable ErrorReply historyRemove(ApiCall.HistoryRemove call) {
        return missing("channel", call.channel());
    }

    @Override
    public @Nullable ErrorReply channels(ApiCall.Channels call) {
        return null;
    }

    @Override
    public @Nullable ErrorReply info(ApiCall.Info call) {
        return null;
    }

    @Override
    public @Nullable ErrorReply connections(ApiCall.Connections call) {
        return call.limit() < 0 ? ErrorReply.badRequest("limit is negative") : null;
    }

    @Override
    public @Nullable ErrorReply revokeToken(ApiCall.RevokeToken call) {
        return missing("uid", call.uid());
    }

    @Override
    public @Nullable ErrorReply invalidateUserTokens(ApiCall.InvalidateUserTokens call) {
        return missing("user", call.user());
    }

    @Override
    public @Nullable ErrorReply batch(ApiCall.Batch call) {
        return null;
    }

    @Override
    public @Nullable ErrorReply rpc(ApiCall.Rpc call) {
        return missing("method", call.name());
    }
}
