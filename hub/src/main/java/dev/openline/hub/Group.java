package dev.openline.hub;

import dev.openline.protocol.StreamPosition;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The cursors of one channel on one event loop, in an array that is walked for every publication.
 *
 * <p>A pipe may close while the array is walked, and its cursors leave: then they leave holes, which the last walk to end closes. New ones go to the
 * end, where a walk that has begun does not come.
 */
final class Group<F> {
    /** Which publication a cursor may go on with. */
    enum Order {
        /** The next offset, whether it passes or comes from the log: mode EVERY. */
        CONTIGUOUS,
        /** The next offset as it passes; from the log the next that is kept: mode LATEST with keys. */
        COMPACTED,
        /** Any newer one: mode LATEST without keys, and mode TRANSIENT. */
        NEWEST;

        static Order of(ChannelOptions options) {
            if (options.mode() == Mode.EVERY) return CONTIGUOUS;
            return options.keyed() ? COMPACTED : NEWEST;
        }
    }

    private static final int FIRST_CAPACITY = 2;

    final String channel;
    final Mode mode;
    /** What this channel does with a cursor that can't take what passes. */
    final SlowReader slowReader;
    /** Whether a live cursor must have all that passed before it takes the next: not so where only the newest counts. */
    final Order order;
    /** The newest position heard of; cursors at its offset have everything. */
    String epoch;

    long head;
    /** In mode LATEST without keys the frame of the publication at {@code head}, held only while somebody lags; else null. */
    @Nullable
    F newest;

    private @Nullable Cursor<F>[] cursors = array(FIRST_CAPACITY);
    /** Places used, holes included. */
    private int used;

    private int holes;
    /** Walks that have begun and not ended. */
    private int walks;
    /** Cursors that are LAGGING or READING. */
    int lagging;

    Group(String channel, ChannelOptions options, StreamPosition top) {
        this.channel = channel;
        mode = options.mode();
        slowReader = options.slowReader();
        order = Order.of(options);
        epoch = top.epoch();
        head = top.offset();
    }

    boolean isEmpty() {
        return used == holes;
    }

    int size() {
        return used - holes;
    }

    /** Begins a walk and answers how many places it covers. */
    int beginWalk() {
        walks++;
        return used;
    }

    /** The cursor at a place, or null for a hole. */
    @Nullable
    Cursor<F> at(int index) {
        return cursors[index];
    }

    void endWalk() {
        if (--walks == 0 && holes > 0) closeHoles();
    }

    void add(Cursor<F> cursor) {
        if (used == cursors.length) cursors = Arrays.copyOf(cursors, 2 * used);
        cursor.index = used;
        cursors[used++] = cursor;
    }

    void remove(Cursor<F> cursor) {
        int index = cursor.index;
        if (walks > 0) {
            cursors[index] = null;
            holes++;
            return;
        }
        Cursor<F> last = cursors[--used];
        cursors[used] = null;
        if (last != null && last != cursor) {
            cursors[index] = last;
            last.index = index;
        }
        if (used < cursors.length / 4 && cursors.length > FIRST_CAPACITY)
            cursors = Arrays.copyOf(cursors, cursors.length / 2);
    }

    private void closeHoles() {
        int kept = 0;
        for (int i = 0; i < used; i++) {
            Cursor<F> cursor = cursors[i];
            if (cursor == null) continue;
            cursor.index = kept;
            cursors[kept++] = cursor;
        }
        Arrays.fill(cursors, kept, used, null);
        used = kept;
        holes = 0;
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static <F> @Nullable Cursor<F>[] array(int length) {
        return new Cursor[length];
    }
}
