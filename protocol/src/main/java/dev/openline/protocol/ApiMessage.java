package dev.openline.protocol;

import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a backend publishes.
 *
 * @param data the payload, of no bytes if none was sent; sent as base64, it may be anything
 * @param tags small labels; empty if none
 * @param idempotencyKey publishes with the same key on the same channel count once; empty for none
 * @param logging whether it goes into the channel's log
 * @param delta whether subscribers who take patches get one
 * @param version lets the server drop what is older than what it has; null for none
 */
public record ApiMessage(
        Payload data,
        Map<String, String> tags,
        String idempotencyKey,
        Logging logging,
        Delta delta,
        @Nullable Version version) {
    /** Whether a publication goes into the channel's log. */
    public enum Logging {
        LOGGED,
        UNLOGGED
    }

    /** Whether subscribers who take patches get one. */
    public enum Delta {
        ALLOWED,
        AS_THE_NAMESPACE_SAYS
    }

    /**
     * A count of the publisher's own: a publication whose number is not above that of the channel's last one is dropped.
     *
     * @param number above 0
     * @param epoch numbers of different epochs can't be compared; may be empty
     */
    public record Version(long number, String epoch) {
        public Version {
            if (number < 1) throw new IllegalArgumentException("version " + number + " < 1");
            Objects.requireNonNull(epoch, "epoch");
        }
    }

    public ApiMessage {
        Objects.requireNonNull(data, "data");
        Objects.requireNonNull(idempotencyKey, "idempotencyKey");
        tags = Frozen.map(tags);
    }
}
