package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A channel that is followed in a {@link SharedStore}: the newest part of its log, which grows by what is heard.
 *
 * <p>The law: the log in memory is always a part of the store's without a hole. What is heard is taken only if it is the next. When something else is heard, or may
 * have been missed, the log is read on from where it is, and what is heard meanwhile waits. If what comes next can't be had any more, or the log has another
 * epoch, its newest part is read anew, and the subscribers' cursors find out by themselves what that means for them.
 */
final class Followed implements SharedStore.Follower {
    /** What becomes of what is heard. */
    interface Effects {
        /** The log has a publication: subscribers should see it. */
        void said(Followed channel, String epoch, Publication publication, @Nullable Publication previous);

        /** The log has come to where it is by reading. */
        void advanced(Followed channel);

        void joined(Followed channel, ClientInfo who);

        void left(Followed channel, ClientInfo who);

        /** The log could not be read; {@link #retry} must follow some time. */
        void failed(Followed channel);

        /** Whether one more request may wait. */
        boolean mayWait();

        /** So many requests wait less. */
        void waitLess(int count);

        /** It can't be heard any more, or is heard again. */
        void hears(Followed channel, boolean hears, long now);

        /** Nothing that was read of it before is worth anything. */
        void renewed(Followed channel);
    }

    private enum Hearing {
        /** The store was asked to follow and has not said anything yet. */
        ASKED,
        YES,
        NO
    }

    private record Waiting(LongConsumer go, Consumer<ErrorReply> refuse) {}

    /** Entries that are read at once, to go on. */
    private static final int PAGE = 256;

    final Channel channel;
    private final SharedStore store;
    private final SharedLimits limits;
    private final Effects effects;

    private Hearing hearing = Hearing.ASKED;
    private boolean reading;
    /** Another read must follow the one under way. */
    private boolean again;
    /** It could not be heard for so long that what is in memory is not given to anybody any more. */
    private boolean stale;
    /** Subscribers have to be told how far the log is, once it has been read. */
    private boolean moved;
    /** Heard while the log was being read, in order. */
    private final Deque<SharedStore.Said> held = new ArrayDeque<>();
    /** Requests that wait for the store to be heard, or for the read under way. */
    private List<Waiting> waiting = new ArrayList<>();
    /** Requests that wait for the read after that. */
    private List<Waiting> waitingLonger = new ArrayList<>();

    Followed(Channel channel, SharedStore store, SharedLimits limits, Effects effects) {
        this.channel = channel;
        this.store = store;
        this.limits = limits;
        this.effects = effects;
    }

    /** Whether requests can be answered with what is in memory. */
    boolean isOpen() {
        return channel.options.logged() ? channel.log != null && !stale : hearing == Hearing.YES;
    }

    /** Whether a cursor tells of something that is not in memory yet: whoever holds it has heard more, on another server, or comes from another life. */
    boolean isBehind(@Nullable StreamPosition cursor) {
        Log log = channel.log;
        if (cursor == null || log == null) return false;
        boolean otherLife = !cursor.epoch().isEmpty() && !cursor.epoch().equals(log.epoch());
        return otherLife || cursor.offset() > log.topOffset();
    }

    boolean isWaitedFor() {
        return !waiting.isEmpty() || !waitingLonger.isEmpty();
    }

    /** Carries out a request once the log is as new as the store's is now. */
    void whenRead(LongConsumer go, Consumer<ErrorReply> refuse) {
        if (hearing == Hearing.NO) {
            refuse.accept(Journal.NOT_READ);
            return;
        }
        if (!effects.mayWait()) {
            refuse.accept(ErrorReply.TOO_MANY_REQUESTS);
            return;
        }
        var one = new Waiting(go, refuse);
        if (!reading) {
            waiting.add(one);
            if (hearing == Hearing.YES) read();
        } else if (channel.log == null) {
            waiting.add(one);
        } else {
            // The read under way may have been answered before the request came.
            again = true;
            waitingLonger.add(one);
        }
    }

    /** Looks whether something was missed. */
    void check(long now) {
        if (channel.log != null) channel.expire(now);
        if (hearing == Hearing.YES && !reading && channel.options.logged()) read();
    }

    /** Reads again what could not be read. */
    void retry() {
        if (hearing == Hearing.YES && !reading) read();
    }

    // --- what is heard
    // ----------------------------------------------------------------------------------------------------------------

    @Override
    public void listening(long now) {
        hearing = Hearing.YES;
        stale = false;
        effects.hears(this, true, now);
        if (!channel.options.logged()) {
            List<Waiting> ready = waiting;
            waiting = new ArrayList<>();
            goOn(ready, now);
        } else if (reading) again = true;
        else read();
    }

    @Override
    public void deaf(long now) {
        if (hearing != Hearing.NO) effects.hears(this, false, now);
        hearing = Hearing.NO;
        refuse();
    }

    /** Until it is heard again nobody is given what is in memory. */
    void turnStale() {
        stale = true;
    }

    @Override
    public void said(SharedStore.Said said, long now) {
        if (said.entry().offset() == 0) {
            effects.said(this, "", said.entry().publication(), null);
        } else if (!channel.options.logged()) {
            // Another server's configuration wants a log.
            return;
        } else if (reading || channel.log == null) {
            hold(said);
        } else {
            take(channel.log, said);
        }
    }

    private void hold(SharedStore.Said said) {
        if (held.size() >= limits.maxHeld()) {
            held.clear();
            again = true;
        }
        held.add(said);
    }

    private void take(Log log, SharedStore.Said said) {
        LogEntry entry = said.entry();
        boolean same = entry.epoch().equals(log.epoch());
        if (same && entry.offset() <= log.topOffset()) return;
        if (same && entry.offset() == log.nextOffset()) {
            // What came before on a pattern channel was said on another channel.
            boolean patched = !channel.gathers
                    && channel.options.has(Feature.DELTA)
                    && (said.patched() || channel.options.has(Feature.DELTA_PUBLISH));
            Publication previous = patched ? log.newest() : null;
            channel.append(log, entry.publication(), entry.version(), entry.timeMillis());
            effects.said(this, log.epoch(), entry.publication(), previous);
            return;
        }
        // What is read now includes it. Where nothing can be heard, it will be read once that has changed.
        if (hearing == Hearing.YES) read();
    }

    @Override
    public void joined(ClientInfo who) {
        effects.joined(this, who);
    }

    @Override
    public void left(ClientInfo who) {
        effects.left(this, who);
    }

    // --- what is read
    // -----------------------------------------------------------------------------------------------------------------

    /** Reads on from where the log is; the newest part, if it is nowhere. */
    private void read() {
        reading = true;
        again = false;
        // All of it is in the log that is read now.
        held.clear();
        Log log = channel.log;
        int tail = channel.options.keyed()
                ? channel.options.historySize()
                : Math.min(limits.tail(), channel.options.historySize());
        HistoryQuery query = log == null
                ? new HistoryQuery(null, tail, HistoryQuery.Direction.BACKWARD)
                : new HistoryQuery(log.top(), PAGE, HistoryQuery.Direction.FORWARD);
        store.read(channel.name, channel.options, query, this::arrived);
    }

    private void arrived(SharedStore.@Nullable Part part, long now) {
        reading = false;
        if (part == null) {
            refuse();
            effects.failed(this);
            return;
        }
        Log log = channel.log;
        if (log == null) begin(part);
        else if (!part.epoch().equals(log.epoch())) beginAnew();
        else if (part.top() < log.topOffset()) {
            // What everybody here has heard is not there any more: only another epoch can tell them.
            store.giveUp(channel.name, part.epoch());
            beginAnew();
        } else goOn(log, part);
        if (reading) return;
        if (moved) {
            moved = false;
            effects.advanced(this);
        }
        List<Waiting> ready = waiting;
        waiting = waitingLonger;
        waitingLonger = new ArrayList<>();
        if (again && hearing == Hearing.YES) read();
        else takeHeld();
        goOn(ready, now);
    }

    private void begin(SharedStore.Part part) {
        List<LogEntry> tail = new ArrayList<>(part.entries());
        Collections.reverse(tail);
        channel.restore(
                new StoredLog(part.epoch(), part.first(), part.top(), tail, List.of(), null), Math.max(1, tail.size()));
        channel.storedFirst = part.first();
    }

    /** The store's log is another one, or does not reach back to where this one is. */
    private void beginAnew() {
        channel.log = null;
        moved = true;
        effects.renewed(this);
        read();
    }

    private void goOn(Log log, SharedStore.Part part) {
        channel.storedFirst = part.first();
        if (part.first() > log.topOffset()) log.clear();
        if (part.top() == log.topOffset()) return;
        for (LogEntry entry : part.entries()) {
            if (entry.offset() != log.nextOffset()) break;
            channel.append(log, entry.publication(), entry.version(), entry.timeMillis());
            moved = true;
        }
        boolean came = !part.entries().isEmpty()
                && log.topOffset()
                        == part.entries().get(part.entries().size() - 1).offset();
        if (!came) beginAnew();
        else if (log.topOffset() < part.top()) read();
    }

    /** The log is as new as was asked for. */
    private void goOn(List<Waiting> all, long now) {
        effects.waitLess(all.size());
        for (Waiting one : all) one.go().accept(now);
    }

    private void takeHeld() {
        while (!reading && channel.log != null) {
            SharedStore.Said said = held.poll();
            if (said == null) return;
            take(channel.log, said);
        }
    }

    private void refuse() {
        List<Waiting> all = new ArrayList<>(waiting);
        all.addAll(waitingLonger);
        waiting = new ArrayList<>();
        waitingLonger = new ArrayList<>();
        again = false;
        effects.waitLess(all.size());
        for (Waiting one : all) one.refuse().accept(Journal.NOT_READ);
    }
}
