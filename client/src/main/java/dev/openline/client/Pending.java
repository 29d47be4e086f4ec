package dev.openline.client;

import java.time.Duration;

/**
 * What waits in an outbox: publishes whose future is not complete, under way or not.
 *
 * @param publishes how many
 * @param bytes what they hold, payloads with channel names and keys
 * @param oldest for how long the oldest has waited; zero if none waits
 */
public record Pending(int publishes, long bytes, Duration oldest) {
    /** Whether everything is acknowledged, or was given up. */
    public boolean isEmpty() {
        return publishes == 0;
    }
}
