package dev.openline.net;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one server on one loop, as rows: those that nothing was said to, oldest first, those that were told to
 * leave, and those that were cut. The rows are linked through the seats themselves, so coming and going costs no object. Used on its loop only.
 */
final class LoopSeats {
    /** How often goodbyes are said; jittered by half. Short enough that each time it is a handful. */
    private static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    /** A list linked through its seats. */
    final class Row {
        private @Nullable Seat first;
        private @Nullable Seat last;
        private int count;

        LoopSeats loop() {
            return LoopSeats.this;
        }

        void add(Seat seat) {
            Seat before = last;
            seat.row = this;
            seat.previous = before;
            last = seat;
            if (before == null) first = seat;
            else before.next = seat;
            count++;
        }

        private void remove(Seat seat) {
            if (seat.previous == null) first = seat.next;
            else seat.previous.next = seat.next;
            if (seat.next == null) last = seat.previous;
            else seat.next.previous = seat.previous;
            seat.previous = null;
            seat.next = null;
            count--;
        }
    }

    private final Admission admission;
    private final EventLoop loop;
    private final Row staying = new Row();
    private final Row leaving = new Row();
    private final Row ending = new Row();

    /** Set while the server goes away. */
    private @Nullable Drain drain;

    private boolean cut;

    LoopSeats(Admission admission, EventLoop loop) {
        this.admission = admission;
        this.loop = loop;
    }

    Admission admission() {
        return admission;
    }

    /** Where newcomers sit. */
    Row staying() {
        return staying;
    }

    /** Once, after its connection has closed. */
    void remove(Seat seat) {
        seat.row.remove(seat);
        endWhenEmpty();
    }

    int count() {
        return staying.count + leaving.count + ending.count;
    }

    /** From now on the connections leave, as this drain paces them. */
    void begin(Drain going) {
        if (drain != null) return;
        drain = going;
        going.entered(count());
        step();
    }

    /** Says goodbye to the share that is due, and comes again. */
    private void step() {
        Drain going = drain;
        if (going == null || cut) return;
        long now = Surroundings.nanoTime();
        if (going.isOver(now)) {
            cut("the time to drain is over");
            return;
        }
        long delay = (long) (STEP_NANOS * going.jitter());
        tell(going.pace().share(staying.count, delay, now));
        endWhenEmpty();
        if (drain == null) return;
        if (staying.count == 0) delay = Math.max(delay, going.leftUntilOver(now));
        loop.schedule(this::step, delay, TimeUnit.NANOSECONDS);
    }

    private void tell(int share) {
        for (int i = 0; i < share; i++) {
            Seat seat = staying.first;
            if (seat == null) return;
            staying.remove(seat);
            leaving.add(seat);
            seat.leave();
        }
    }

    /** Ends all that is left, saying goodbye first to those who have not heard it. */
    void cut(String why) {
        Drain going = drain;
        if (going == null || cut) return;
        cut = true;
        tell(staying.count);
        going.cut(leaving.count);
        for (Seat seat = leaving.first; seat != null; seat = leaving.first) {
            leaving.remove(seat);
            ending.add(seat);
            seat.cut(why);
        }
        endWhenEmpty();
    }

    private void endWhenEmpty() {
        Drain going = drain;
        if (going == null || count() > 0) return;
        drain = null;
        going.loopIsEmpty();
    }
}
