package dev.openline.net;

import io.netty.channel.Channel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How one server goes away. Readiness goes off; after the notice the port is closed; then each loop says goodbye to its connections, a
 * few at a time and spread over three quarters of the time, so that their redials come spread too; the last quarter is for their answers;
 * what is still there then is cut.
 *
 * <p>The pace is fixed by the time there is, not by the answers: a peer that is slow to answer holds up nobody. Any thread; the walk
 * itself is done by {@link LoopSeats}, each on its loop.
 */
final class Drain {
    private static final Logger log = LoggerFactory.getLogger(WebSocketServer.class);

    private final Admission admission;
    private final Channel listening;
    private final AtomicBoolean started = new AtomicBoolean();
    private final CompletableFuture<Void> walking = new CompletableFuture<>();
    private final CompletableFuture<Drained> done = new CompletableFuture<>();
    private final AtomicInteger loopsLeft;
    private final AtomicInteger entered = new AtomicInteger();
    private final AtomicInteger cut = new AtomicInteger();

    /** When all must be gone. */
    private final long over;

    /** Set again before the loops begin, when it is known for how many. */
    private volatile Pace pace;

    Drain(Admission admission, Channel listening, Duration within) {
        this.admission = admission;
        this.listening = listening;
        this.loopsLeft = new AtomicInteger(admission.loopCount());
        this.over = Surroundings.nanoTime() + within.toNanos();
        this.pace = new Pace(over);
    }

    /** Tells load balancers to look elsewhere, and goes on after the notice. */
    void begin(Duration notice) {
        admission.notReady();
        if (notice.isZero()) stopAccepting();
        else listening.eventLoop().schedule(this::stopAccepting, notice.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Skips what is left of notice and pace: says goodbye to all at once and ends them. */
    void cutNow() {
        stopAccepting();
        walking.thenRun(() -> admission.onEachLoop(seats -> seats.cut("the server closes")));
    }

    /** Done when no connection is left. */
    CompletableFuture<Drained> done() {
        return done;
    }

    private void stopAccepting() {
        if (!started.compareAndSet(false, true)) return;
        admission.drain();
        if (listening.eventLoop().isShuttingDown()) {
            done.complete(new Drained(0, 0));
            return;
        }
        // What was accepted before is on its way to its loop already, ahead of what is sent there from here.
        listening.close().addListener(closed -> walk());
    }

    private void walk() {
        long now = Surroundings.nanoTime();
        int there = admission.connections();
        pace = Pace.of(there, now, over);
        log.info(
                "going away: {} connections have {} ms", there, TimeUnit.NANOSECONDS.toMillis(Math.max(0, over - now)));
        admission.onEachLoop(seats -> seats.begin(this));
        walking.complete(null);
    }

    // --- asked and told by the loops
    // ---------------------------------------------------------------------------------------------

    /** Between one half and one and a half. */
    double jitter() {
        return 0.5 + Surroundings.random().nextDouble();
    }

    Pace pace() {
        return pace;
    }

    boolean isOver(long now) {
        return now - over >= 0;
    }

    long leftUntilOver(long now) {
        return over - now;
    }

    void entered(int connections) {
        entered.addAndGet(connections);
    }

    void cut(int connections) {
        cut.addAndGet(connections);
    }

    void loopIsEmpty() {
        if (loopsLeft.decrementAndGet() > 0) return;
        Drained result = new Drained(Math.max(0, entered.get() - cut.get()), cut.get());
        log.info("gone: {} connections ended in time, {} were cut", result.left(), result.cut());
        done.complete(result);
    }
}
