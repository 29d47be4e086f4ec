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
 * @param encoding whether subscribers who take patches should get one
 * @param version the state that the publication describes, when it counts; null otherwise
 */
public record PublishRequest(
        String channel,
        Payload data,
        @Nullable ClientInfo info,
        Map<String, String> tags,
        @Nullable String idempotencyKey,
        History history,
        Encoding encoding,
        @Nullable Version version) {
    /** Whether a publication should travel as a patch to the one before. */
    public enum Encoding {
        AS_IT_IS,
        /** Where the channel has {@link Feature#DELTA} and the subscriber takes patches. */
        DELTA
    }

    /**
     * A count of the publisher's own. A publication whose number is not above the last one's of the same channel is not published again. Only
     * for what goes into a log, where the last one is remembered as long as the position.
     *
     * @param number from 1
     * @param epoch numbers of different epochs can't be compared: a publication with another epoch is always published. An empty one is
     *     compared with any
     */
    public record Version(long number, String epoch) {
        /** Whether this says nothing new to who knows {@code last}. */
        boolean isCoveredBy(Version last) {
            return number <= last.number && (epoch.isEmpty() || epoch.equals(last.epoch));
        }
    }

    /** Whether a publication goes into the log. */
    public enum History {
        KEEP,
        /** No offset, no recovery: heard by those who listen now and can take it. */
        SKIP
    }

    public PublishRequest {
        tags = Map.copyOf(tags);
    }

    /** Something to be said by the server itself, into the log if there is one. */
    public static PublishRequest of(String channel, Payload data) {
        return new PublishRequest(channel, data, null, Map.of(), null, History.KEEP, Encoding.AS_IT_IS, null);
    }

    public PublishRequest by(@Nullable ClientInfo who) {
        return new PublishRequest(channel, data, who, tags, idempotencyKey, history, encoding, version);
    }

    public PublishRequest tagged(Map<String, String> labels) {
        return new PublishRequest(channel, data, info, labels, idempotencyKey, history, encoding, version);
    }

    public PublishRequest once(@Nullable String key) {
        return new PublishRequest(channel, data, info, tags, key, history, encoding, version);
    }

    public PublishRequest history(History kept) {
        return new PublishRequest(channel, data, info, tags, idempotencyKey, kept, encoding, version);
    }

    public PublishRequest encoded(Encoding wanted) {
        return new PublishRequest(channel, data, info, tags, idempotencyKey, history, wanted, version);
    }

    public PublishRequest version(@Nullable Version count) {
        return new PublishRequest(channel, data, info, tags, idempotencyKey, history, encoding, count);
    }
}
