package dev.openline.client;

import dev.openline.protocol.Command;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Expiry;
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
 * <p>What {@link Phases} allows is the frame; what it hears is in {@link Channels}, what the application asks in {@link Requests}, what
 * the server's words mean in {@link Hearing}. It does not know the encoding, nor how to dial.
 */
final class ClientMachine {
    static final long NEVER = Long.MAX_VALUE;

    /** The server's word that positions are worth nothing any more. */
    private static final int STATE_INVALIDATED = 3014;

    private static final int MESSAGE_TOO_BIG = 1009;

    /** The shortest delay before a token is looked for again that was not to be had, or that the server did not take; the longest is twice this. */
    private static final long RENEWAL_RETRY_MILLIS = 5_000;

    private final ClientSettings settings;
    private final Credential credential;
    private final Delays delays;
    private final Effects effects;
    private final Requests requests;
    private final TokenFetches fetches;
    private final Channels channels;
    private final Hearing hearing;

    private Phases.Connecting phase = Phases.Connecting.DISCONNECTED;

    /** The time of the event being handled. */
    private long now;

    /** The number of the newest line; it counts only while {@link #phase} owns a line. */
    private long line;

    /** Attempts that failed since the last session. */
    private int failures;

    private long dialAt = NEVER;

    /** When the application is to be asked for the session's next token. */
    private long renewAt = NEVER;

    /** What is said on the line; null exactly while there is none to send on. */
    private @Nullable Session session;

    /** @param random a number from 0 to its argument, exclusive */
    ClientMachine(ClientSettings settings, LongUnaryOperator random, Effects effects) {
        this.settings = settings;
        this.credential = settings.credential();
        this.delays = new Delays(settings.backoff(), random);
        this.effects = effects;
        this.requests = new Requests(settings, effects, delays);
        this.fetches = new TokenFetches(settings.timing().tokenMillis(), effects);
        this.channels = new Channels(settings, effects, delays, fetches);
        this.hearing = new Hearing(this, channels, requests, effects);
    }

    // --- from the application ---

    /** Begins to dial; nothing if it has begun already. */
    void connect(long time) {
        now = time;
        if (phase != Phases.Connecting.DISCONNECTED) return;
        phase = phase.on(Phases.Connecting.Event.CONNECT_CALLED);
        failures = 0;
        effects.connecting(Cause.CONNECT_CALLED, 0);
        attempt();
    }

    /** Ends the session and dials no more. Subscriptions wait for the next {@link #connect}. */
    void disconnect(long time) {
        now = time;
        if (phase == Phases.Connecting.DISCONNECTED) return;
        if (session != null) effects.close(line);
        else if (phase.ownsLine()) effects.drop(line);
        end(Cause.DISCONNECT_CALLED);
    }

    /** Disconnects, and ends all channels.wanted. */
    void close(long time) {
        disconnect(time);
        channels.endAll(Cause.CLIENT_CLOSED);
        requests.outbox.close("the client is closed");
    }

    /** @throws IllegalStateException if the channel has a subscription that is not ended */
    void subscribe(Cursor cursor, long time) {
        now = time;
        channels.wanted.add(cursor);
        if (session != null) ask(channels.wanted.ask(cursor, now));
    }

    /** Ends a subscription; nothing if it is ended. */
    void unsubscribe(Cursor cursor, long time) {
        now = time;
        boolean known = cursor.phase() == Phases.Subscribing.ASKED || cursor.phase() == Phases.Subscribing.SUBSCRIBED;
        if (!channels.wanted.end(cursor, Cause.UNSUBSCRIBE_CALLED)) return;
        if (session == null) return;
        session.forget(cursor);
        if (known) ask(List.of(new Question.Unsubscribe(cursor.channel())));
    }

    /** Sends a call now or, while there is no session, within its time limit. It ends exactly once. */
    void call(Call<?> call, long time) {
        now = time;
        if (phase == Phases.Connecting.DISCONNECTED) requests.calls.notSent(call, "the client is disconnected");
        else requests.calls.add(call, now);
        sendReady();
    }

    /** Sends a publish as soon and as often as it takes. It ends exactly once. */
    void publish(Outgoing outgoing, long time) {
        now = time;
        requests.outbox.add(outgoing);
        sendReady();
    }

    /** The application came up with a token; empty if there is none for whom it was asked. */
    void fetched(TokenFetches.Fetch fetch, String token, long time) {
        now = time;
        if (!fetches.end(fetch)) return;
        Cursor cursor = fetch.cursor();
        if (cursor != null) ask(channels.wanted.fetched(cursor, token));
        else if (token.isEmpty()) unauthorized();
        else renewed(token);
    }

    /** The application could not come up with a token. */
    void fetchFailed(TokenFetches.Fetch fetch, long time) {
        now = time;
        if (!fetches.end(fetch)) return;
        Cursor cursor = fetch.cursor();
        if (cursor != null) channels.wanted.fetchFailed(cursor, now);
        else if (phase == Phases.Connecting.FETCHING) retry(Phases.Connecting.Event.TOKEN_FAILED, Cause.TOKEN_FAILED);
        else if (phase == Phases.Connecting.CONNECTED) renewLater();
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
        List<Question> first = new ArrayList<>();
        first.add(new Question.Connect(settings, channels.recoveries()));
        first.addAll(channels.wanted.askAll(now));
        ask(first);
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
        if (channels.delivery.isBroken()) redial(Cause.transport("bad patch"));
    }

    /** Does what is due by {@code time}. */
    void onTime(long time) {
        now = time;
        for (TokenFetches.Fetch late : fetches.overdue(now)) fetchFailed(late, now);
        if (session != null) hearSilence(session);
        requests.onTime(now);
        if (dialAt <= now) {
            dialAt = NEVER;
            attempt();
        }
        if (renewAt <= now) {
            renewAt = NEVER;
            fetches.begin(now);
        }
        if (session != null) ask(channels.wanted.onTime(now));
        sendReady();
    }

    private void hearSilence(Session current) {
        if (current.isSilent(now)) redial(Cause.NO_PING);
        while (session == current) {
            Question overdue = current.takeOverdue(now);
            if (overdue == null) return;
            overdue.unanswered(hearing);
        }
    }

    /** When {@link #onTime} must be called next; {@link #NEVER} if it need not. */
    long nextDeadline() {
        long next = Math.min(Math.min(dialAt, renewAt), Math.min(requests.nextDeadline(), fetches.nextDeadline()));
        if (session == null) return next;
        return Math.min(next, Math.min(session.nextDeadline(), channels.wanted.nextDue()));
    }

    ConnectionState state() {
        return phase.state;
    }

    /** Calls that are not yet ended. */
    int outstandingCalls() {
        return requests.calls.outstanding();
    }

    // --- lines come and go ---

    /** Dials, as soon as there is a token that is worth it. */
    private void attempt() {
        if (credential.isWanting(now)) {
            phase = phase.on(Phases.Connecting.Event.TOKEN_WANTED);
            fetches.begin(now);
        } else {
            dial();
        }
    }

    private void dial() {
        phase = phase.on(Phases.Connecting.Event.DIAL_BEGUN);
        effects.dial(++line);
    }

    private boolean counts(long number) {
        return number == line && phase.ownsLine();
    }

    /** Which codes forbid a redial is the protocol's rule; that 1009 does, too, is because the next line would meet the same message. */
    private void closed(int code, String reason) {
        if (code == MESSAGE_TOO_BIG) {
            requests.outbox.failSent("the line ended because a message was too large");
            end(Cause.MESSAGE_SIZE_LIMIT);
        } else if (!Disconnect.redials(code)) {
            end(new Cause(code, reason));
        } else {
            if (code == STATE_INVALIDATED) forgetAll();
            if (code == Disconnect.EXPIRED.code() || code == Disconnect.SUBSCRIPTION_EXPIRED.code())
                credential.expire();
            lost(code < 3000 ? Cause.transport("transport closed: " + code) : new Cause(code, reason));
        }
    }

    private void stop(Cause why) {
        effects.close(line);
        end(why);
    }

    private void forgetAll() {
        credential.expire();
        channels.forgetPositions();
    }

    private void lost(Cause why) {
        retry(Phases.Connecting.Event.LINE_LOST, why);
        forgetLine();
    }

    private void retry(Phases.Connecting.Event event, Cause why) {
        phase = phase.on(event);
        long delay = delays.after(failures++);
        dialAt = now + delay;
        effects.connecting(why, delay);
    }

    private void end(Cause why) {
        phase = phase.on(Phases.Connecting.Event.ENDED);
        dialAt = NEVER;
        effects.disconnected(why);
        forgetLine();
        requests.calls.giveUp("the client disconnected: " + why.code() + " " + why.reason());
    }

    private void forgetLine() {
        session = null;
        renewAt = NEVER;
        channels.lineLost();
        requests.lineLost();
    }

    // --- the connection's token ---

    private void renewed(String token) {
        credential.renewed(token);
        if (phase == Phases.Connecting.FETCHING) dial();
        else if (phase == Phases.Connecting.CONNECTED && credential.isCounted())
            ask(List.of(new Question.Refresh(credential)));
    }

    private void unauthorized() {
        if (phase == Phases.Connecting.CONNECTED) stop(Cause.UNAUTHORIZED);
        else if (phase == Phases.Connecting.FETCHING) end(Cause.UNAUTHORIZED);
    }

    private void renewLater() {
        renewAt = now + delays.about(RENEWAL_RETRY_MILLIS);
    }

    // --- for Hearing: what an answer of the server means ---

    void sessionOpened(Result.ConnectResult opened) {
        phase = phase.on(Phases.Connecting.Event.CONNECT_ANSWERED);
        failures = 0;
        if (session != null) session.beats(opened.heartbeat());
        accepted(opened.expiry());
        effects.connected(opened);
        channels.served.connected(opened.subs(), now);
        sendReady();
    }

    void sessionRefused(ErrorReply error) {
        if (Refusals.mayPass(error, credential)) redial(Cause.of(error));
        else stop(Cause.of(error));
    }

    /** The server counts the time of the token anew. */
    void accepted(@Nullable Expiry expiry) {
        credential.accepted(expiry, now);
        renewAt = credential.renewAt();
    }

    void tokenRefused(ErrorReply error) {
        if (Refusals.mayPass(error, credential)) renewLater();
        else stop(Cause.of(error));
    }

    void redial(Cause why) {
        effects.drop(line);
        lost(why);
    }

    void disconnected(Disconnect why) {
        effects.drop(line);
        closed(why.code(), why.reason());
    }

    void ask(List<Question> questions) {
        Session current = session;
        if (current == null || questions.isEmpty()) return;
        List<Command> commands = new ArrayList<>(questions.size());
        for (Question question : questions) commands.add(current.ask(question, now));
        effects.send(line, commands);
    }

    /** Sends what the application asks of the server and what may be sent now. */
    void sendReady() {
        if (session == null || phase != Phases.Connecting.CONNECTED) return;
        List<Command> commands = requests.takeReady(session::nextId, now);
        if (!commands.isEmpty()) effects.send(line, commands);
    }

    void answerPing() {
        Session current = session;
        if (current != null && current.answersPings()) effects.send(line, List.of(new Command.Pong()));
    }

    @Nullable
    Question takeAnswered(long id) {
        Session current = session;
        return current == null ? null : current.takeAnswered(id);
    }

    long now() {
        return now;
    }
}
