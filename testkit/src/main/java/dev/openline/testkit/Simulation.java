package dev.openline.testkit;

import dev.openline.client.OpenlineClient;
import dev.openline.hub.Mode;
import dev.openline.protocol.Payload;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One story of a server, its publishers and its subscribers, in which everything goes wrong that can: lines are cut at any byte, fall silent or stand
 * still; the server is killed, loses its power, is drained; the disk is full, slow, or forgets what was not synced; clocks jump. At the end all is
 * well again, and what everybody was told is held against what was promised. All of it follows from a seed.
 */
public final class Simulation {
    static final int PORT = 8000;

    private static final Duration TROUBLE = Duration.ofSeconds(40);
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration LOG_TTL = Duration.ofDays(1);

    /** What is said on: durable, in memory, only the newest, nothing kept. */
    private static final Map<String, Mode> CHANNELS = new TreeMap<>(Map.of(
            "log:a", Mode.EVERY,
            "log:b", Mode.EVERY,
            "mem:a", Mode.EVERY,
            "price:a", Mode.LATEST,
            "typing:a", Mode.TRANSIENT));

    /**
     * What has come of a story.
     *
     * @param seed tells it again
     * @param violations of what was promised; none if all is well
     * @param faults how often what went wrong, by kind
     * @param acknowledged publishes
     * @param delivered positions that somebody was told
     * @param story what happened, for people
     */
    public record Report(
            long seed,
            List<String> violations,
            Map<String, Integer> faults,
            long acknowledged,
            long delivered,
            String story) {}

    private final World world;
    private final SimulatedDisk disk;
    private final SimulatedDisk.Durability durability;
    private final Ledger ledger = new Ledger();
    private final Map<String, Integer> faults = new TreeMap<>();
    private final Host backend;
    private final List<SimulatedReader> readers = new ArrayList<>();
    private final List<Writer> writers = new ArrayList<>();
    private final List<Connection> stalled = new ArrayList<>();
    private @Nullable OpenlineServer server;
    private boolean lostPower;

    private Simulation(World world, DiskFlaw flaw) {
        this.world = world;
        this.durability = world.chance().nextBoolean() ? SimulatedDisk.Durability.FSYNC : SimulatedDisk.Durability.OS;
        this.disk = new SimulatedDisk(world, durability, flaw);
        this.backend = world.host("backend");
    }

    /** Tells the story of a seed. */
    public static Report run(long seed) {
        return run(seed, DiskFlaw.NONE);
    }

    static Report run(long seed, DiskFlaw flaw) {
        try (World world = World.of(seed)) {
            Story story = world.story();
            Simulation simulation = new Simulation(world, flaw);
            try {
                simulation.play();
            } catch (IOException | RuntimeException fault) {
                simulation.ledger.violated("the story broke off: " + fault);
            }
            return new Report(
                    seed,
                    List.copyOf(simulation.ledger.violations()),
                    Map.copyOf(simulation.faults),
                    simulation.ledger.acknowledgements(),
                    simulation.ledger.deliveries(),
                    story.toString());
        }
    }

    // --- the cast
    // ----------------------------------------------------------------------------------------------------------------

    /** A publisher with an outbox. */
    private final class Writer {
        final Host host;
        final OpenlineClient client;
        int number;

        Writer(Host host) {
            this.host = host;
            this.client = OpenlineClient.to(backend.uri(PORT), o -> o.loops(host.loops()));
            client.connect();
        }

        void publish(String channel) {
            int own = ++number;
            Payload payload = Ledger.payload(host.toString(), own);
            client.publish(channel, payload).whenComplete((position, fault) -> {
                if (fault == null) position.ifPresent(at -> ledger.acknowledged(channel, at, payload));
                else ledger.violated(host + ":" + own + " on " + channel + " was given up: " + fault.getMessage());
            });
        }
    }

    private void startServer() throws IOException {
        server = OpenlineServer.create(o -> o.insecure()
                        .loops(backend.loops())
                        .host(backend.address())
                        .port(PORT)
                        .logs(disk.logs())
                        .namespace("log", c -> c.history(100_000, LOG_TTL).presence())
                        .namespace("mem", c -> c.history(100_000, LOG_TTL).inMemory())
                        .namespace("price", c -> c.history(1, LOG_TTL).latest())
                        .namespace("typing", c -> c.unlogged()))
                .start();
        world.tell("the server has started");
    }

    private void play() throws IOException {
        startServer();
        for (int i = 1; i <= 3; i++) readers.add(newReader("reader" + i, false));
        for (int i = 1; i <= 2; i++) writers.add(new Writer(world.host("writer" + i)));
        world.pass(Duration.ofMillis(200));
        Duration end = world.age().plus(TROUBLE);
        while (world.age().compareTo(end) < 0 && ledger.violations().isEmpty()) {
            say();
            if (world.chance().nextInt(4) == 0) goWrong();
            world.pass(Duration.ofMillis(world.chance().nextInt(1, 400)));
        }
        allIsWell();
        if (ledger.violations().isEmpty()) check();
    }

    private SimulatedReader newReader(String name, boolean fromTheBeginning) {
        SimulatedReader reader = new SimulatedReader(world, world.host(name), backend, ledger);
        CHANNELS.forEach((channel, mode) -> reader.follow(channel, mode, fromTheBeginning && mode == Mode.EVERY));
        reader.client.connect();
        return reader;
    }

    private void say() {
        int burst = world.chance().nextInt(20) == 0 ? 300 : world.chance().nextInt(1, 8);
        for (int i = 0; i < burst; i++) {
            Writer writer = writers.get(world.chance().nextInt(writers.size()));
            List<String> names = List.copyOf(CHANNELS.keySet());
            writer.publish(names.get(world.chance().nextInt(names.size())));
        }
    }

    // --- what goes wrong
    // ---------------------------------------------------------------------------------------------------------

    private void fault(String kind) {
        faults.merge(kind, 1, Integer::sum);
    }

    private void goWrong() throws IOException {
        switch (world.chance().nextInt(14)) {
            case 0, 1, 2 -> onSomeLine("line cut", Connection::cut);
            case 3 -> onSomeLine("line silent", Connection::silence);
            case 4, 5 -> onSomeLine("line stalled", this::stall);
            case 6 -> letGo();
            case 7 -> kill();
            case 8 -> powerCut();
            case 9 -> drain();
            case 10 -> fillDisk();
            case 11 -> slowDisk();
            case 12 -> {
                fault("clock jump");
                world.setClocks(Duration.ofSeconds(world.chance().nextInt(-30, 31)));
            }
            default -> {
                fault("network change");
                int longest = world.chance().nextInt(1, 400);
                world.latency(Duration.ofMillis(world.chance().nextInt(1, longest + 1)), Duration.ofMillis(longest));
            }
        }
    }

    private interface OnLine {
        void does(Connection connection);
    }

    private void onSomeLine(String kind, OnLine what) {
        List<Connection> lines = world.connections();
        if (lines.isEmpty()) return;
        fault(kind);
        what.does(lines.get(world.chance().nextInt(lines.size())));
    }

    private void stall(Connection connection) {
        connection.stallTowardsDialler(true);
        stalled.add(connection);
    }

    private void letGo() {
        for (Connection connection : stalled) connection.stallTowardsDialler(false);
        stalled.clear();
    }

    private void kill() throws IOException {
        fault("server killed");
        backend.kill();
        disk.processDies();
        startAgain();
    }

    private void powerCut() throws IOException {
        fault("power cut");
        lostPower = true;
        backend.powerOff();
        disk.powerCut();
        startAgain();
    }

    private void drain() throws IOException {
        fault("server drained");
        OpenlineServer leaving = server;
        if (leaving == null) return;
        var drained = leaving.drain(Duration.ofSeconds(5));
        world.until(drained::isDone, Duration.ofSeconds(10));
        backend.kill();
        disk.processDies();
        startAgain();
    }

    private void startAgain() throws IOException {
        server = null;
        world.pass(Duration.ofMillis(world.chance().nextInt(10, 4_000)));
        backend.restart();
        startServer();
    }

    private void fillDisk() {
        fault("disk full");
        disk.full(true);
        world.after(Duration.ofMillis(world.chance().nextInt(10, 3_000)), () -> disk.full(false));
    }

    private void slowDisk() {
        fault("disk slow");
        disk.writes(Duration.ofMillis(1), Duration.ofMillis(world.chance().nextInt(2, 1_000)));
        world.after(Duration.ofSeconds(2), () -> disk.writes(Duration.ofNanos(100_000), Duration.ofMillis(2)));
    }

    // --- the end
    // -----------------------------------------------------------------------------------------------------------------

    private void allIsWell() {
        world.tell("all is well from now on");
        letGo();
        disk.full(false);
        world.latency(Duration.ofMillis(1), Duration.ofMillis(5));
        boolean quiet = world.until(
                () -> !ledger.violations().isEmpty()
                        || writers.stream()
                                        .allMatch(writer ->
                                                writer.client.pending().isEmpty())
                                && readers.stream().allMatch(SimulatedReader::isConnected),
                PATIENCE);
        if (!quiet) ledger.violated("publishes still wait, or lines are down, after " + PATIENCE);
        // Whoever is on a silent line notices by its heartbeat; then everybody catches up.
        world.pass(Duration.ofSeconds(90));
    }

    private void check() {
        SimulatedReader late = newReader("late", true);
        world.pass(Duration.ofSeconds(30));
        for (Map.Entry<String, Mode> entry : CHANNELS.entrySet()) {
            String channel = entry.getKey();
            if (entry.getValue() == Mode.EVERY) checkEvery(channel, late.of(channel));
            else if (entry.getValue() == Mode.LATEST) checkLatest(channel);
        }
        List<SimulatedReader> all = new ArrayList<>(readers);
        all.add(late);
        checkPresence("log:a", all);
        all.forEach(SimulatedReader::leave);
        for (Writer writer : writers) writer.client.close();
        world.pass(Duration.ofSeconds(1));
    }

    private void checkEvery(String channel, Follower late) {
        boolean nothingWasLost =
                channel.startsWith("log:") && (!lostPower || durability == SimulatedDisk.Durability.FSYNC);
        List<Follower> everybody = new ArrayList<>();
        for (SimulatedReader reader : readers) everybody.add(reader.of(channel));
        ledger.close(late, nothingWasLost, everybody);
    }

    private void checkLatest(String channel) {
        Set<String> newest = new HashSet<>();
        for (SimulatedReader reader : readers) newest.add(reader.of(channel).newest());
        if (newest.size() > 1) ledger.violated("subscribers of " + channel + " end with different values: " + newest);
    }

    private void checkPresence(String channel, List<SimulatedReader> there) {
        Set<String> expected = new HashSet<>();
        for (SimulatedReader reader : there) expected.add(reader.id);
        Set<String> present = new HashSet<>();
        there.get(0)
                .client
                .presence(channel)
                .thenAccept(result -> present.addAll(result.clients().keySet()));
        world.pass(Duration.ofSeconds(1));
        if (!present.equals(expected))
            ledger.violated("present on " + channel + " are " + present.size() + " and not the " + expected.size()
                    + " that are there");
    }
}
