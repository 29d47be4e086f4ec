package dev.openline.net;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelOption;
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

    private final Sockets sockets;
    private final EventLoopGroup group;
    private final List<EventLoop> loops = new ArrayList<>();

    /** What a loop's connections are made of. */
    private interface Sockets {
        /** Says what listens, and how what it accepts reads. */
        void apply(ServerBootstrap server);

        void apply(Bootstrap client);
    }

    private EventLoops(Sockets sockets, EventLoopGroup group) {
        this.sockets = sockets;
        this.group = group;
        for (EventExecutor loop : group) loops.add((EventLoop) loop);
    }

    private record OfTheMachine(Transport transport) implements Sockets {
        @Override
        public void apply(ServerBootstrap server) {
            server.channel(transport.listening());
            transport.shareReadBuffers(server);
        }

        @Override
        public void apply(Bootstrap client) {
            client.channel(transport.dialling());
            transport.shareReadBuffers(client);
        }
    }

    private record Simulated(SimulatedSockets network) implements Sockets {
        @Override
        public void apply(ServerBootstrap server) {
            server.channelFactory(network::listening).childOption(ChannelOption.RECVBUF_ALLOCATOR, LineReads.INSTANCE);
        }

        @Override
        public void apply(Bootstrap client) {
            client.channelFactory(network::dialling).option(ChannelOption.RECVBUF_ALLOCATOR, LineReads.INSTANCE);
        }
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
        Sockets sockets = new OfTheMachine(transport.required());
        EventLoops loops = new EventLoops(sockets, new LoopGroup(count, transport.ioHandlers()));
        log.info("carrying lines by {} on {} event loops", transport.optionName(), count);
        return loops;
    }

    /** As many loops as the machine has processors, on the fastest transport. */
    public static EventLoops start() {
        return start(Transport.fastest(), Runtime.getRuntime().availableProcessors());
    }

    /** Loops whose connections are a simulation's. They are its own to run and to end: {@link #close} leaves them as they are. */
    public static EventLoops simulated(SimulatedSockets network) {
        return new EventLoops(new Simulated(network), network.group());
    }

    /** @throws IllegalStateException if they are a simulation's */
    public Transport transport() {
        if (sockets instanceof OfTheMachine machine) return machine.transport();
        throw new IllegalStateException("these loops are a simulation's");
    }

    /** Waits until something is done that needs no time but the loops'. */
    ChannelFuture await(ChannelFuture future) {
        if (sockets instanceof Simulated simulated) simulated.network().runDue();
        return future.awaitUninterruptibly();
    }

    void apply(ServerBootstrap server) {
        sockets.apply(server);
    }

    void apply(Bootstrap client) {
        sockets.apply(client);
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
        if (sockets instanceof Simulated) return;
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS);
    }

    /** Ends the threads; lines still open are cut. Waits for them at most five seconds. */
    @Override
    public void close() {
        if (sockets instanceof Simulated) return;
        group.shutdownGracefully(0, 2, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }
}
