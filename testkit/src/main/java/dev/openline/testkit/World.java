package dev.openline.testkit;

import dev.openline.net.Surroundings;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.MockTicker;
import io.netty.util.concurrent.Ticker;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A world of its own: time that passes when it is told to, a network that loses what it is told to, chance from a seed. Real servers and clients live
 * in it on {@link Host}s. The same seed and the same calls give the same story, to the byte.
 *
 * <pre>{@code
 * try (var world = World.of(42)) {
 *     Host backend = world.host("backend");
 *     var server = OpenlineServer.create(o -> o.insecure().loops(backend.loops()).host(backend.address())).start();
 *     Host laptop = world.host("laptop");
 *     var client = OpenlineClient.to(backend.uri(server.port()), o -> o.loops(laptop.loops()));
 *     world.pass(Duration.ofSeconds(3));
 *     laptop.cutAll();
 *     world.pass(Duration.ofSeconds(3));
 * }
 * }</pre>
 *
 * <p>Belongs to the thread that made it, which must not have another one open. Nothing happens in it but in {@link #pass} and {@link #until}, and in the
 * calls that are made to its servers and clients.
 */
public final class World implements AutoCloseable {
    /** Tasks that may run without any time passing: more of them are a loop without end. */
    private static final int MAX_TASKS_AT_ONCE = 10_000_000;

    /** 2024-01-01, so that the world's days are the same in every run. */
    private static final long EPOCH_MILLIS = 1_704_067_200_000L;

    private final long seed;
    private final Random chance;
    private final MockTicker ticker = Ticker.newMockTicker();
    private final VirtualLoop loop = new VirtualLoop(ticker);
    private final Map<String, Host> hosts = new HashMap<>();
    private final Map<InetSocketAddress, SimulatedListener> listeners = new HashMap<>();
    private final List<Connection> connections = new ArrayList<>();
    private long wallSkewMillis;
    private long connectionCount;
    private @Nullable Story story;
    Duration shortestLatency = Duration.ofMillis(1);
    Duration longestLatency = Duration.ofMillis(20);

    private World(long seed) {
        if (Surroundings.areBound()) throw new IllegalStateException("this thread has a world already");
        this.seed = seed;
        // Of neighbouring seeds, the first numbers of Random are nearly the same.
        this.chance = new Random(new SplittableRandom(seed).nextLong());
        Surroundings.bind(new Here());
    }

    /** A new world whose chance comes from {@code seed}. */
    public static World of(long seed) {
        return new World(seed);
    }

    private final class Here extends Surroundings {
        @Override
        protected long nanos() {
            return ticker.nanoTime();
        }

        @Override
        protected long wall() {
            return World.this.wallMillis();
        }

        @Override
        protected RandomGenerator chance() {
            return chance;
        }
    }

    /** What all chance here comes from. */
    public long seed() {
        return seed;
    }

    /** Chance: drawing from it is part of the story. */
    public RandomGenerator chance() {
        return chance;
    }

    /** How long the world has been there. */
    public Duration age() {
        return Duration.ofNanos(ticker.nanoTime());
    }

    long nanos() {
        return ticker.nanoTime();
    }

    /** Its time of day, in milliseconds since 1970. */
    public long wallMillis() {
        return EPOCH_MILLIS + TimeUnit.NANOSECONDS.toMillis(ticker.nanoTime()) + wallSkewMillis;
    }

    /** Somebody sets the clocks: the time of day jumps, no time passes. */
    public void setClocks(Duration by) {
        wallSkewMillis += by.toMillis();
        tell("the clocks are set by " + by.toMillis() + " ms");
    }

    /** How long bytes are under way from now on; each piece anew, without one overtaking another of its connection. */
    public void latency(Duration shortest, Duration longest) {
        if (shortest.isNegative() || longest.compareTo(shortest) < 0)
            throw new IllegalArgumentException("latency from " + shortest + " to " + longest);
        shortestLatency = shortest;
        longestLatency = longest;
    }

    /** A time that chance picks, in nanoseconds; the shortest where the longest is no longer. */
    long between(Duration shortest, Duration longest) {
        long least = shortest.toNanos();
        long span = longest.toNanos() - least;
        return span <= 0 ? least : least + chance.nextLong(span + 1);
    }

    /** A machine in this world; the same one for the same name. */
    public Host host(String name) {
        return hosts.computeIfAbsent(name, made -> new Host(this, made, hosts.size() + 1));
    }

    /** Lets this much time pass, and all that happens in it. */
    public void pass(Duration time) {
        run(ticker.nanoTime() + time.toNanos(), () -> false);
    }

    /**
     * Lets time pass until {@code done} says so, which is asked after each thing that happened.
     *
     * @return false if it took longer than {@code limit}, which has passed then
     */
    public boolean until(BooleanSupplier done, Duration limit) {
        return run(ticker.nanoTime() + limit.toNanos(), done);
    }

    private boolean run(long end, BooleanSupplier done) {
        int tasks = 0;
        while (true) {
            if (done.getAsBoolean()) return true;
            int ran = loop.runNow();
            tasks += ran;
            if (tasks > MAX_TASKS_AT_ONCE) throw new IllegalStateException("so much happens that no time passes");
            if (ran > 0) continue;
            long now = ticker.nanoTime();
            long next = Math.min(end, loop.nextDeadline());
            if (next > now) {
                tasks = 0;
                ticker.advance(next - now, TimeUnit.NANOSECONDS);
            } else if (now >= end) {
                return done.getAsBoolean();
            }
        }
    }

    /** Does this after {@code delay}. */
    public void after(Duration delay, Runnable what) {
        loop.schedule(what, delay.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** Writes down from now on what happens, for the story of a failure. */
    public Story story() {
        if (story == null) story = new Story(this);
        return story;
    }

    void tell(String sentence) {
        if (story != null) story.tell(sentence);
    }

    void runDue() {
        while (loop.runNow() > 0) continue;
    }

    EventLoop loop() {
        return loop;
    }

    // --- the network
    // -------------------------------------------------------------------------------------------------------------

    boolean listen(InetSocketAddress address, SimulatedListener listener) {
        return listeners.putIfAbsent(address, listener) == null;
    }

    void listenNoMore(InetSocketAddress address, SimulatedListener listener) {
        listeners.remove(address, listener);
    }

    @Nullable
    SimulatedListener listener(InetSocketAddress address) {
        return listeners.get(address);
    }

    List<SimulatedListener> listenersOf(Host host) {
        return listeners.values().stream()
                .filter(listener -> listener.host() == host)
                .toList();
    }

    Connection connection(Host from, Host to) {
        Connection connection = new Connection(this, ++connectionCount, from, to);
        connections.add(connection);
        return connection;
    }

    void over(Connection connection) {
        connections.remove(connection);
    }

    /** The connections that are open, oldest first. */
    public List<Connection> connections() {
        return List.copyOf(connections);
    }

    @Nullable
    Host hostAt(String address) {
        for (Host host : hosts.values()) if (host.address().equals(address)) return host;
        return null;
    }

    /** Ends the world. What lives in it stops where it is. */
    @Override
    public void close() {
        for (Connection connection : connections()) connection.cut();
        // So that what was queued gives back what it holds.
        loop.runNow();
        Surroundings.bind(null);
    }
}
