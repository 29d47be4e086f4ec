package dev.openline.server;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.Cursor;
import dev.openline.hub.Feature;
import dev.openline.hub.Recovery;
import dev.openline.hub.Subscribed;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Push;
import dev.openline.protocol.Result.SubscribeResult;
import dev.openline.protocol.StreamPosition;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.Tracking;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How one session comes to a channel, by command or by the server, from the checks to the cursor. */
final class Subscribing {
    private static final String FOSSIL = "fossil";

    private final Session session;
    private final Reception reception;

    Subscribing(Session session, Reception reception) {
        this.session = session;
        this.reception = reception;
    }

    /** What becomes of an entry: either subscribed and then settled, or refused. Nothing of it comes once the session is closed. */
    interface Outcome {
        /** To be told to the client at once: right after this publications flow. */
        void subscribed(SubscribeResult result);

        /** The subscription stands. */
        void settled();

        void refused(ErrorReply error);
    }

    // --- by command
    // --------------------------------------------------------------------------------------------------------------

    void begin(Command.Subscribe command) {
        SubscribeRequest request = command.request();
        if (!request.delta().isEmpty() && !request.delta().equals(FOSSIL)) {
            session.close(Disconnect.BAD_REQUEST);
            return;
        }
        ErrorReply refusal = formalRefusal(request);
        if (refusal != null) {
            session.fail(command.id(), refusal);
            return;
        }
        session.hold();
        if (request.token().isEmpty()) ask(request, decision -> decided(command, decision));
        else reception.verify(session.who(), request, decision -> decided(command, covered(request, decision)));
    }

    /** The hook is not asked about what only a token can open, nor about channels that name their users. */
    boolean asksHook(String channel) {
        return reception.rules().subscribeHook() != null
                && !session.permissions().isDecidedByName(channel);
    }

    /** What the hook says of a request without a token; where it is not asked, the permissions decide. */
    void ask(SubscribeRequest request, Consumer<SubscribeHook.Decision> answer) {
        SubscribeHook hook = reception.rules().subscribeHook();
        if (hook == null || !asksHook(request.channel())) {
            answer.accept(SubscribeHook.Decision.BY_PERMISSIONS);
            return;
        }
        reception.ask(
                () -> hook.subscribe(session.who(), request),
                (decision, fault) -> answer.accept(
                        decision == null ? new SubscribeHook.Decision.Denied(ErrorReply.INTERNAL) : decision));
    }

    /** What a token says, but that the server refreshes the subscription where its hook covers that. */
    private SubscribeHook.Decision covered(SubscribeRequest request, SubscribeHook.Decision decision) {
        SubscribeHook hook = reception.rules().subscribeHook();
        if (hook == null || !(decision instanceof SubscribeHook.Decision.Allowed allowed)) return decision;
        Grant grant = allowed.grant();
        return hook.coversTokens(request.channel())
                ? new SubscribeHook.Decision.Allowed(grant.until(grant.expireAtSeconds(), Grant.Refreshed.BY_SERVER))
                : allowed;
    }

    private void decided(Command.Subscribe command, SubscribeHook.Decision decision) {
        if (session.isClosed()) return;
        SubscribeRequest request = command.request();
        if (decision instanceof SubscribeHook.Decision.Allowed allowed) {
            enter(command, allowed.grant());
        } else if (decision instanceof SubscribeHook.Decision.Dropped dropped) {
            session.close(dropped.disconnect());
        } else {
            ErrorReply refusal = decision instanceof SubscribeHook.Decision.Denied denied
                    ? denied.error()
                    : session.permissions().toSubscribe(request.channel(), session.optionsFor(request.channel()));
            if (refusal == null) {
                enter(command, Grant.PLAIN);
            } else {
                session.fail(command.id(), refusal);
                session.resume();
            }
        }
    }

    private void enter(Command.Subscribe command, Grant grant) {
        enter(command.request(), grant, Subscription.Side.CLIENT, new Outcome() {
            @Override
            public void subscribed(SubscribeResult result) {
                session.reply(command.id(), result);
            }

            @Override
            public void settled() {
                session.resume();
            }

            @Override
            public void refused(ErrorReply error) {
                session.fail(command.id(), error);
                session.resume();
            }
        });
    }

    /** Why this request can't be granted to this client, whoever decides. */
    @Nullable
    ErrorReply formalRefusal(SubscribeRequest request) {
        String channel = request.channel();
        if (!session.desk().rules().names().validName(channel)) return ErrorReply.BAD_REQUEST;
        if (session.stateOf(channel) == Subscription.State.SUBSCRIBED) return ErrorReply.ALREADY_SUBSCRIBED;
        if (session.subscriptions().size() >= session.limits().maxSubscriptions()) return ErrorReply.LIMIT_EXCEEDED;
        ErrorReply name = session.permissions().refusalOfName(channel, session.optionsFor(channel));
        if (name != null) return name;
        // Map and shared-poll subscriptions, which no namespace here offers.
        if (request.type() != 0) return ErrorReply.PERMISSION_DENIED;
        ChannelOptions options = session.optionsFor(channel);
        return options == null ? ErrorReply.UNKNOWN_CHANNEL : Terms.refusal(request, options);
    }

    // --- by the server, while connected
    // ------------------------------------------------------------------------------------------

    /** Subscribes the client because the backend says so; one that is subscribed already stays as it is. */
    void begin(String channel, Grant grant, @Nullable StreamPosition since) {
        if (session.stateOf(channel) == Subscription.State.SUBSCRIBED || session.optionsFor(channel) == null) return;
        if (session.subscriptions().size() >= session.limits().maxSubscriptions()) return;
        session.hold();
        SubscribeRequest request = SubscribeRequest.to(channel).withRecover(since);
        enter(request, grant, Subscription.Side.SERVER, new Outcome() {
            @Override
            public void subscribed(SubscribeResult result) {
                session.peer()
                        .push(new Push.SubscribePush(channel, result.tracking(), result.position(), result.data()));
            }

            @Override
            public void settled() {
                session.resume();
            }

            @Override
            public void refused(ErrorReply error) {
                session.resume();
            }
        });
    }

    // --- either way
    // --------------------------------------------------------------------------------------------------------------

    /** Enters a channel whose options exist, and places the cursor. */
    void enter(SubscribeRequest request, Grant grant, Subscription.Side side, Outcome outcome) {
        ChannelOptions options = session.optionsFor(request.channel());
        if (options == null || session.refreshing().isOver(grant.expireAtSeconds())) {
            outcome.refused(options == null ? ErrorReply.UNKNOWN_CHANNEL : ErrorReply.EXPIRED);
            return;
        }
        Terms terms = Terms.of(request, options, grant, session);
        ClientInfo self = session.self();
        var who = new ClientInfo(self.user(), self.client(), self.connectionInfo(), grant.info());
        var entry = new dev.openline.hub.SubscribeRequest(
                request.channel(), who, terms.recoverFrom(request), terms.shown());
        session.desk().subscribe(entry, answer -> {
            if (answer instanceof Subscribed.Refused refused) {
                if (!session.isClosed()) outcome.refused(refused.error());
                return;
            }
            entered(new Entry(request, grant, side, terms, (Subscribed.Accepted) answer), outcome);
        });
    }

    private record Entry(
            SubscribeRequest request, Grant grant, Subscription.Side side, Terms terms, Subscribed.Accepted accepted) {}

    private void entered(Entry entry, Outcome outcome) {
        String channel = entry.request.channel();
        boolean recovered = entry.accepted.recovery().missesNothing();
        boolean refuses = entry.request.recover() != null && !recovered && entry.request.rejectsUnrecoverable();
        if (session.isClosed() || refuses) {
            session.desk().unsubscribe(channel, session.client());
            if (!session.isClosed()) outcome.refused(ErrorReply.UNRECOVERABLE_POSITION);
            return;
        }
        SubscribeResult result = resultOf(entry);
        if (!Terms.canSay(result.missed(), reception.encoding())) {
            session.desk().unsubscribe(channel, session.client());
            session.close(Disconnect.INAPPROPRIATE_PROTOCOL);
            return;
        }
        outcome.subscribed(result);
        Cursor<EncodedPush> cursor = session.peer().attach(channel, entry.accepted, entry.terms.reader());
        if (session.isClosed()) {
            // Sending the reply was one message too many for a client that doesn't read.
            session.peer().detach(cursor);
            session.desk().unsubscribe(channel, session.client());
            return;
        }
        var subscription = new Subscription(channel, entry.side, cursor, entry.grant);
        subscription.endsAt = session.refreshing().endOf(entry.grant.expireAtSeconds());
        session.keep(subscription);
        // The first read may have found at once that the log can't go on from here.
        if (!cursor.attached()) session.onLost(channel);
        if (!session.isClosed()) outcome.settled();
    }

    /** After a recovery the position is the one that was asked from: clients walk on from it over the publications, one by one. */
    private SubscribeResult resultOf(Entry entry) {
        StreamPosition asked = entry.request.recover();
        StreamPosition top = entry.accepted.top();
        Tracking tracking = entry.terms.tracking();
        SubscribeResult.Recovery recovery =
                asked == null ? SubscribeResult.Recovery.NOT_ASKED : SubscribeResult.Recovery.NOT_RECOVERED;
        List<Publication> missed = List.of();
        StreamPosition position = top;
        if (entry.accepted.recovery() instanceof Recovery.Complete complete) {
            recovery = SubscribeResult.Recovery.RECOVERED;
            missed = entry.terms.page(complete.page(), reception.encoding());
            long from = asked != null ? asked.offset() : complete.page().isEmpty() ? top.offset() : 0;
            position = new StreamPosition(from, top.epoch());
        } else if (entry.accepted.recovery() instanceof Recovery.Later later) {
            recovery = SubscribeResult.Recovery.RECOVERED;
            position = new StreamPosition(later.after(), top.epoch());
        }
        Grant grant = entry.grant;
        boolean told = entry.side == Subscription.Side.CLIENT;
        return new SubscribeResult(
                tracking,
                tracking == Tracking.NONE ? null : position,
                recovery,
                missed,
                told ? session.refreshing().expiry(grant.expireAtSeconds(), grant.refreshed()) : null,
                grant.data(),
                entry.terms.delta());
    }

    /** Whether the channel offers something to this session, exceptions counted. */
    static boolean has(ChannelOptions options, Grant grant, Feature feature) {
        Boolean exception = grant.overrides().get(feature);
        return exception == null ? options.has(feature) : exception;
    }
}
