package dev.openline.net;

import dev.openline.wire.CloseStatus;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a {@link RedialingLine} is, and why.
 *
 * @param state what it is now
 * @param dials since the last line that lasted, this one included
 * @param delay until the next dial, when waiting; zero otherwise
 * @param closed how the last line ended, if that is what led here
 * @param failure why the last dial failed, if that is what led here
 *     (both are null when the application led here)
 * @param why one sentence for people: neither payloads, nor paths, nor header fields
 */
// More than 4 parameters because a status is read by name.
public record LineStatus(
        LineState state,
        int dials,
        Duration delay,
        @Nullable CloseStatus closed,
        @Nullable DialFailed failure,
        String why) {
    @Override
    public String toString() {
        return switch (state) {
            case WAITING -> "dialling again in " + delay.toMillis() + " ms: " + why;
            case DIALLING -> "dialling";
            case OPEN -> "open";
            case CLOSING -> "closing";
            case ENDED -> "ended: " + why;
        };
    }
}
