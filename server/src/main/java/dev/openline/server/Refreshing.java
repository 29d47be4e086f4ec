package dev.openline.server;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Command;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Expiry;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Push;
import dev.openline.protocol.Result;
import dev.openline.protocol.SubscribeRequest;
import dev.openline.protocol.Unsubscribed;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What of a session has an end: the connection, and its subscriptions. Either the client refreshes it with a new token, or the server asks
 * the application. What nobody refreshes in time ends a while after its time, which is left to clients with a slow way to their token.
 */
final class Refreshing {
    private static final long NEVER = Subscription.NEVER;
    /** After a hook has failed. */
    private static final long ASK_AGAIN_MILLIS = TimeUnit.MINUTES.toMillis(1);

    /** The longest life that a client is told of, for timers on the other side. */
    private static final long MAX_TTL_SECONDS = TimeUnit.DAYS.toSeconds(365);

    private final Session session;
    private final Reception reception;

    /** Whose move it is at the connection's end; of no meaning while {@code endsAt} is NEVER. */
    private Grant.Refreshed refreshed = Grant.Refreshed.BY_SERVER;

    private Set<String> granted = Set.of();
    private long endsAt = NEVER;
    private long nextSubscription = NEVER;

    Refreshing(Session session, Reception reception) {
        this.session = session;
        this.reception = reception;
    }

    void begin(Authenticator.Admitted admitted) {
        RefreshHook hook = reception.rules().refreshHook();
        boolean covered = admitted.token() != null && hook != null && hook.coversTokens();
        refreshed = covered ? Grant.Refreshed.BY_SERVER : admitted.refreshed();
        granted = admitted.subs().keySet();
        endsAt = endOf(admitted.expireAtSeconds());
    }

    /** A time of day as one on the session's clock. */
    long endOf(@Nullable Long expireAtSeconds) {
        if (expireAtSeconds == null) return NEVER;
        long left = TimeUnit.SECONDS.toMillis(expireAtSeconds) - reception.wallMillis();
        return reception.nowMillis() + left;
    }

    boolean isOver(@Nullable Long expireAtSeconds) {
        return endOf(expireAtSeconds) <= reception.nowMillis();
    }

    /** What the client is told of its connection's end. */
    @Nullable
    Expiry expiry(@Nullable Long expireAtSeconds) {
        return expiry(expireAtSeconds, refreshed);
    }

    /** What a client is told that has to refresh something; null for one that has not. */
    @Nullable
    Expiry expiry(@Nullable Long expireAtSeconds, Grant.Refreshed by) {
        if (expireAtSeconds == null || by == Grant.Refreshed.BY_SERVER) return null;
        long left = expireAtSeconds - TimeUnit.MILLISECONDS.toSeconds(reception.wallMillis());
        return new Expiry(Math.max(1, Math.min(MAX_TTL_SECONDS, left)));
    }

    // --- time
    // --------------------------------------------------------------------------------------------------------------------

    long nextDeadline() {
        return Math.min(connectionDeadline(), nextSubscription);
    }

    private long connectionDeadline() {
        if (endsAt == NEVER) return NEVER;
        return isAsked()
                ? endsAt
                : endsAt + session.limits().expiredCloseDelay().toMillis();
    }

    private boolean isAsked() {
        return refreshed == Grant.Refreshed.BY_SERVER && reception.rules().refreshHook() != null;
    }

    private long deadlineOf(Subscription subscription) {
        if (subscription.endsAt == NEVER) return NEVER;
        return isAsked(subscription)
                ? subscription.endsAt
                : subscription.endsAt
                        + session.limits().expiredSubscriptionCloseDelay().toMillis();
    }

    private boolean isAsked(Subscription subscription) {
        return subscription.grant.refreshed() == Grant.Refreshed.BY_SERVER
                && reception.rules().subscribeHook() != null;
    }

    /** Looks again which subscription ends next. */
    void look() {
        long next = NEVER;
        for (Subscription subscription : session.subscriptions().values())
            next = Math.min(next, deadlineOf(subscription));
        nextSubscription = next;
    }

    void onTime(long now) {
        if (connectionDeadline() <= now) {
            if (!isAsked()) {
                session.close(Disconnect.EXPIRED);
                return;
            }
            ask();
        }
        if (nextSubscription > now) return;
        for (Subscription subscription : List.copyOf(session.subscriptions().values())) {
            if (session.isClosed()) return;
            if (deadlineOf(subscription) <= now) over(subscription);
        }
        look();
    }

    private void over(Subscription subscription) {
        if (isAsked(subscription)) ask(subscription);
        else if (subscription.side == Subscription.Side.SERVER) session.close(Disconnect.SUBSCRIPTION_EXPIRED);
        else session.end(subscription.channel, Unsubscribed.EXPIRED);
    }

    // --- asked by the server
    // -----------------------------------------------------------------------------------------------------

    private void ask() {
        RefreshHook hook = reception.rules().refreshHook();
        if (hook == null) return;
        endsAt = NEVER;
        reception.ask(() -> hook.refresh(session.who()), (decision, fault) -> {
            if (session.isClosed()) return;
            // An end that is over already would be asked about at once again, and again.
            if (decision instanceof RefreshHook.Decision.Until until && !isOver(until.expireAtSeconds())) {
                endsAt = endOf(until.expireAtSeconds());
                if (until.info() != null) shows(until.info());
                if (until.meta() != null) session.admitted(session.who().remembered(until.meta()));
            } else if (fault == null) {
                session.close(Disconnect.EXPIRED);
                return;
            } else {
                endsAt = reception.nowMillis() + ASK_AGAIN_MILLIS;
            }
            session.deadlineMoved();
        });
    }

    private void ask(Subscription subscription) {
        SubscribeHook hook = reception.rules().subscribeHook();
        if (hook == null) return;
        subscription.endsAt = NEVER;
        reception.ask(() -> hook.refresh(session.who(), subscription.channel), (decision, fault) -> {
            if (session.isClosed() || session.subscriptions().get(subscription.channel) != subscription) return;
            if (decision instanceof SubscribeHook.Decision.Allowed allowed
                    && !isOver(allowed.grant().expireAtSeconds())) {
                Payload shown = subscription.grant.info();
                Grant grant = allowed.grant();
                subscription.grant = grant.info() == null ? grant.withInfo(shown) : grant;
                subscription.endsAt = endOf(grant.expireAtSeconds());
            } else if (decision instanceof SubscribeHook.Decision.Dropped dropped) {
                session.close(dropped.disconnect());
                return;
            } else if (fault != null) {
                subscription.endsAt = reception.nowMillis() + ASK_AGAIN_MILLIS;
            } else if (!(decision instanceof SubscribeHook.Decision.ByPermissions)) {
                ended(subscription);
                return;
            }
            session.deadlineMoved();
        });
    }

    private void ended(Subscription subscription) {
        if (subscription.side == Subscription.Side.SERVER) session.close(Disconnect.SUBSCRIPTION_EXPIRED);
        else session.end(subscription.channel, Unsubscribed.EXPIRED);
    }

    /** The backend says until when the connection lives. */
    void extend(@Nullable Long expireAtSeconds, @Nullable Payload info) {
        if (isOver(expireAtSeconds)) {
            session.close(Disconnect.EXPIRED);
            return;
        }
        endsAt = endOf(expireAtSeconds);
        if (info != null) shows(info);
        session.deadlineMoved();
        session.peer().push(new Push.RefreshPush(expiry(expireAtSeconds)));
    }

    private void shows(Payload info) {
        Client old = session.who();
        var shown = new ClientInfo(old.user(), old.id(), info, null);
        session.admitted(old.showing(shown));
    }

    // --- asked by the client
    // -----------------------------------------------------------------------------------------------------

    void refresh(Command.Refresh command) {
        boolean byClient = endsAt != NEVER && refreshed == Grant.Refreshed.BY_CLIENT;
        if (!byClient || command.token().isEmpty()) {
            session.close(Disconnect.BAD_REQUEST);
            return;
        }
        session.hold();
        reception.verify(command.token(), admission -> {
            if (session.isClosed()) return;
            if (admission instanceof Authenticator.Admitted admitted) refresh(command, admitted);
            else if (admission instanceof Authenticator.Denied denied) denied(command, denied.error());
            else session.close(Disconnect.INVALID_TOKEN);
            session.resume();
        });
    }

    /** Where nobody can tell now what the token is worth, the client may ask again; it has until the end of the old one. */
    private void denied(Command.Refresh command, ErrorReply error) {
        if (error.temporary()) session.fail(command.id(), error);
        else session.close(Disconnect.EXPIRED);
    }

    private void refresh(Command.Refresh command, Authenticator.Admitted admitted) {
        Long until = admitted.expireAtSeconds();
        if (!admitted.user().equals(session.self().user())) {
            session.close(Disconnect.INVALID_TOKEN);
        } else if (isOver(until)) {
            session.close(Disconnect.EXPIRED);
        } else if (!admitted.subs().keySet().equals(granted)) {
            session.close(Disconnect.INSUFFICIENT_STATE);
        } else {
            endsAt = endOf(until);
            session.deadlineMoved();
            session.reply(command.id(), new Result.RefreshResult(expiry(until, Grant.Refreshed.BY_CLIENT)));
        }
    }

    void subRefresh(Command.SubRefresh command) {
        Subscription subscription = session.subscriptions().get(command.channel());
        if (subscription == null) {
            session.fail(command.id(), ErrorReply.PERMISSION_DENIED);
            return;
        }
        Grant grant = subscription.grant;
        if (grant.expireAtSeconds() == null || grant.refreshed() == Grant.Refreshed.BY_SERVER) {
            session.close(Disconnect.BAD_REQUEST);
            return;
        }
        if (command.token().isEmpty()) {
            session.fail(command.id(), ErrorReply.BAD_REQUEST);
            return;
        }
        SubscribeRequest again = SubscribeRequest.to(command.channel()).withToken(command.token());
        session.hold();
        reception.verify(session.who(), again, decision -> {
            if (session.isClosed()) return;
            subRefreshed(command, subscription, decision);
            session.resume();
        });
    }

    private void subRefreshed(Command.SubRefresh command, Subscription subscription, SubscribeHook.Decision decision) {
        if (decision instanceof SubscribeHook.Decision.Allowed allowed) {
            Long until = allowed.grant().expireAtSeconds();
            if (isOver(until)) {
                session.fail(command.id(), ErrorReply.EXPIRED);
                return;
            }
            subscription.grant = allowed.grant();
            subscription.endsAt = endOf(until);
            session.deadlineMoved();
            session.reply(command.id(), new Result.SubRefreshResult(expiry(until, Grant.Refreshed.BY_CLIENT)));
        } else if (decision instanceof SubscribeHook.Decision.Denied denied
                && (denied.error() == ErrorReply.TOKEN_EXPIRED || denied.error().temporary())) {
            session.fail(command.id(), denied.error());
        } else {
            session.close(Disconnect.INVALID_TOKEN);
        }
    }
}
