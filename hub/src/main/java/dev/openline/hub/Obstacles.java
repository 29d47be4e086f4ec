package dev.openline.hub;

import dev.openline.protocol.ErrorReply;
import org.jspecify.annotations.Nullable;

/** Why something can't be done with a channel, whatever is in it. */
final class Obstacles {
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
        return rules.allowsName(channel, options) ? null : ErrorReply.BAD_REQUEST;
    }

    /** Why a channel that is not open can't be read. */
    ErrorReply toRead(String channel) {
        ChannelOptions options = rules.optionsFor(channel);
        if (options == null) return ErrorReply.UNKNOWN_CHANNEL;
        if (!rules.allowsName(channel, options)) return ErrorReply.BAD_REQUEST;
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
            return ErrorReply.BAD_REQUEST;
        ChannelOptions options = channel == null ? rules.optionsFor(request.channel()) : channel.options;
        // Only what is said elsewhere is heard there: offsets of a pattern channel are its own.
        if (channel == null ? rules.gathers(request.channel()) : channel.gathers) return ErrorReply.BAD_REQUEST;
        return options == null || options.format().accepts(request.data()) ? null : ErrorReply.BAD_REQUEST;
    }
}
