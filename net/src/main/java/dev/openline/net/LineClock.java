package dev.openline.net;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.FastThreadLocal;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Wakes lines when their next deadline has come: a wheel of {@value #SLOTS} slots, {@value #TICK_MILLIS} ms each, one per event loop.
 *
 * <p>Ten thousand lines each with a timer of their own would be ten thousand heap entries reordered at every message. Here a line sits
 * in a slot, receiving costs nothing (its deadline is computed from the last receipt only when its slot comes up), and an idle line
 * costs three fields. Deadlines are met up to one tick late, never early. Used on its own loop only.
 */
final class LineClock {
    private static final Logger log = LoggerFactory.getLogger(LineClock.class);
    static final int TICK_MILLIS = 50;
    private static final int SLOTS = 1024;
    private static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(TICK_MILLIS);
    private static final FastThreadLocal<LineClock> CLOCKS = new FastThreadLocal<>();

    /** Something with deadlines: a line, or a connection whose handshake isn't done. */
    abstract static class Timed extends io.netty.channel.ChannelInboundHandlerAdapter {
        private @Nullable Timed previous;
        private @Nullable Timed next;
        private int slot = NOWHERE;

        /** When to wake, in {@link Surroundings#nanoTime} nanoseconds; {@link Long#MAX_VALUE} for never. */
        abstract long nextDeadline();

        abstract void onTime(long nowNanos);
    }

    /** The slot of a member that no clock watches. */
    private static final int NOWHERE = -1;

    /** One more slot, for the members that are being woken. */
    private static final int DUE = SLOTS;

    /**
     * Reminds the clocks from outside of their loops. A timer of the loop's own would be armed anew each time it waits: io_uring has no
     * cheaper way to wait so long at most, and leaves all of them to end in the kernel, thousands a second on a busy loop.
     */
    private static final ScheduledExecutorService REMINDER = reminder();

    private final EventLoop loop;
    private final @Nullable Timed[] slots = new Timed[SLOTS + 1];
    private int members;
    private long ticked = Surroundings.nanoTime() / TICK_NANOS;
    private boolean running;

    private static ScheduledExecutorService reminder() {
        return new ScheduledThreadPoolExecutor(1, task -> {
            Thread thread = new Thread(task, "openline-clock");
            thread.setDaemon(true);
            return thread;
        });
    }

    private LineClock(EventLoop loop) {
        this.loop = loop;
    }

    /** The clock of the loop that runs this code. */
    static LineClock of(EventLoop loop) {
        assert loop.inEventLoop() : "a line clock belongs to its loop";
        LineClock clock = CLOCKS.get();
        // A thread that simulates has many loops in its life, one after another.
        if (clock == null || clock.loop != loop) {
            clock = new LineClock(loop);
            CLOCKS.set(clock);
        }
        return clock;
    }

    /**
     * Takes a member in, or moves it because its deadline has come nearer. One that will be woken sooner anyway stays where it is: a peer
     * that has it watched again at each of its frames would otherwise keep its deadline one tick away for ever.
     */
    void watch(Timed member) {
        long deadline = member.nextDeadline();
        if (deadline == Long.MAX_VALUE) {
            unwatch(member);
            return;
        }
        long now = Surroundings.nanoTime();
        if (!running) start(now);
        long ticks = Math.max(1, (deadline - now) / TICK_NANOS + 1);
        long tick = now / TICK_NANOS + Math.min(ticks, SLOTS - 1);
        if (member.slot != NOWHERE && member.slot != DUE && turnsUntil(member.slot) <= tick - ticked) return;
        unwatch(member);
        link(member, (int) (tick % SLOTS));
    }

    /** Ticks until this slot comes up, at least one. */
    private long turnsUntil(int slot) {
        return Math.floorMod(slot - ticked - 1, (long) SLOTS) + 1;
    }

    void unwatch(Timed member) {
        if (member.slot == NOWHERE) return;
        if (member.previous != null) member.previous.next = member.next;
        else slots[member.slot] = member.next;
        if (member.next != null) member.next.previous = member.previous;
        member.previous = null;
        member.next = null;
        member.slot = NOWHERE;
        members--;
    }

    private void link(Timed member, int slot) {
        Timed first = slots[slot];
        member.slot = slot;
        member.next = first;
        if (first != null) first.previous = member;
        slots[slot] = member;
        members++;
    }

    private void start(long now) {
        running = true;
        ticked = now / TICK_NANOS;
        tickLater();
    }

    private void tickLater() {
        // Where time is not the machine's, its threads know nothing of it.
        if (Surroundings.areBound()) loop.schedule(this::tick, TICK_MILLIS, TimeUnit.MILLISECONDS);
        else REMINDER.schedule(this::remind, TICK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void remind() {
        try {
            loop.execute(this::tick);
        } catch (RejectedExecutionException ended) {
            log.trace("the clock of a loop that has ended stops", ended);
        }
    }

    private void tick() {
        long now = Surroundings.nanoTime();
        long reached = now / TICK_NANOS;
        long from = Math.max(ticked, reached - SLOTS);
        ticked = reached;
        for (long tick = from + 1; tick <= reached; tick++) turn((int) (tick % SLOTS), now);
        running = members > 0;
        if (running) tickLater();
    }

    /** Moves the slot's members aside first: waking one may remove any other, and may put members back into this very slot. */
    private void turn(int slot, long now) {
        Timed first = slots[slot];
        slots[slot] = null;
        slots[DUE] = first;
        for (Timed member = first; member != null; member = member.next) member.slot = DUE;
        for (Timed member = slots[DUE]; member != null; member = slots[DUE]) {
            unwatch(member);
            if (member.nextDeadline() <= now) member.onTime(now);
            if (member.slot == NOWHERE) watch(member);
        }
    }
}
