package dev.openline.net;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that carry lines. Each line belongs to one loop for its life; servers and clients of one process may share them.
 */
public final class EventLoops implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(EventLoops.class);

    private final Transport transport;
    private final EventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();

    private EventLoops(Transport transport, int count) {
        this.transport = transport;
        this.group = new LoopGroup(count, transport.ioHandlers());
        for (EventExecutor loop : group) loops.add((EventLoop) loop);
    }

    /**
     * Starts loops.
     *
     * @param transport one that {@link Transport#isAvailable works here}; {@link Transport#fastest} chooses
     * @param count threads, at least 1
     * @throws IllegalStateException if the transport does not work on this machine
     */
    public static EventLoops start(Transport transport, int count) {
        if (count < 1) throw new IllegalArgumentException("event loops " + count + " < 1");
        EventLoops loops = new EventLoops(transport.required(), count);
        log.info("carrying lines by {} on {} event loops", transport.optionName(), count);
        return loops;
    }

    /** As many loops as the machine has processors, on the fastest transport. */
    public static EventLoops start() {
        return start(Transport.fastest(), Runtime.getRuntime().availableProcessors());
    }

    public Transport transport() {
        return transport;
    }

    public int count() {
        return loops.size();
    }

    /** The loop with this index, 0 to {@code count() - 1}, as something to run tasks on and schedule with. */
    public EventLoop loop(int index) {
        return loops.get(index);
    }

    /** The index of the loop that is running this code, or -1 outside of them: loops know their index, lines know their loop. */
    public int current() {
        for (int i = 0; i < loops.size(); i++) {
            if (loops.get(i).inEventLoop()) return i;
        }
        return -1;
    }

    EventLoopGroup group() {
        return group;
    }

    /** Ends the threads as {@link #close} does, and waits for nothing: for a task that runs on one of them. */
    public void end() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }

    /** Ends the threads; lines still open are cut. Waits for them at most five seconds. */
    @Override
    public void close() {
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
