package dev.openline.protocol;

import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a server says about a subscription it made, while its members come, in any order. */
final class SubscribedMembers {
    boolean recoverable;
    boolean positioned;
    String epoch = "";
    long offset;
    boolean wasRecovering;
    boolean recovered;
    List<Publication> publications = List.of();
    boolean expires;
    long ttl;

    @Nullable
    Payload data;

    boolean delta;

    SubscribeResult result() throws MalformedFrame {
        Recovery recovery =
                recovered ? Recovery.RECOVERED : wasRecovering ? Recovery.NOT_RECOVERED : Recovery.NOT_ASKED;
        if (!recovered && !publications.isEmpty()) throw new MalformedFrame("missed publications without recovery");
        return new SubscribeResult(
                tracking(), position(), recovery, publications, expires ? new Expiry(ttl) : null, data, delta);
    }

    Push.SubscribePush push(String channel) {
        return new Push.SubscribePush(channel, tracking(), position(), data);
    }

    private Tracking tracking() {
        return recoverable ? Tracking.RECOVERABLE : positioned ? Tracking.POSITIONED : Tracking.NONE;
    }

    private @Nullable StreamPosition position() {
        return tracking() == Tracking.NONE ? null : new StreamPosition(offset, epoch);
    }
}
