package dev.openline.hub;

import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import org.jspecify.annotations.Nullable;

/** Why something can't be done with a channel, whatever is in it. */
final class Obstacles {
    private static final ErrorReply NAME = ErrorReply.badRequest("a channel may not be called so");
    private static final ErrorReply PATTERN = ErrorReply.badRequest("nothing is published on a pattern channel itself");

    private final ChannelRules rules;
    private final ShardLimits limits;

    Obstacles(ChannelRules rules, ShardLimits limits) {
        this.rules = rules;
        this.limits = limits;
    }

    /**
     * Why there can be no new channel of this name.
     *
     * @param count channels in memory now
     */
    @Nullable
    ErrorReply toNew(String channel, int count) {
        ErrorReply obstacle = toName(channel);
        if (obstacle != null) return obstacle;
        return count >= limits.maxChannels() ? ErrorReply.LIMIT_EXCEEDED : null;
    }

    /** Why no channel can have this name. */
    @Nullable
    ErrorReply toName(String channel) {
        ChannelOptions options = rules.optionsFor(channel);
        if (options == null) return ErrorReply.UNKNOWN_CHANNEL;
        return rules.allowsName(channel, options) ? null : NAME;
    }

    /** Why a channel that is not open can't be read. */
    ErrorReply toRead(String channel) {
        ChannelOptions options = rules.optionsFor(channel);
        if (options == null) return ErrorReply.UNKNOWN_CHANNEL;
        if (!rules.allowsName(channel, options)) return NAME;
        return options.logged() ? ErrorReply.LIMIT_EXCEEDED : ErrorReply.NOT_AVAILABLE;
    }

    /**
     * What is wrong with a request in itself.
     *
     * @param channel if it is open
     */
    @Nullable
    ErrorReply toPublish(PublishRequest request, @Nullable Channel channel) {
        String key = request.idempotencyKey();
        if (key != null && (key.isEmpty() || key.length() > limits.maxIdempotencyKeyChars()))
            return ErrorReply.badRequest(
                    "idempotency_key is not 1–" + limits.maxIdempotencyKeyChars() + " characters long");
        ChannelOptions options = channel == null ? rules.optionsFor(request.channel()) : channel.options;
        // Only what is said elsewhere is heard there: offsets of a pattern channel are its own.
        if (channel == null ? rules.gathers(request.channel()) : channel.gathers) return PATTERN;
        return options == null || options.format().accepts(request.data()) ? null : flaw(options, request.data());
    }

    private static ErrorReply flaw(ChannelOptions options, Payload data) {
        if (data.size() == 0) return ErrorReply.badRequest("data is missing");
        return ErrorReply.badRequest(
                options.format() == PublicationFormat.JSON_OBJECT ? "data is not a JSON object" : "data is not JSON");
    }
}
