package dev.openline.server;

import dev.openline.protocol.ApiCall;
import dev.openline.protocol.ApiMessage;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.StreamPosition;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Which limit a call is beyond: error 107 with a text that names it. A batch answers for its own number of commands only. */
final class ApiBounds implements ApiCall.Cases<@Nullable ErrorReply> {
    private final ApiLimits limits;

    ApiBounds(ApiLimits limits) {
        this.limits = limits;
    }

    private static ErrorReply beyond(String what, int limit, String name) {
        return ErrorReply.badRequest(what + ", " + name + " is " + limit);
    }

    /** Names and values in turn. */
    private @Nullable ErrorReply texts(String... namesAndValues) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            ErrorReply found = text(namesAndValues[i], namesAndValues[i + 1]);
            if (found != null) return found;
        }
        return null;
    }

    private @Nullable ErrorReply text(String name, String value) {
        int max = limits.maxTextBytes();
        boolean fits = value.length() * 3L <= max || value.getBytes(StandardCharsets.UTF_8).length <= max;
        return fits ? null : beyond(name + " is too long", max, "maxTextBytes");
    }

    private @Nullable ErrorReply target(ApiCall.Target target) {
        return texts("user", target.user(), "client", target.client(), "session", target.session());
    }

    private @Nullable ErrorReply position(String name, @Nullable StreamPosition position) {
        return position == null ? null : text(name + ".epoch", position.epoch());
    }

    private @Nullable ErrorReply message(ApiMessage message) {
        for (Map.Entry<String, String> tag : message.tags().entrySet()) {
            ErrorReply found = texts("tags", tag.getKey(), "tags", tag.getValue());
            if (found != null) return found;
        }
        ApiMessage.Version version = message.version();
        return texts(
                "idempotency_key", message.idempotencyKey(), "version_epoch", version == null ? "" : version.epoch());
    }

    @Override
    public @Nullable ErrorReply publish(ApiCall.Publish call) {
        return first(text("channel", call.channel()), message(call.message()));
    }

    private static @Nullable ErrorReply first(@Nullable ErrorReply one, @Nullable ErrorReply other) {
        return one == null ? other : one;
    }

    @Override
    public @Nullable ErrorReply broadcast(ApiCall.Broadcast call) {
        int channels = call.channels().size();
        if (channels > limits.maxBroadcastChannels())
            return beyond(channels + " channels", limits.maxBroadcastChannels(), "maxBroadcastChannels");
        return message(call.message());
    }

    @Override
    public @Nullable ErrorReply subscribe(ApiCall.Subscribe call) {
        return first(
                first(text("channel", call.channel()), target(call.target())),
                position("recover_since", call.recoverSince()));
    }

    @Override
    public @Nullable ErrorReply unsubscribe(ApiCall.Unsubscribe call) {
        return first(text("channel", call.channel()), target(call.target()));
    }

    @Override
    public @Nullable ErrorReply disconnect(ApiCall.Disconnect call) {
        for (String client : call.whitelist()) {
            ErrorReply found = text("whitelist", client);
            if (found != null) return found;
        }
        return target(call.target());
    }

    @Override
    public @Nullable ErrorReply refresh(ApiCall.Refresh call) {
        return target(call.target());
    }

    @Override
    public @Nullable ErrorReply presence(ApiCall.Presence call) {
        return text("channel", call.channel());
    }

    @Override
    public @Nullable ErrorReply presenceStats(ApiCall.PresenceStats call) {
        return text("channel", call.channel());
    }

    @Override
    public @Nullable ErrorReply history(ApiCall.History call) {
        return first(text("channel", call.channel()), position("since", call.since()));
    }

    @Override
    public @Nullable ErrorReply historyRemove(ApiCall.HistoryRemove call) {
        return text("channel", call.channel());
    }

    @Override
    public @Nullable ErrorReply channels(ApiCall.Channels call) {
        return text("pattern", call.pattern());
    }

    @Override
    public @Nullable ErrorReply info(ApiCall.Info call) {
        return null;
    }

    @Override
    public @Nullable ErrorReply connections(ApiCall.Connections call) {
        String user = call.user();
        return texts("user", user == null ? "" : user, "pattern", call.pattern(), "cursor", call.cursor());
    }

    @Override
    public @Nullable ErrorReply revokeToken(ApiCall.RevokeToken call) {
        return text("uid", call.uid());
    }

    @Override
    public @Nullable ErrorReply invalidateUserTokens(ApiCall.InvalidateUserTokens call) {
        return text("user", call.user());
    }

    @Override
    public @Nullable ErrorReply batch(ApiCall.Batch call) {
        int commands = call.commands().size();
        return commands > limits.maxBatchCommands()
                ? beyond(commands + " commands", limits.maxBatchCommands(), "maxBatchCommands")
                : null;
    }

    @Override
    public @Nullable ErrorReply rpc(ApiCall.Rpc call) {
        return text("method", call.name());
    }
}
