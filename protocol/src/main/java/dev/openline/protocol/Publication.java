package dev.openline.protocol;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One thing said on a channel.
 *
 * @param offset its place in the log, from 1; 0 in a channel without a log
 * @param data the payload
 * @param info who said it, when it was a client; null for a publish by the server's API
 * @param tags small labels given at publish time; empty if none
 */
public record Publication(
        long offset, Payload data, @Nullable ClientInfo info, Map<String, String> tags) {
    public Publication {
        tags = Map.copyOf(tags);
    }
}
