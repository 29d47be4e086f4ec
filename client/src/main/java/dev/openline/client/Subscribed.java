package dev.openline.client;

import dev.openline.protocol.Payload;
import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import dev.openline.protocol.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * How a channel came to be heard.
 *
 * @param recovery {@code RECOVERED}: nothing was missed, or what was follows now. {@code NOT_RECOVERED}: something was missed and is not in
 *     the log any more, so state built from the channel must be loaded anew. {@code NOT_ASKED}: the first time, or a channel without recovery
 * @param position from where the channel is heard; null in a channel without positions
 * @param data from the server's application, or null
 */
public record Subscribed(
        Recovery recovery,
        @Nullable StreamPosition position,
        @Nullable Payload data) {
    static Subscribed of(SubscribeResult result) {
        return new Subscribed(result.recovery(), result.position(), result.data());
    }

    /** Whether everything that was said since the last publication heard has been heard or follows now. */
    public boolean recovered() {
        return recovery == Recovery.RECOVERED;
    }
}
