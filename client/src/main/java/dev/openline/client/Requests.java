package dev.openline.client;

import dev.openline.protocol.Command;
import dev.openline.protocol.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;

/** What the application asks of the server, each with an answer of its own: calls, which are sent once, and publishes, which are sent until they are answered. */
final class Requests {
    final CallQueue calls;
    final Outbox outbox;

    Requests(ClientSettings settings, Effects effects, Delays delays) {
        this.calls = new CallQueue(settings, effects);
        this.outbox = new Outbox(settings.outbox(), settings.timing().commandMillis(), delays, effects);
    }

    /** The commands of all whose turn it is, which count as sent from now on. */
    List<Command> takeReady(LongSupplier ids, long now) {
        List<Command> commands = new ArrayList<>(calls.takeWaiting(ids));
        commands.addAll(outbox.takeReady(ids, now));
        return commands;
    }

    /** Ends the request that this answers, if it is here (any more); false if the answer fits no such request. */
    boolean answered(Reply reply, long now) {
        return outbox.answered(reply, now) || calls.answered(reply);
    }

    void lineLost() {
        outbox.lineLost();
        calls.lineLost();
    }

    void onTime(long now) {
        calls.onTime(now);
        outbox.onTime(now);
    }

    long nextDeadline() {
        return Math.min(calls.nextDeadline(), outbox.nextDeadline());
    }
}
