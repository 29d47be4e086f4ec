package dev.openline.client;

import dev.openline.protocol.Command;
import dev.openline.protocol.Reply;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Calls between the application and the answer. They wait while there is no session, leave in the order they came, and end exactly once:
 * answered, refused, lost or not sent. All have the same time limit, counted from the call, so the oldest of each kind is always the next
 * to be due.
 */
final class CallQueue {
    private record Due(Call<?> call, long deadline) {}

    private final ClientSettings settings;
    private final Effects effects;
    private final Deque<Due> waiting = new ArrayDeque<>();

    /** Sent on the current line and unanswered, by id. */
    private final Map<Long, Due> sent = new LinkedHashMap<>();

    CallQueue(ClientSettings settings, Effects effects) {
        this.settings = settings;
        this.effects = effects;
    }

    /** Takes a call in. How many there may be is bounded by the {@link CallGate} they came through. */
    void add(Call<?> call, long now) {
        waiting.add(new Due(call, now + settings.timing().commandMillis()));
    }

    /** The commands of all calls that wait, which count as sent from now on. */
    List<Command> takeWaiting(LongSupplier ids) {
        List<Command> commands = new ArrayList<>(waiting.size());
        for (Due due = waiting.poll(); due != null; due = waiting.poll()) {
            long id = ids.getAsLong();
            sent.put(id, due);
            commands.add(due.call.command().apply(id));
        }
        return commands;
    }

    /** Ends the call that this answers, if it is here (any more); false if the answer fits no such call. */
    boolean answered(Reply reply) {
        Due due = sent.remove(reply.id());
        if (due == null) return true;
        Call<?> call = due.call;
        if (reply instanceof Reply.Failed failed) {
            effects.fail(call, new CallRefused(call.what(), failed.error()));
        } else if (reply instanceof Reply.Done done && call.answer().isInstance(done.result())) {
            effects.complete(call, done.result());
        } else {
            lost(call, "the answer does not fit");
            return false;
        }
        return true;
    }

    void lineLost() {
        for (Due due : sent.values()) lost(due.call, "the line broke before the answer");
        sent.clear();
    }

    /** Fails what waits: there will be no line for it. */
    void giveUp(String why) {
        for (Due due = waiting.poll(); due != null; due = waiting.poll()) notSent(due.call, why);
    }

    void onTime(long now) {
        String limit = settings.timing().commandMillis() + " ms";
        for (Iterator<Due> oldest = sent.values().iterator(); oldest.hasNext(); ) {
            Due due = oldest.next();
            if (due.deadline > now) break;
            oldest.remove();
            lost(due.call, "no answer within " + limit);
        }
        for (Due due = waiting.peek(); due != null && due.deadline <= now; due = waiting.peek()) {
            waiting.remove();
            notSent(due.call, "no session within " + limit);
        }
    }

    long nextDeadline() {
        long next = ClientMachine.NEVER;
        Due first = waiting.peek();
        if (first != null) next = first.deadline;
        for (Due due : sent.values()) return Math.min(next, due.deadline);
        return next;
    }

    int outstanding() {
        return waiting.size() + sent.size();
    }

    private void lost(Call<?> call, String why) {
        effects.fail(call, new CallLost(call.what(), why));
    }

    void notSent(Call<?> call, String why) {
        effects.fail(call, new CallNotSent(call.what(), why));
    }
}
