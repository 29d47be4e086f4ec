package dev.openline.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a backend asks over the server's HTTP API. */
public sealed interface ApiCall {
    /** Whether a publication goes into the channel's log. */
    enum Logging {
        LOGGED,
        UNLOGGED
    }

    /**
     * Publishes.
     *
     * @param channel empty if none was sent
     * @param data null if none was sent
     * @param idempotencyKey publishes with the same key on the same channel count once; null for none
     */
    record Publish(
            String channel,
            @Nullable Payload data,
            Map<String, String> tags,
            @Nullable String idempotencyKey,
            Logging logging)
            implements ApiCall {
        public Publish {
            tags = Frozen.map(tags);
        }
    }

    /**
     * Reads a channel's log.
     *
     * @param channel empty if none was sent
     * @param limit 0 for the position only, negative for as many as the server gives at once
     * @param since where to read from, exclusive; null for an end of the log
     */
    record History(String channel, long limit, @Nullable StreamPosition since, Direction direction)
            implements ApiCall {}
}
