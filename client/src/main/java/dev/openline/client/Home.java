package dev.openline.client;

import dev.openline.net.Surroundings;
import io.netty.channel.EventLoop;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loop that a client belongs to, and the order of things on it.
 *
 * <p>Two laws. Other threads, and lines that another loop carries, hand tasks over, which run in that order. And the machine is never
 * called from inside itself: what it {@link #want wants} is written down, and done when it has returned. A listener that calls the client
 * therefore meets a machine at rest.
 */
final class Home {
    private static final Logger log = LoggerFactory.getLogger(OpenlineClient.class);

    private final EventLoop loop;

    /** Whose client this is, for the log. */
    private final String name;

    /** Handed over by others and not yet done. Calls in it are bounded by {@link CallGate}. */
    private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    private final AtomicBoolean tasksScheduled = new AtomicBoolean();

    // From here on for the loop only.

    /** What the machine wants, and whether it is being done. */
    private final Queue<Runnable> wanted = new ArrayDeque<>();

    private boolean performing;
    private @Nullable ClientMachine machine;
    private long wakeAt = ClientMachine.NEVER;
    private @Nullable ScheduledFuture<?> wake;

    Home(EventLoop loop, String name) {
        this.loop = loop;
        this.name = name;
    }

    /** Wakes this machine when it is time; once, before anything is handed over. */
    void serve(ClientMachine machine) {
        this.machine = machine;
    }

    static long now() {
        return Surroundings.areBound()
                ? TimeUnit.NANOSECONDS.toMillis(Surroundings.nanoTime())
                : WakingClock.SYSTEM.now();
    }

    boolean isHere() {
        return loop.inEventLoop();
    }

    /** Does this on the loop, after all that was handed over before; at once if this is the loop. False if the loop has ended. */
    boolean hand(Runnable task) {
        tasks.add(task);
        if (loop.inEventLoop()) {
            drain();
        } else if (tasksScheduled.compareAndSet(false, true)) {
            try {
                loop.execute(() -> {
                    tasksScheduled.set(false);
                    drain();
                });
            } catch (RejectedExecutionException ended) {
                tasksScheduled.set(false);
                return !tasks.remove(task);
            }
        }
        return true;
    }

    /** Does this when the machine has returned, after all that it wanted before. On the loop. */
    void want(Runnable effect) {
        wanted.add(effect);
    }

    private void drain() {
        for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) happened(task);
    }

    /** Tells the machine, does what it wants, and sees to it that it is woken in time. */
    private void happened(Runnable event) {
        guarded(event);
        if (performing) return;
        performing = true;
        for (Runnable next = wanted.poll(); next != null; next = wanted.poll()) guarded(next);
        performing = false;
        setWake();
    }

    /** What fails, a listener most likely, ends nothing but itself. */
    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException | Error fault) {
            log.warn("the client to {} goes on after a failure", name, fault);
        }
    }

    /** A deadline that moved away is left to come up and find nothing to do. */
    private void setWake() {
        ClientMachine served = machine;
        if (served == null) return;
        long deadline = served.nextDeadline();
        if (deadline >= wakeAt || loop.isShuttingDown()) return;
        ScheduledFuture<?> earlier = wake;
        if (earlier != null) earlier.cancel(false);
        wakeAt = deadline;
        wake = loop.schedule(() -> wake(served), Math.max(0, deadline - now()), TimeUnit.MILLISECONDS);
    }

    private void wake(ClientMachine served) {
        wakeAt = ClientMachine.NEVER;
        happened(() -> served.onTime(now()));
    }
}
