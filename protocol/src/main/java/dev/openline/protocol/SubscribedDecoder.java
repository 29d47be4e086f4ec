package dev.openline.protocol;

import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.Result.SubscribeResult.Recovery;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a server says about a subscription it made, in a result or in a push. */
final class SubscribedDecoder {
    private final JsonInput in;
    private boolean recoverable;
    private boolean positioned;
    private String epoch = "";
    private long offset;
    private boolean wasRecovering;
    private boolean recovered;
    private List<Publication> publications = List.of();
    private boolean expires;
    private long ttl;
    private @Nullable Payload data;
    private boolean delta;

    SubscribedDecoder(JsonInput in) {
        this.in = in;
    }

    /** Reads the object that is the current value; {@code what} names it in faults. */
    SubscribedDecoder read(String what) throws MalformedFrame {
        in.enterObject(what);
        for (String member = in.nextMember(); member != null; member = in.nextMember()) member(member);
        return this;
    }

    private void member(String member) throws MalformedFrame {
        switch (member) {
            case "recoverable" -> recoverable = in.bool("recoverable");
            case "positioned" -> positioned = in.bool("positioned");
            case "epoch" -> epoch = in.string("epoch");
            case "offset" -> offset = in.u63("offset");
            case "was_recovering" -> wasRecovering = in.bool("was_recovering");
            case "recovered" -> recovered = in.bool("recovered");
            case "publications" -> publications = new ValueDecoder(in).publications();
            case "expires" -> expires = in.bool("expires");
            case "ttl" -> ttl = in.u32("ttl");
            case "data" -> data = in.payload();
            case "delta" -> delta = in.bool("delta");
            default -> in.skip();
        }
    }

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
