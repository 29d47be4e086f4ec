// Longer than 400 lines because every way in which a cursor moves stands here, where their laws can be read together.
package dev.openline.hub;

import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Queue;

/**
 * Brings publications down the lines of one event loop.
 *
 * <p>A cursor is <em>live</em> while it has seen all there is and its pipe could take it. The first publication it can't take makes it
 * <em>lag</em>: nothing is queued for it, it only stays where it is. When its pipe drains it reads on, in mode EVERY page by page from the log,
 * in mode LATEST the newest alone, or with keys the newest of each key page by page, until it has reached the group's head and is live again. In mode TRANSIENT nothing lags; what can't be taken
 * is not delivered. Where the channel's {@link SlowReader} says so, a live cursor that can't take what passes ends instead; one that catches
 * up is not slow, whatever its pipe can take.
 *
 * <p>Two laws: in mode EVERY a cursor moves by one and pushes exactly that publication, whichever way it came; and a publication of which
 * the log can't tell what was before it is never pushed: the cursor is lost instead, and the subscriber told. So a publication that
 * is delivered twice or not at all costs a read, never an error.
 *
 * <p>One caller at a time, always the same event loop. Effects may call back from within: detaching, attaching, answering a read at once. The
 * work that follows is put in a queue and done by the outermost call, so the stack does not grow with the backlog.
 *
 * @param <F> an encoded publication or announcement, see {@link Pipe}
 */
public final class Fanout<F> {
    private final FanoutLimits limits;
    private final FanoutEffects<F> effects;
    final Map<String, Group<F>> groups = new HashMap<>();
    /** By pipe; only of pipes with lagging cursors. */
    final Map<Pipe<F>, Laggards<F>> laggards = new IdentityHashMap<>();
    /** Pipes whose lagging cursors may have a turn; each at most once. */
    private final Queue<Laggards<F>> awake = new ArrayDeque<>();

    /** Calls under way that will look at {@code awake} at their end; only the outermost one works. */
    private int depth;

    public Fanout(FanoutLimits limits, FanoutEffects<F> effects) {
        this.limits = limits;
        this.effects = effects;
    }

    /**
     * Begins a subscription where the shard's answer says: just after the first page of a recovery, or at the top. The subscribe reply must be in the
     * pipe already; if more follows the page, reading begins within this call.
     */
    public Cursor<F> attach(String channel, Pipe<F> pipe, Subscribed.Accepted accepted, Reader reader) {
        enter();
        try {
            StreamPosition top = accepted.top();
            Group<F> group = groups.get(channel);
            if (group == null) {
                group = new Group<>(channel, accepted.options(), top);
                groups.put(channel, group);
            }
            raise(group, top.epoch(), top.offset());
            var cursor = new Cursor<>(group, pipe, reader, accepted.at());
            // With an empty page the subscriber may have what it was sent in another life, or not.
            cursor.based = reader.skip() == null
                    && accepted.recovery() instanceof Recovery.Complete complete
                    && !complete.page().isEmpty();
            group.add(cursor);
            if (cursor.offset < group.head && group.mode != Mode.TRANSIENT) fallBehind(cursor);
            return cursor;
        } finally {
            leave();
        }
    }

    /** Ends a subscription; again does nothing. A page that arrives later is ignored. */
    public void detach(Cursor<F> cursor) {
        if (cursor.state == Cursor.State.DETACHED) return;
        enter();
        try {
            Group<F> group = cursor.group;
            if (cursor.state != Cursor.State.LIVE) stopLagging(cursor);
            cursor.state = Cursor.State.DETACHED;
            group.remove(cursor);
            if (group.isEmpty()) groups.remove(group.channel);
        } finally {
            leave();
        }
    }

    /**
     * A publication passes: the live cursors that can take it get it.
     *
     * @param epoch the life of the log, as the shard said; empty if the publication is in none
     * @param frame the publication, encoded; the fan-out takes over one reference
     */
    public void deliver(String channel, String epoch, Publication publication, F frame) {
        enter();
        try {
            Group<F> group = groups.get(channel);
            if (group == null) {
                effects.release(frame);
                return;
            }
            long offset = publication.offset();
            if (offset == 0) passOnce(group, publication, frame);
            else if (group.order == Group.Order.NEWEST) passNewest(group, epoch, publication, frame);
            else passNext(group, epoch, publication, frame);
        } finally {
            leave();
        }
    }

    /** The log has come to a position by a way that is not told here: who is not there yet reads what there is. */
    public void advance(String channel, StreamPosition top) {
        enter();
        try {
            Group<F> group = groups.get(channel);
            if (group == null) return;
            raise(group, top.epoch(), top.offset());
            leaveBehind(group);
        } finally {
            leave();
        }
    }

    /** Nobody knows what is said on the channel: all subscriptions end as lost. */
    public void loseAll(String channel) {
        enter();
        try {
            Group<F> group = groups.get(channel);
            if (group == null) return;
            int end = group.beginWalk();
            for (int i = 0; i < end; i++) {
                Cursor<F> cursor = group.at(i);
                if (cursor != null) lose(cursor);
            }
            group.endWalk();
        } finally {
            leave();
        }
    }

    /**
     * Somebody joined or left: the cursors that want to know and can take it get the frame. It is in no log; a full pipe doesn't get it.
     *
     * @param frame the join or leave, encoded; the fan-out takes over one reference
     */
    public void announce(String channel, F frame) {
        enter();
        try {
            Group<F> group = groups.get(channel);
            if (group == null) return;
            int end = group.beginWalk();
            for (int i = 0; i < end; i++) {
                Cursor<F> cursor = group.at(i);
                if (cursor != null && cursor.reader.joinLeave() == JoinLeave.WANTED && cursor.pipe.writable())
                    cursor.pipe.announce(cursor, frame);
            }
            group.endWalk();
        } finally {
            effects.release(frame);
            leave();
        }
    }

    /** The pipe can take more: its lagging cursors go on, in turn. */
    public void onWritable(Pipe<F> pipe) {
        Laggards<F> waiting = laggards.get(pipe);
        if (waiting == null) return;
        enter();
        wake(waiting);
        leave();
    }

    /** The answer to {@link FanoutEffects#read}. What the pipe can't take now will be read again. */
    public void onPage(Cursor<F> cursor, Page page) {
        if (cursor.state != Cursor.State.READING) return;
        enter();
        try {
            Laggards<F> waiting = laggardsOf(cursor);
            waiting.reading--;
            cursor.state = Cursor.State.LAGGING;
            if (page instanceof Page.Found found) pushPage(cursor, found);
            else lose(cursor);
            wake(waiting);
        } finally {
            leave();
        }
    }

    /** A publication without an offset. */
    private void passOnce(Group<F> group, Publication publication, F frame) {
        int end = group.beginWalk();
        for (int i = 0; i < end; i++) {
            Cursor<F> cursor = group.at(i);
            if (cursor == null || cursor.state != Cursor.State.LIVE || cursor.reader.skips(publication)) continue;
            if (endIfSlow(cursor) || !cursor.pipe.writable()) continue;
            // The log's next patch is not made against this one, which is all that the subscriber has as a base from
            // now on.
            cursor.based = false;
            cursor.pipe.push(cursor, frame, Step.FIRST);
        }
        group.endWalk();
        effects.release(frame);
    }

    private void passNext(Group<F> group, String epoch, Publication publication, F frame) {
        long offset = publication.offset();
        raise(group, epoch, offset);
        int end = group.beginWalk();
        for (int i = 0; i < end; i++) {
            Cursor<F> cursor = group.at(i);
            if (cursor == null || cursor.state != Cursor.State.LIVE || offset <= cursor.offset) continue;
            boolean follows = cursor.offset + 1 == offset;
            if (follows && cursor.reader.skips(publication)) {
                cursor.offset = offset;
            } else if (follows && cursor.pipe.writable()) {
                cursor.offset = offset;
                cursor.pipe.push(cursor, frame, cursor.step());
            } else if (!endIfSlow(cursor)) {
                fallBehind(cursor);
            }
        }
        group.endWalk();
        effects.release(frame);
    }

    private void passNewest(Group<F> group, String epoch, Publication publication, F frame) {
        long offset = publication.offset();
        raise(group, epoch, offset);
        int end = group.beginWalk();
        for (int i = 0; i < end; i++) {
            Cursor<F> cursor = group.at(i);
            if (cursor == null || cursor.state != Cursor.State.LIVE || offset <= cursor.offset) continue;
            if (cursor.reader.skips(publication)) {
                cursor.offset = offset;
            } else if (cursor.pipe.writable()) {
                if (cursor.offset + 1 != offset) cursor.based = false;
                cursor.offset = offset;
                cursor.pipe.push(cursor, frame, cursor.step());
            } else if (!endIfSlow(cursor)) {
                fallBehind(cursor);
            }
        }
        group.endWalk();
        keepForLaggards(group, offset, frame);
    }

    /** Keeps a frame that nobody else refers to now, if somebody may still want it; else releases it. */
    private void keepForLaggards(Group<F> group, long offset, F frame) {
        if (group.lagging > 0 && group.head == offset && group.newest == null) group.newest = frame;
        else effects.release(frame);
    }

    /**
     * Learns of a position. In another epoch nothing that a cursor knows is worth anything: all go to the log to hear so.
     */
    private void raise(Group<F> group, String epoch, long offset) {
        if (group.epoch.equals(epoch)) {
            if (offset > group.head) {
                group.head = offset;
                dropNewest(group);
            }
            return;
        }
        group.epoch = epoch;
        group.head = offset;
        dropNewest(group);
        leaveBehind(group);
    }

    /** Those who are not where the log is read on. */
    private void leaveBehind(Group<F> group) {
        int end = group.beginWalk();
        for (int i = 0; i < end; i++) {
            Cursor<F> cursor = group.at(i);
            if (cursor == null || cursor.state != Cursor.State.LIVE) continue;
            if (cursor.offset < group.head || !cursor.epoch.equals(group.epoch)) fallBehind(cursor);
        }
        group.endWalk();
    }

    private void dropNewest(Group<F> group) {
        F frame = group.newest;
        group.newest = null;
        if (frame != null) effects.release(frame);
    }

    private void pushPage(Cursor<F> cursor, Page.Found found) {
        Group<F> group = cursor.group;
        StreamPosition top = found.top();
        Publication previous = null;
        for (Publication publication : found.publications()) {
            long offset = publication.offset();
            if (offset <= cursor.offset) continue;
            if (group.order == Group.Order.CONTIGUOUS && offset != cursor.offset + 1) {
                lose(cursor);
                return;
            }
            if (cursor.reader.skips(publication)) {
                cursor.offset = offset;
                continue;
            }
            if (!cursor.pipe.writable()) return;
            cursor.offset = offset;
            // What the subscriber had before this page is not at hand as a base.
            if (previous == null) cursor.based = false;
            F frame = effects.encode(group.channel, publication, previous);
            cursor.pipe.push(cursor, frame, cursor.step());
            effects.release(frame);
            previous = publication;
            if (cursor.state == Cursor.State.DETACHED) return;
        }
        // The newest of a LATEST log without keys may have become too old: there is nothing to send then, and nothing
        // more to wait
        // for.
        if (group.order == Group.Order.NEWEST) cursor.offset = Math.max(cursor.offset, top.offset());
        raise(group, top.epoch(), top.offset());
        if (cursor.offset >= group.head && cursor.epoch.equals(group.epoch)) catchUp(cursor);
        // The log ends before what was said: reading it again would say so forever.
        else if (found.publications().isEmpty()) lose(cursor);
    }

    private void fallBehind(Cursor<F> cursor) {
        cursor.state = Cursor.State.LAGGING;
        cursor.group.lagging++;
        Laggards<F> waiting = laggards.computeIfAbsent(cursor.pipe, Laggards::new);
        waiting.add(cursor);
        if (cursor.pipe.writable()) wake(waiting);
    }

    private void catchUp(Cursor<F> cursor) {
        stopLagging(cursor);
        cursor.state = Cursor.State.LIVE;
    }

    private void stopLagging(Cursor<F> cursor) {
        Laggards<F> waiting = laggardsOf(cursor);
        if (cursor.state == Cursor.State.READING) {
            waiting.reading--;
            wake(waiting);
        }
        waiting.remove(cursor);
        if (waiting.size() == 0) laggards.remove(waiting.pipe);
        if (--cursor.group.lagging == 0) dropNewest(cursor.group);
    }

    /** Ends a live cursor whose pipe can't take what passes, where the channel wants that; answers whether it did. */
    private boolean endIfSlow(Cursor<F> cursor) {
        SlowReader policy = cursor.group.slowReader;
        if (policy == SlowReader.CATCH_UP || cursor.pipe.writable()) return false;
        detach(cursor);
        if (policy == SlowReader.UNSUBSCRIBE) effects.lost(cursor);
        else effects.slow(cursor);
        return true;
    }

    private void lose(Cursor<F> cursor) {
        detach(cursor);
        effects.lost(cursor);
    }

    private Laggards<F> laggardsOf(Cursor<F> cursor) {
        Laggards<F> waiting = laggards.get(cursor.pipe);
        if (waiting == null) throw new AssertionError("lags, but is not in its pipe's ring");
        return waiting;
    }

    private void wake(Laggards<F> waiting) {
        if (waiting.queued) return;
        waiting.queued = true;
        awake.add(waiting);
    }

    private void enter() {
        depth++;
    }

    /** The outermost call does the work that all calls have left, one pipe at a time. */
    private void leave() {
        try {
            while (depth == 1) {
                Laggards<F> turn = awake.poll();
                if (turn == null) return;
                turn.queued = false;
                advance(turn);
            }
        } finally {
            depth--;
        }
    }

    /**
     * A few turns of the pipe's lagging cursors, while it takes more and may have more under way. If there is more to do, it stands behind the
     * other pipes then: one with many subscriptions must not delay those with one.
     */
    private void advance(Laggards<F> waiting) {
        int turns = limits.readsPerPipe();
        for (int looks = waiting.size(); looks > 0 && turns > 0; looks--) {
            if (waiting.reading >= limits.readsPerPipe() || !waiting.pipe.writable()) return;
            Cursor<F> cursor = waiting.nextInTurn();
            if (cursor == null) return;
            if (cursor.state != Cursor.State.LAGGING) continue;
            advance(cursor, waiting);
            turns--;
        }
        if (waiting.size() > waiting.reading) wake(waiting);
    }

    private void advance(Cursor<F> cursor, Laggards<F> waiting) {
        Group<F> group = cursor.group;
        F newest = group.newest;
        boolean sparesNothing = cursor.reader.skip() == null;
        if (newest != null && sparesNothing && cursor.offset < group.head && cursor.epoch.equals(group.epoch)) {
            long offset = group.head;
            // The frame is out of the group's hands while the pipe has it: whatever the pipe does, it can't be released
            // under it.
            group.newest = null;
            cursor.offset = offset;
            catchUp(cursor);
            cursor.based = false;
            cursor.pipe.push(cursor, newest, cursor.step());
            keepForLaggards(group, offset, newest);
            return;
        }
        cursor.state = Cursor.State.READING;
        waiting.reading++;
        effects.read(
                cursor, group.channel, cursor.position(), group.order == Group.Order.NEWEST ? 1 : limits.pageLimit());
    }
}
