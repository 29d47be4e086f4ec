package dev.openline.server;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Feature;
import dev.openline.hub.Reader;
import dev.openline.hub.Recovery;
import dev.openline.hub.Subscribed;
import dev.openline.protocol.Command;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.Tracking;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The {@code subscribe} command of one session, from its checks to the cursor. */
final class Subscribing {
    /** The one kind of delta the protocol names; it is accepted and not negotiated yet. */
    private static final String FOSSIL = "fossil";

    private final Session session;
    private final SessionLimits limits;

    Subscribing(Session session, SessionLimits limits) {
        this.session = session;
        this.limits = limits;
    }

    void begin(Command.Subscribe command) {
        SubscribeRequest request = command.request();
        if (!request.delta().isEmpty() && !request.delta().equals(FOSSIL)) {
            session.close(Disconnect.BAD_REQUEST);
            return;
        }
        ChannelOptions options = session.optionsFor(request.channel());
        ErrorReply refusal = refusal(request, options);
        if (refusal != null) {
            session.fail(command.id(), refusal);
            return;
        }
        var entry = new dev.openline.hub.SubscribeRequest(request.channel(), session.self(), request.recover());
        session.hold();
        session.desk().subscribe(entry, answer -> {
            entered(command, answer);
            session.resume();
        });
    }

    private @Nullable ErrorReply refusal(SubscribeRequest request, @Nullable ChannelOptions options) {
        if (session.stateOf(request.channel()) == Subscription.State.SUBSCRIBED) return ErrorReply.ALREADY_SUBSCRIBED;
        if (session.subscriptions().size() >= limits.maxSubscriptions()) return ErrorReply.LIMIT_EXCEEDED;
        return session.permissions().toSubscribe(request, options);
    }

    private void entered(Command.Subscribe command, Subscribed answer) {
        if (answer instanceof Subscribed.Refused refused) {
            session.fail(command.id(), refused.error());
            return;
        }
        Subscribed.Accepted accepted = (Subscribed.Accepted) answer;
        SubscribeRequest request = command.request();
        boolean recovered = accepted.recovery() instanceof Recovery.Complete;
        boolean refuses = request.recover() != null && !recovered && request.rejectsUnrecoverable();
        if (session.isClosed() || refuses) {
            session.desk().unsubscribe(request.channel(), session.client());
            session.fail(command.id(), ErrorReply.UNRECOVERABLE_POSITION);
            return;
        }
        session.reply(command.id(), resultOf(request, accepted));
        Reader reader = reader(request, accepted.options());
        var cursor = session.peer().attach(request.channel(), accepted, reader);
        if (session.isClosed()) {
            // Sending the reply was one message too many for a client that doesn't read.
            session.peer().detach(cursor);
            session.desk().unsubscribe(request.channel(), session.client());
            return;
        }
        session.subscriptions().put(request.channel(), new Subscription(request.channel(), cursor));
        // The first read may have found at once that the log can't go on from here.
        if (!cursor.attached()) session.onLost(request.channel());
    }

    private Reader reader(SubscribeRequest request, ChannelOptions options) {
        boolean may = session.permissions().toSeePresence(options, Subscription.State.SUBSCRIBED) == null;
        boolean wanted = request.wishes().contains(SubscribeRequest.Wish.JOIN_LEAVE) && options.has(Feature.JOIN_LEAVE);
        return wanted && may ? Reader.EVERYTHING : Reader.PUBLICATIONS;
    }

    /** After a recovery the position is the one that was asked from: clients walk on from it over the publications, one by one. */
    private static SubscribeResult resultOf(SubscribeRequest request, Subscribed.Accepted accepted) {
        StreamPosition asked = request.recover();
        StreamPosition top = accepted.top();
        Tracking tracking = accepted.options().logged() ? Tracking.RECOVERABLE : Tracking.NONE;
        SubscribeResult.Recovery recovery = SubscribeResult.Recovery.NOT_ASKED;
        List<Publication> missed = List.of();
        StreamPosition position = top;
        if (asked != null) {
            recovery = SubscribeResult.Recovery.NOT_RECOVERED;
            if (accepted.recovery() instanceof Recovery.Complete complete) {
                recovery = SubscribeResult.Recovery.RECOVERED;
                missed = complete.page();
                position = new StreamPosition(asked.offset(), top.epoch());
            }
        }
        return new SubscribeResult(tracking, tracking == Tracking.NONE ? null : position, recovery, missed, null, null);
    }
}
