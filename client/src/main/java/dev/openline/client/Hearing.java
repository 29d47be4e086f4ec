package dev.openline.client;

import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Push;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result;
import dev.openline.protocol.ServerMessage;
import org.jspecify.annotations.Nullable;

/** What the server says on the line that counts, and what it means for the {@link ClientMachine} and what belongs to it. */
final class Hearing implements ServerMessage.Cases<@Nullable Void>, Question.Answers, Push.Kinds<@Nullable Void> {
    private final ClientMachine machine;
    private final Channels channels;
    private final Requests requests;
    private final Effects effects;

    Hearing(ClientMachine machine, Channels channels, Requests requests, Effects effects) {
        this.machine = machine;
        this.channels = channels;
        this.requests = requests;
        this.effects = effects;
    }

    @Override
    public @Nullable Void ping() {
        machine.answerPing();
        return null;
    }

    // --- replies ---

    /** Replies that nobody waits for any more are ignored. */
    @Override
    public @Nullable Void reply(Reply reply) {
        Question question = machine.takeAnswered(reply.id());
        if (question != null) question.answer(reply, this);
        else if (requests.answered(reply, machine.now())) machine.sendReady();
        else misunderstood();
        return null;
    }

    @Override
    public void connected(Result.ConnectResult opened) {
        machine.sessionOpened(opened);
    }

    @Override
    public void connectRefused(ErrorReply error) {
        machine.sessionRefused(error);
    }

    @Override
    public void refreshed(Result.RefreshResult result) {
        machine.accepted(result.expiry());
    }

    @Override
    public void refreshRefused(ErrorReply error) {
        machine.tokenRefused(error);
    }

    @Override
    public void subscribed(Cursor cursor, Result.SubscribeResult result) {
        channels.delivery.subscribed(cursor, result, machine.now());
        channels.wanted.subscribed(cursor);
    }

    @Override
    public void subscribeRefused(Cursor cursor, ErrorReply error) {
        channels.wanted.refused(cursor, error, machine.now());
    }

    @Override
    public void subRefreshed(Cursor cursor, Result.SubRefreshResult result) {
        channels.wanted.refreshed(cursor, result.expiry(), machine.now());
    }

    @Override
    public void subRefreshRefused(Cursor cursor, ErrorReply error) {
        machine.ask(channels.wanted.refreshRefused(cursor, error, machine.now()));
    }

    /** What the server thinks of the channel is unknown now; a new line makes it known. */
    @Override
    public void unsubscribeRefused() {
        machine.redial(Cause.UNSUBSCRIBE_ERROR);
    }

    @Override
    public void lineInDoubt(Cause why) {
        machine.redial(why);
    }

    @Override
    public void misunderstood() {
        machine.redial(Cause.transport("bad protocol"));
    }

    // --- pushes; news of channels that nobody hears is ignored ---

    @Override
    public @Nullable Void push(Push push) {
        return push.with((Push.Kinds<@Nullable Void>) this);
    }

    @Override
    public @Nullable Void publication(Push.PublicationPush push) {
        Cursor cursor = channels.heard(push.channel());
        if (cursor != null) channels.delivery.publish(cursor, push.publication(), Arrival.LIVE);
        return null;
    }

    @Override
    public @Nullable Void join(Push.Join push) {
        Cursor cursor = channels.heard(push.channel());
        if (cursor != null) effects.joined(cursor, push.info());
        return null;
    }

    @Override
    public @Nullable Void leave(Push.Leave push) {
        Cursor cursor = channels.heard(push.channel());
        if (cursor != null) effects.left(cursor, push.info());
        return null;
    }

    @Override
    public @Nullable Void unsubscribe(Push.UnsubscribePush push) {
        Cursor cursor = channels.heard(push.channel());
        if (cursor == null) return null;
        if (cursor.origin() == Cursor.Origin.SERVER) channels.served.end(cursor, Cause.of(push.why()));
        else channels.wanted.unsubscribed(cursor, push.why(), machine.now());
        return null;
    }

    @Override
    public @Nullable Void subscribe(Push.SubscribePush push) {
        channels.served.subscribed(push, machine.now());
        return null;
    }

    @Override
    public @Nullable Void message(Push.MessagePush push) {
        effects.message(push.data());
        return null;
    }

    /** Never on a line that carries answers. */
    @Override
    public @Nullable Void connect(Push.ConnectPush push) {
        return null;
    }

    @Override
    public @Nullable Void disconnect(Push.DisconnectPush push) {
        machine.disconnected(push.why());
        return null;
    }

    @Override
    public @Nullable Void refresh(Push.RefreshPush push) {
        machine.accepted(push.expiry());
        return null;
    }
}
