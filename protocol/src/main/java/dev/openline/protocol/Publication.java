package dev.openline.protocol;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing said on a channel. Has more components than four because the protocol's message has.
 *
 * @param offset its place in the log, from 1; 0 in a channel without a log
 * @param data the payload, or a patch to the one before
 * @param info who said it, when it was a client; null for a publish by the server's API
 * @param tags small labels given at publish time; empty if none
 * @param coding how {@code data} stands for the payload
 * @param channel where it was said, if the subscriber asked for more than one channel by a pattern; else empty
 */
public record Publication(
        long offset, Payload data, @Nullable ClientInfo info, Map<String, String> tags, Coding coding, String channel) {
    /** How a publication's {@code data} stands for its payload. */
    public enum Coding {
        /** It is the payload. */
        PLAIN,
        /** It is the payload, for a subscriber that takes patches: in JSON it travels as the text of a string. */
        TEXT,
        /** It is a patch, see in the fossil format, to the payload of the publication before; in JSON the text of a string too. */
        PATCH
    }

    public Publication {
        tags = Map.copyOf(tags);
        Objects.requireNonNull(coding, "coding");
        Objects.requireNonNull(channel, "channel");
    }

    /** A publication with its payload as it is. */
    public Publication(long offset, Payload data, @Nullable ClientInfo info, Map<String, String> tags) {
        this(offset, data, info, tags, Coding.PLAIN, "");
    }

    /** The same, said with other data. */
    public Publication coded(Coding coding, Payload data) {
        return new Publication(offset, data, info, tags, coding, channel);
    }

    /** The same, for a subscriber of a pattern. */
    public Publication saidOn(String channel) {
        return new Publication(offset, data, info, tags, coding, channel);
    }
}
