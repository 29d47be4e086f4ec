package dev.openline.hub;

import org.jspecify.annotations.Nullable;

/** The cursors of one pipe that lag behind, in a ring: the head is the next to have its turn. Exists only while there are any. */
final class Laggards<F> {
    final Pipe<F> pipe;
    /** Pages asked for by cursors in the ring and not yet arrived. */
    int reading;
    /** Whether this waits for its turn in the fan-out. */
    boolean queued;

    private @Nullable Cursor<F> head;
    private int size;

    Laggards(Pipe<F> pipe) {
        this.pipe = pipe;
    }

    int size() {
        return size;
    }

    /** The cursor whose turn it is, which goes to the end of the line; null if there is none. */
    @Nullable
    Cursor<F> nextInTurn() {
        Cursor<F> turn = head;
        if (turn != null) head = turn.next;
        return turn;
    }

    void add(Cursor<F> cursor) {
        if (head == null) {
            cursor.next = cursor;
            cursor.previous = cursor;
            head = cursor;
        } else {
            Cursor<F> last = head.previous;
            if (last == null) throw new AssertionError("an open ring");
            cursor.next = head;
            cursor.previous = last;
            last.next = cursor;
            head.previous = cursor;
        }
        size++;
    }

    void remove(Cursor<F> cursor) {
        Cursor<F> before = cursor.previous;
        Cursor<F> after = cursor.next;
        if (before == null || after == null) throw new AssertionError("not in a ring");
        before.next = after;
        after.previous = before;
        if (head == cursor) head = after == cursor ? null : after;
        cursor.previous = null;
        cursor.next = null;
        size--;
    }
}
