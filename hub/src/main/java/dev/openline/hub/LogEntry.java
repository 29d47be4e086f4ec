package dev.openline.hub;

import dev.openline.protocol.Publication;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One publication as a {@link LogStore} keeps it.
 *
 * @param epoch the life of the log that it belongs to
 * @param publication with its offset
 * @param timeMillis when it was published
 * @param idempotencyKey which later publishes would repeat this one; null for none
 * @param version the state that it describes, when it counts; null otherwise
 * @param overtaken offsets of entries that this one makes worthless; most often none
 */
public record LogEntry(
        String epoch,
        Publication publication,
        long timeMillis,
        @Nullable String idempotencyKey,
        PublishRequest.@Nullable Version version,
        List<Long> overtaken) {
    public LogEntry {
        overtaken = List.copyOf(overtaken);
    }

    public long offset() {
        return publication.offset();
    }

    /** Without the payload and the key. */
    @Override
    public String toString() {
        return "LogEntry[" + epoch + ":" + offset() + "]";
    }
}
