package dev.openline.client;

import dev.openline.protocol.Command;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Push;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result;
import dev.openline.protocol.ServerMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The client's side of the channel protocol: when to dial, what to say, what to tell the application.
 *
 * <p>Two laws. It is pure: no socket, thread, clock or random number of its own; what happens is told to it with the time (milliseconds
 * of any monotonic clock), and it answers through {@link Effects} and {@link #nextDeadline()}. And of all lines only one counts: whatever
 * is heard of an earlier one is ignored, so a late answer can't meet a newer question.
 *
 * <p>What {@link Phases} allows is the frame; the subscriptions are in {@link Subscriptions}, the application's calls in {@link
 * CallQueue}. It does not know the encoding, nor how to dial.
 */
final class ClientMachine {
    static final long NEVER = Long.MAX_VALUE;

    /** The server's word that positions are worth nothing any more. */
    private static final int STATE_INVALIDATED = 3014;

    private static final int MESSAGE_TOO_BIG = 1009;

    private final ClientSettings settings;
    private final LongUnaryOperator random;
    private final Effects effects;
    private final CallQueue calls;
    private final Subscriptions subscriptions;
    private final Hearing hearing = new Hearing();

    private Phases.Connecting phase = Phases.Connecting.DISCONNECTED;

    /** The time of the event being handled. */
    private long now;

    /** The number of the newest line; it counts only while {@link #phase} owns a line. */
    private long line;

    /** Dials that failed since the last session. */
    private int failures;

    private long dialAt = NEVER;

    /** What is said on the line; null exactly while there is none to send on. */
    private @Nullable Session session;

    /** @param random a number from 0 to its argument, exclusive */
    ClientMachine(ClientSettings settings, LongUnaryOperator random, Effects effects) {
        this.settings = settings;
        this.random = random;
        this.effects = effects;
        this.calls = new CallQueue(settings, effects);
        this.subscriptions = new Subscriptions(effects, this::backoff);
    }

    // --- from the application ---

    /** Begins to dial; nothing if it has begun already. */
    void connect(long time) {
        now = time;
        if (phase != Phases.Connecting.DISCONNECTED) return;
        phase = phase.on(Phases.Connecting.Event.CONNECT_CALLED);
        failures = 0;
        effects.connecting(Cause.CONNECT_CALLED, 0);
        effects.dial(++line);
    }

    /** Ends the session and dials no more. Subscriptions wait for the next {@link #connect}. */
    void disconnect(long time) {
        now = time;
        if (phase == Phases.Connecting.DISCONNECTED) return;
        if (session != null) effects.close(line);
        else if (phase.ownsLine()) effects.drop(line);
        end(Cause.DISCONNECT_CALLED);
    }

    /** Disconnects, and ends all subscriptions. */
    void close(long time) {
        disconnect(time);
        subscriptions.endAll(Cause.CLIENT_CLOSED);
    }

    /** @throws IllegalStateException if the channel has a subscription that is not ended */
    void subscribe(Cursor cursor, long time) {
        now = time;
        subscriptions.add(cursor);
        if (session != null) effects.send(line, List.of(session.ask(new Question.Subscribe(cursor), now)));
    }

    /** Ends a subscription; nothing if it is ended. */
    void unsubscribe(Cursor cursor, long time) {
        now = time;
        boolean known = cursor.phase() == Phases.Subscribing.ASKED || cursor.phase() == Phases.Subscribing.SUBSCRIBED;
        if (!subscriptions.end(cursor, Cause.UNSUBSCRIBE_CALLED)) return;
        if (session == null) return;
        session.forget(cursor);
        if (known) effects.send(line, List.of(session.ask(new Question.Unsubscribe(cursor.channel()), now)));
    }

    /** Sends a call now or, while there is no session, within its time limit. It ends exactly once. */
    void call(Call<?> call, long time) {
        now = time;
        if (phase == Phases.Connecting.DISCONNECTED) calls.notSent(call, "the client is disconnected");
        else calls.add(call, now);
        sendCalls();
    }

    // --- from the line ---

    /** A dial succeeded. */
    void lineOpened(long number, long time) {
        now = time;
        if (!counts(number)) {
            effects.drop(number);
            return;
        }
        phase = phase.on(Phases.Connecting.Event.LINE_OPENED);
        Session opened = new Session(settings);
        session = opened;
        List<Command> first = new ArrayList<>();
        first.add(opened.ask(new Question.Connect(settings), now));
        for (Cursor cursor : subscriptions.all()) first.add(opened.ask(new Question.Subscribe(cursor), now));
        effects.send(line, first);
    }

    /** A dial failed. */
    void dialFailed(long number, String why, long time) {
        now = time;
        if (counts(number)) lost(Cause.transport(why));
    }

    /** A line ended with this close code; 1006 if without one. */
    void lineClosed(long number, int code, String reason, long time) {
        now = time;
        if (counts(number)) closed(code, reason);
    }

    /** The server said something that is no message of the protocol. */
    void garbled(long number, long time) {
        now = time;
        if (counts(number)) redial(Cause.transport("bad protocol"));
    }

    void received(long number, ServerMessage message, long time) {
        now = time;
        if (session == null || !counts(number)) return;
        session.heard(now);
        message.with(hearing);
    }

    /** Does what is due by {@code time}. */
    void onTime(long time) {
        now = time;
        Cause fault = session == null ? null : session.fault(now);
        if (fault != null) redial(fault);
        calls.onTime(now);
        if (dialAt <= now) {
            phase = phase.on(Phases.Connecting.Event.DIAL_DUE);
            dialAt = NEVER;
            effects.dial(++line);
        }
        if (session != null) {
            List<Command> again = new ArrayList<>();
            for (Cursor cursor : subscriptions.due(now)) again.add(session.ask(new Question.Subscribe(cursor), now));
            if (!again.isEmpty()) effects.send(line, again);
        }
    }

    /** When {@link #onTime} must be called next; {@link #NEVER} if it need not. */
    long nextDeadline() {
        long next = Math.min(dialAt, calls.nextDeadline());
        if (session == null) return next;
        return Math.min(next, Math.min(session.nextDeadline(), subscriptions.nextRetry()));
    }

    ConnectionState state() {
        return phase.state;
    }

    /** Calls that are not yet ended. */
    int outstandingCalls() {
        return calls.outstanding();
    }

    // --- lines come and go ---

    private boolean counts(long number) {
        return number == line && phase.ownsLine();
    }

    /** Which codes forbid a redial is the protocol's rule; that 1009 does, too, is because the next line would meet the same message. */
    private void closed(int code, String reason) {
        if (code == MESSAGE_TOO_BIG) {
            end(Cause.MESSAGE_SIZE_LIMIT);
        } else if (!Disconnect.redials(code)) {
            end(new Cause(code, reason));
        } else {
            if (code == STATE_INVALIDATED) subscriptions.forgetPositions();
            lost(code < 3000 ? Cause.transport("transport closed: " + code) : new Cause(code, reason));
        }
    }

    private void redial(Cause why) {
        effects.drop(line);
        lost(why);
    }

    private void stop(Cause why) {
        effects.close(line);
        end(why);
    }

    private void lost(Cause why) {
        phase = phase.on(Phases.Connecting.Event.LINE_LOST);
        long delay = backoff(failures++);
        dialAt = now + delay;
        effects.connecting(why, delay);
        forgetLine();
    }

    private void end(Cause why) {
        phase = phase.on(Phases.Connecting.Event.ENDED);
        dialAt = NEVER;
        effects.disconnected(why);
        forgetLine();
        calls.giveUp("the client disconnected: " + why.code() + " " + why.reason());
    }

    private void forgetLine() {
        session = null;
        subscriptions.lineLost();
        calls.lineLost();
    }

    private long backoff(int failed) {
        return settings.backoff().delayMillis(failed, random);
    }

    private void sendCalls() {
        if (session == null || phase != Phases.Connecting.CONNECTED) return;
        List<Command> commands = calls.takeWaiting(session::nextId);
        if (!commands.isEmpty()) effects.send(line, commands);
    }

    // --- what the server says ---

    /** Errors after which the same command may succeed later. Codes below 100 are not for servers to send; clients retry them. */
    private static boolean isRetried(ErrorReply error) {
        return error.temporary() || error.code() < 100 || error.code() == ErrorReply.TOKEN_EXPIRED.code();
    }

    /** Called with a session only. */
    private final class Hearing
            implements ServerMessage.Cases<@Nullable Void>, Push.Kinds<@Nullable Void>, Question.Answers {
        @Override
        public @Nullable Void ping() {
            Session current = session;
            if (current != null && current.answersPings()) effects.send(line, List.of(new Command.Pong()));
            return null;
        }

        /** Replies that nobody waits for any more are ignored. */
        @Override
        public @Nullable Void reply(Reply reply) {
            Session current = session;
            Question question = current == null ? null : current.takeAnswered(reply.id());
            if (question != null) question.answer(reply, this);
            else answer(calls.takeAnswered(reply.id()), reply);
            return null;
        }

        private void answer(@Nullable Call<?> call, Reply reply) {
            if (call == null) return;
            if (reply instanceof Reply.Failed failed) {
                effects.fail(call, new CallRefused(call.what(), failed.error()));
            } else if (reply instanceof Reply.Done done && call.answer().isInstance(done.result())) {
                effects.complete(call, done.result());
            } else {
                effects.fail(call, new CallLost(call.what(), "the answer does not fit"));
                misunderstood();
            }
        }

        @Override
        public void connected(Result.ConnectResult opened) {
            phase = phase.on(Phases.Connecting.Event.CONNECT_ANSWERED);
            failures = 0;
            if (session != null) session.beats(opened.heartbeat());
            effects.connected(opened);
            sendCalls();
        }

        @Override
        public void connectRefused(ErrorReply error) {
            if (isRetried(error)) redial(Cause.of(error));
            else stop(Cause.of(error));
        }

        @Override
        public void subscribed(Cursor cursor, Result.SubscribeResult result) {
            subscriptions.subscribed(cursor, result);
        }

        @Override
        public void subscribeRefused(Cursor cursor, ErrorReply error) {
            if (isRetried(error)) subscriptions.retry(cursor, Cause.of(error), now);
            else subscriptions.end(cursor, Cause.of(error));
        }

        /** What the server thinks of the channel is unknown now; a new line makes it known. */
        @Override
        public void unsubscribeRefused() {
            redial(Cause.UNSUBSCRIBE_ERROR);
        }

        @Override
        public void misunderstood() {
            redial(Cause.transport("bad protocol"));
        }

        @Override
        public @Nullable Void push(Push push) {
            return push.with((Push.Kinds<@Nullable Void>) this);
        }

        @Override
        public @Nullable Void publication(Push.PublicationPush push) {
            subscriptions.published(push.channel(), push.publication());
            return null;
        }

        @Override
        public @Nullable Void join(Push.Join push) {
            subscriptions.joined(push.channel(), push.info());
            return null;
        }

        @Override
        public @Nullable Void leave(Push.Leave push) {
            subscriptions.left(push.channel(), push.info());
            return null;
        }

        @Override
        public @Nullable Void unsubscribe(Push.UnsubscribePush push) {
            subscriptions.unsubscribed(push.channel(), push.why(), now);
            return null;
        }

        /** Subscriptions made by the server: not yet. */
        @Override
        public @Nullable Void subscribe(Push.SubscribePush push) {
            return null;
        }

        /** Messages on no channel: not yet. */
        @Override
        public @Nullable Void message(Push.MessagePush push) {
            return null;
        }

        /** Never on a line that carries answers. */
        @Override
        public @Nullable Void connect(Push.ConnectPush push) {
            return null;
        }

        @Override
        public @Nullable Void disconnect(Push.DisconnectPush push) {
            effects.drop(line);
            closed(push.why().code(), push.why().reason());
            return null;
        }

        /** Tokens that are renewed: not yet. */
        @Override
        public @Nullable Void refresh(Push.RefreshPush push) {
            return null;
        }
    }
}
