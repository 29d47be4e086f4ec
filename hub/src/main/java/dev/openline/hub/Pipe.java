package dev.openline.hub;

/**
 * A line as its cursors see it. Two pipes are the same only if they are the same object. No method throws: a
 * broken pipe closes itself.
 *
 * <p>All are called on the pipe's own event loop. A pipe that has answered {@code false} must be given to
 * {@link Fanout#onWritable} once it would answer {@code true} again; a call too many does no harm.
 *
 * @param <F> an encoded publication or announcement, ready to be written, shared by many pipes
 */
public interface Pipe<F> {
    /** Whether the next frame would be sent soon, instead of piling up. */
    boolean writable();

    /**
     * Takes a publication that {@code cursor} has come to, to be sent after all before it. The frame is the caller's: a pipe that keeps it beyond the call takes a reference of its own.
     * The pipe may close within the call and detach cursors, any.
     */
    void push(Cursor<F> cursor, F frame, Step step);

    /** As {@link #push}, for news about the channel that is no publication. */
    void announce(Cursor<F> cursor, F frame);
}
