package dev.openline.server;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Expiry;
import dev.openline.protocol.Heartbeat;
import dev.openline.protocol.Result;
import dev.openline.protocol.SubscribeRequest;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The {@code connect} command of one session, from the question who this is to its reply, which carries the subscriptions that the
 * server makes. All of it happens while the session holds what comes after it.
 */
final class Connecting {
    private static final String USER_BOUNDARY = "#";

    private final Session session;
    private final Reception reception;
    private final Subscribing subscribing;
    private final Refreshing refreshing;

    Connecting(Session session, Reception reception, Subscribing subscribing, Refreshing refreshing) {
        this.session = session;
        this.reception = reception;
        this.subscribing = subscribing;
        this.refreshing = refreshing;
    }

    /** One {@code connect} under way: the subscriptions still to be made, and those that were. */
    private record Attempt(
            Command.Connect command,
            Authenticator.Admitted admitted,
            Queue<Wanted> wanted,
            Map<String, Result.SubscribeResult> made) {}

    /**
     * One subscription to be made.
     *
     * @param grant its terms; null where the hook has still to be asked for them
     */
    private record Wanted(
            SubscribeRequest request, @Nullable Grant grant) {}

    void begin(Command.Connect command) {
        session.hold();
        reception.authenticate(session.client(), command, admission -> {
            if (session.isClosed()) return;
            if (admission instanceof Authenticator.Admitted admitted) admit(command, admitted);
            else if (admission instanceof Authenticator.Denied denied) session.refuse(command.id(), denied.error());
            else if (admission instanceof Authenticator.Dropped dropped) session.close(dropped.disconnect());
            else session.close(Disconnect.BAD_REQUEST);
            if (!(admission instanceof Authenticator.Admitted)) session.resume();
        });
    }

    private void admit(Command.Connect command, Authenticator.Admitted admitted) {
        if (refreshing.isOver(admitted.expireAtSeconds())) {
            session.refuse(command.id(), ErrorReply.EXPIRED);
            session.resume();
            return;
        }
        var info = new ClientInfo(admitted.user(), session.client(), admitted.connectionInfo(), null);
        Client client = reception.clientOf(info, command, admitted);
        session.admitted(client);
        Disconnect obstacle = reception.enter(client);
        if (obstacle != null) {
            session.close(obstacle);
            return;
        }
        refreshing.begin(admitted);
        Queue<Wanted> wanted = wanted(command, admitted);
        if (wanted == null) return;
        next(new Attempt(command, admitted, wanted, new LinkedHashMap<>()));
    }

    /** The server's own subscriptions, and those that the client asks for and may have; null if the session has ended over them. */
    private @Nullable Queue<Wanted> wanted(Command.Connect command, Authenticator.Admitted admitted) {
        Map<String, Grant> granted = new LinkedHashMap<>(admitted.subs());
        String personal = reception.rules().personalNamespace();
        if (personal != null && !admitted.user().isEmpty())
            granted.putIfAbsent(
                    (personal.isEmpty() ? "" : personal + ":") + USER_BOUNDARY + admitted.user(), Grant.PLAIN);
        Queue<Wanted> wanted = new ArrayDeque<>();
        granted.forEach((channel, grant) -> {
            SubscribeRequest asked = command.subs().get(channel);
            wanted.add(new Wanted(asked == null ? SubscribeRequest.to(channel) : asked, grant));
        });
        for (SubscribeRequest request : command.subs().values()) {
            String channel = request.channel();
            if (granted.containsKey(channel)) continue;
            if (session.optionsFor(channel) == null) {
                session.close(Disconnect.BAD_REQUEST);
                return null;
            }
            if (!request.token().isEmpty() || subscribing.formalRefusal(request) != null) continue;
            if (subscribing.asksHook(channel)) wanted.add(new Wanted(request, null));
            else if (isPermitted(channel)) wanted.add(new Wanted(request, Grant.PLAIN));
        }
        if (wanted.size() > session.limits().maxSubscriptions()) {
            session.close(Disconnect.CHANNEL_LIMIT);
            return null;
        }
        return wanted;
    }

    private boolean isPermitted(String channel) {
        return session.permissions().toSubscribe(channel, session.optionsFor(channel)) == null;
    }

    private void next(Attempt attempt) {
        if (session.isClosed()) return;
        Wanted wanted = attempt.wanted.poll();
        if (wanted == null) {
            done(attempt);
            return;
        }
        if (session.optionsFor(wanted.request.channel()) == null) failed(attempt, ErrorReply.UNKNOWN_CHANNEL);
        else if (wanted.grant != null) enter(attempt, wanted.request, wanted.grant);
        else subscribing.ask(wanted.request, decision -> decided(attempt, wanted.request, decision));
    }

    /** What becomes of a wish: one that the hook doesn't grant is left out, unless it may be granted later. */
    private void decided(Attempt attempt, SubscribeRequest request, SubscribeHook.Decision decision) {
        if (session.isClosed()) return;
        if (decision instanceof SubscribeHook.Decision.Allowed allowed) enter(attempt, request, allowed.grant());
        else if (decision instanceof SubscribeHook.Decision.Dropped dropped) session.close(dropped.disconnect());
        else if (decision instanceof SubscribeHook.Decision.Denied denied
                && denied.error().temporary()) failed(attempt, denied.error());
        else if (decision instanceof SubscribeHook.Decision.ByPermissions && isPermitted(request.channel()))
            enter(attempt, request, Grant.PLAIN);
        else next(attempt);
    }

    private void enter(Attempt attempt, SubscribeRequest request, Grant grant) {
        String channel = request.channel();
        subscribing.enter(request, grant, Subscription.Side.SERVER, new Subscribing.Outcome() {
            @Override
            public void subscribed(Result.SubscribeResult result) {
                attempt.made.put(channel, result);
            }

            @Override
            public void settled() {
                next(attempt);
            }

            @Override
            public void refused(ErrorReply error) {
                failed(attempt, error);
            }
        });
    }

    /** One subscription of the server's that fails, fails the connect. */
    private void failed(Attempt attempt, ErrorReply error) {
        session.refuse(attempt.command.id(), error);
        session.resume();
    }

    private void done(Attempt attempt) {
        Authenticator.Admitted admitted = attempt.admitted;
        SessionRules rules = reception.rules();
        Expiry expiry = refreshing.expiry(admitted.expireAtSeconds());
        session.connected(
                attempt.command.id(),
                new Result.ConnectResult(
                        session.client(),
                        reception.version(),
                        expiry,
                        admitted.data(),
                        attempt.made,
                        heartbeat(rules.limits()),
                        reception.emulation(),
                        rules.serverTime() ? reception.wallMillis() : 0));
        session.resume();
    }

    private @Nullable Heartbeat heartbeat(SessionLimits limits) {
        Pulse pulse = reception.pulse();
        return pulse == Pulse.OF_CARRIER
                ? null
                : new Heartbeat(limits.pingInterval().toSeconds(), pulse == Pulse.PONG);
    }
}
