package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Something to be said on a channel.
 *
 * @param channel the channel's full name
 * @param data the payload
 * @param info who says it, if a client does
 * @param tags small labels; empty if none
 * @param idempotencyKey the same key on the same channel is published once while it is remembered; null for none
 * @param history whether the publication goes into the log, where the channel has one
 */
public record PublishRequest(
        String channel,
        Payload data,
        @Nullable ClientInfo info,
        Map<String, String> tags,
        @Nullable String idempotencyKey,
        History history) {
    /** Whether a publication goes into the log. */
    public enum History {
        KEEP,
        /** No offset, no recovery: heard by those who listen now and can take it. */
        SKIP
    }

    public PublishRequest {
        tags = Map.copyOf(tags);
    }

    public static PublishRequest of(String channel, Payload data) {
        return new PublishRequest(channel, data, null, Map.of(), null, History.KEEP);
    }

    public PublishRequest by(@Nullable ClientInfo who) {
        return new PublishRequest(channel, data, who, tags, idempotencyKey, history);
    }

    public PublishRequest tagged(Map<String, String> labels) {
        return new PublishRequest(channel, data, info, labels, idempotencyKey, history);
    }

    public PublishRequest once(@Nullable String key) {
        return new PublishRequest(channel, data, info, tags, key, history);
    }

    public PublishRequest history(History kept) {
        return new PublishRequest(channel, data, info, tags, idempotencyKey, kept);
    }
}
