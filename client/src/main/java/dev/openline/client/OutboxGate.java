package dev.openline.client;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The bound of an outbox. Stands before the loop, so that a thread that publishes faster than the server acknowledges is refused at once.
 * For any thread.
 */
final class OutboxGate {
    private final int maxPublishes;
    private final long maxBytes;

    /** In the order they came. */
    private final Set<Outgoing> waiting = new LinkedHashSet<>();

    private long bytes;

    OutboxGate(int maxPublishes, long maxBytes) {
        this.maxPublishes = maxPublishes;
        this.maxBytes = maxBytes;
    }

    /** Counts a publish; or says why there is no room for it. */
    synchronized @Nullable String enter(Outgoing outgoing) {
        if (waiting.size() >= maxPublishes) return waiting.size() + " publishes wait already (maxPending)";
        if (bytes + outgoing.bytes() > maxBytes)
            return "publishes with " + bytes + " bytes wait already (maxPendingBytes)";
        waiting.add(outgoing);
        bytes += outgoing.bytes();
        return null;
    }

    /** The publish has ended. */
    synchronized void leave(Outgoing outgoing) {
        if (waiting.remove(outgoing)) bytes -= outgoing.bytes();
    }

    synchronized Pending pending(long now) {
        Duration oldest = Duration.ZERO;
        for (Outgoing first : waiting) {
            oldest = Duration.ofMillis(Math.max(0, now - first.since()));
            break;
        }
        return new Pending(waiting.size(), bytes, oldest);
    }
}
