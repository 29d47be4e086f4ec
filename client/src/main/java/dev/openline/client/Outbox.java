package dev.openline.client;

import dev.openline.protocol.Command;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.KeyedPublish;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Reply;
import dev.openline.protocol.Result;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Publishes that are not acknowledged yet. Each is sent, with the same idempotency key every time, until the server has answered it for
 * good, over any number of lines; so it is applied once, though it may be sent many times.
 *
 * <p>Order: the publishes of one channel form a lane, and only the first of a lane is ever under way. Were two, a refusal for now of the first
 * would let the second overtake it. Lanes don't wait for each other; how many are under way at once is bounded.
 *
 * <p>Doubt: a publish whose answer did not come may have been applied. The server knows its key for a while only, so it is not sent
 * again when that while is nearly over, but fails with {@link CallLost}.
 */
final class Outbox {
    /**
     * What bounds the machine's part of the outbox; how much may wait is bounded by the {@link OutboxGate} before it.
     *
     * @param maxInFlight publishes that are sent and unanswered at once
     * @param windowMillis from the first try of a publish to the last
     */
    record Bounds(int maxInFlight, long windowMillis) {}

    /** The publishes of one channel. Never empty but for a moment. */
    private static final class Lane {
        final long number;
        final Deque<Outgoing> queue = new ArrayDeque<>();

        /** Tries of the first that failed. */
        int failures;

        /** When the answer to the first is overdue; while it is sent. */
        long overdueAt;

        /** When the first may be sent again; while it rests. */
        long restedAt;

        /** When the doubt about the first ends its tries; while the lane is in {@link #doubts}. */
        long doomedAt;

        Lane(long number) {
            this.number = number;
        }

        Outgoing first() {
            return queue.element();
        }
    }

    private final Bounds bounds;
    private final long commandMillis;
    private final Delays delays;
    private final Effects effects;

    /** Why nothing is taken any more; null while something is. */
    private @Nullable String closed;

    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private long lastNumber;

    // Each lane is in exactly one of these three.

    /** Whose first may be sent now. */
    private final Deque<Lane> ready = new ArrayDeque<>();

    /** Whose first is under way, by the id of its command; the oldest first. */
    private final Map<Long, Lane> sent = new LinkedHashMap<>();

    /** Whose first was refused for now, or not answered in time. */
    private final TreeSet<Lane> resting =
            new TreeSet<>(Comparator.<Lane>comparingLong(lane -> lane.restedAt).thenComparingLong(lane -> lane.number));

    /** Those of the ready and resting whose first is in doubt. */
    private final TreeSet<Lane> doubts =
            new TreeSet<>(Comparator.<Lane>comparingLong(lane -> lane.doomedAt).thenComparingLong(lane -> lane.number));

    Outbox(Bounds bounds, long commandMillis, Delays delays, Effects effects) {
        this.bounds = bounds;
        this.commandMillis = commandMillis;
        this.delays = delays;
        this.effects = effects;
    }

    void add(Outgoing outgoing) {
        if (closed != null) {
            outgoing.on(Phases.Publishing.Event.ENDED);
            effects.fail(outgoing, new CallNotSent(outgoing.what(), closed));
            return;
        }
        Lane lane = lanes.get(outgoing.channel());
        if (lane == null) {
            lane = new Lane(++lastNumber);
            lanes.put(outgoing.channel(), lane);
            ready.add(lane);
        }
        lane.queue.add(outgoing);
    }

    /** The commands of those whose turn it is, which count as sent from now on. */
    List<Command> takeReady(LongSupplier ids, long now) {
        failDoomed(now);
        List<Command> commands = new ArrayList<>();
        while (sent.size() < bounds.maxInFlight() && !ready.isEmpty()) {
            Lane lane = ready.remove();
            doubts.remove(lane);
            lane.first().sent(now);
            lane.overdueAt = now + commandMillis;
            long id = ids.getAsLong();
            sent.put(id, lane);
            commands.add(new Command.Rpc(id, KeyedPublish.METHOD, lane.first().argument()));
        }
        return commands;
    }

    // --- answers ---

    /** Takes the reply if it answers a publish that is under way; false if it does not. */
    boolean answered(Reply reply, long now) {
        Lane lane = sent.remove(reply.id());
        if (lane == null) return false;
        if (reply instanceof Reply.Failed failed) refused(lane, failed.error(), now);
        else acknowledged(lane, ((Reply.Done) reply).result());
        return true;
    }

    private void acknowledged(Lane lane, Result result) {
        Outgoing first = next(lane);
        try {
            if (result instanceof Result.RpcResult rpc) effects.published(first, KeyedPublish.position(rpc.data()));
            else effects.fail(first, new CallLost(first.what(), "the answer does not fit"));
        } catch (MalformedFrame fault) {
            effects.fail(first, new CallLost(first.what(), "the answer does not fit: " + fault.getMessage()));
        }
    }

    private void refused(Lane lane, ErrorReply error, long now) {
        Outgoing first = lane.first();
        if (error.code() != ErrorReply.INTERNAL.code()) first.notApplied();
        if (Refusals.mayPass(error)) rest(lane, now);
        else effects.fail(next(lane), failure(first, error));
    }

    private static CallFailed failure(Outgoing refused, ErrorReply error) {
        boolean hasNoMethod =
                error.code() == ErrorReply.NOT_AVAILABLE.code() || error.code() == ErrorReply.METHOD_NOT_FOUND.code();
        if (refused.isInDoubt()) {
            return new CallLost(
                    refused.what(),
                    "an earlier try was not answered, and the last one refused with error " + error.code());
        }
        return hasNoMethod ? new OutboxUnsupported(refused.what(), error) : new CallRefused(refused.what(), error);
    }

    // --- lanes move on ---

    /** Takes the first out, which has ended, and lets the one behind it have its turn. */
    private Outgoing next(Lane lane) {
        Outgoing ended = lane.queue.remove();
        ended.on(Phases.Publishing.Event.ENDED);
        lane.failures = 0;
        if (lane.queue.isEmpty()) lanes.remove(ended.channel());
        else ready.add(lane);
        return ended;
    }

    private void rest(Lane lane, long now) {
        lane.first().on(Phases.Publishing.Event.DELAYED);
        lane.restedAt = now + delays.after(lane.failures++);
        resting.add(lane);
        doubt(lane);
    }

    private void doubt(Lane lane) {
        if (!lane.first().isInDoubt()) return;
        lane.doomedAt = lane.first().doubtSince() + bounds.windowMillis();
        doubts.add(lane);
    }

    /** What was under way goes first on the next line, in the old order. */
    void lineLost() {
        List<Lane> unanswered = new ArrayList<>(sent.values());
        sent.clear();
        for (int i = unanswered.size() - 1; i >= 0; i--) {
            Lane lane = unanswered.get(i);
            lane.first().on(Phases.Publishing.Event.LINE_LOST);
            ready.addFirst(lane);
            doubt(lane);
        }
    }

    /** Gives up what is under way: sending it again would only end the next line. */
    void failSent(String why) {
        List<Lane> unanswered = new ArrayList<>(sent.values());
        sent.clear();
        for (Lane lane : unanswered) {
            Outgoing first = next(lane);
            effects.fail(first, new CallLost(first.what(), why));
        }
    }

    /** Gives up all of it, and whatever comes after it. */
    void close(String why) {
        closed = why;
        for (Lane lane : lanes.values()) {
            for (Outgoing outgoing : lane.queue) {
                outgoing.on(Phases.Publishing.Event.ENDED);
                effects.fail(
                        outgoing,
                        outgoing.isInDoubt()
                                ? new CallLost(outgoing.what(), why)
                                : new CallNotSent(outgoing.what(), why));
            }
        }
        lanes.clear();
        ready.clear();
        sent.clear();
        resting.clear();
        doubts.clear();
    }

    // --- time ---

    void onTime(long now) {
        overdue(now);
        failDoomed(now);
        while (!resting.isEmpty() && resting.first().restedAt <= now) {
            Lane lane = resting.pollFirst();
            lane.first().on(Phases.Publishing.Event.DELAY_OVER);
            ready.add(lane);
        }
    }

    /** The line stays: other answers come, and this one may have been lost inside the server. */
    private void overdue(long now) {
        List<Lane> overdue = new ArrayList<>();
        for (Lane lane : sent.values()) {
            if (lane.overdueAt > now) break;
            overdue.add(lane);
        }
        sent.values().removeAll(overdue);
        for (Lane lane : overdue) rest(lane, now);
    }

    private void failDoomed(long now) {
        while (!doubts.isEmpty() && doubts.first().doomedAt <= now) {
            Lane lane = doubts.pollFirst();
            if (!resting.remove(lane)) ready.remove(lane);
            Outgoing first = next(lane);
            effects.fail(
                    first,
                    new CallLost(
                            first.what(),
                            "no answer within the " + bounds.windowMillis()
                                    + " ms in which a repetition is safe (idempotencyWindow)"));
        }
    }

    long nextDeadline() {
        long next = ClientMachine.NEVER;
        for (Lane lane : sent.values()) {
            next = lane.overdueAt;
            break;
        }
        if (!resting.isEmpty()) next = Math.min(next, resting.first().restedAt);
        if (!doubts.isEmpty()) next = Math.min(next, doubts.first().doomedAt);
        return next;
    }

    /** Publishes that have not ended. */
    int size() {
        int size = 0;
        for (Lane lane : lanes.values()) size += lane.queue.size();
        return size;
    }
}
