package dev.openline.hub;

import dev.openline.protocol.StreamPosition;
import org.jspecify.annotations.Nullable;

/**
 * A subscription: a place in a channel's log, and the pipe that leads from there. It holds no publications, however far it lags behind.
 * Belongs to the {@link Fanout} that made it, and to its event loop.
 *
 * @param <F> an encoded publication, see {@link Pipe}
 */
public final class Cursor<F> {
    /** How a cursor gets its next publication. */
    enum State {
        /** From the publication itself, as it passes. */
        LIVE,
        /** From the log, when its pipe can take more and its turn has come. */
        LAGGING,
        /** From a page that was asked for. */
        READING,
        /** Not at all. */
        DETACHED
    }

    final Group<F> group;
    final Pipe<F> pipe;
    final Reader reader;
    State state = State.LIVE;
    /** Offset of the last publication that went down the pipe, or was skipped for good. Unused in mode TRANSIENT. */
    long offset;
    /** Whether the subscriber has the publication that went down last, as a base for patches. */
    boolean based;
    /** The life of the log that {@code offset} belongs to. While LIVE, it is the group's. */
    final String epoch;
    /** Place in the group's array, which alone uses it. */
    int index;

    /** Neighbours in the ring of {@link Laggards}, which alone uses them; null while not in it. */
    @Nullable
    Cursor<F> previous;

    @Nullable
    Cursor<F> next;

    Cursor(Group<F> group, Pipe<F> pipe, Reader reader, StreamPosition at) {
        this.group = group;
        this.pipe = pipe;
        this.reader = reader;
        offset = at.offset();
        epoch = at.epoch();
    }

    /** What a publication is to the subscriber that comes right after the last one that went down. Afterwards it has that one. */
    Step step() {
        Step step = based ? Step.NEXT : Step.FIRST;
        based = reader.skip() == null;
        return step;
    }

    public String channel() {
        return group.channel;
    }

    /** What the subscriber wants. */
    public Reader reader() {
        return reader;
    }

    public Pipe<F> pipe() {
        return pipe;
    }

    /** Just after the last publication that went down the pipe; meaningless in mode TRANSIENT. */
    public StreamPosition position() {
        return new StreamPosition(offset, epoch);
    }

    /** Whether the subscription still stands. */
    public boolean attached() {
        return state != State.DETACHED;
    }

    /** Whether it gets publications as they are said; false while it catches up, and once detached. */
    public boolean live() {
        return state == State.LIVE;
    }

    @Override
    public String toString() {
        return group.channel + " " + state + " at " + offset;
    }
}
