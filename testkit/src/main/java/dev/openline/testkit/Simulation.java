package dev.openline.testkit;

import dev.openline.client.OpenlineClient;
import dev.openline.hub.Mode;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import dev.openline.server.Authenticator;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * One story of a server, its publishers and its subscribers, in which everything goes wrong that can: lines are cut at any byte, fall silent or stand
 * still; the server is killed, loses its power, is drained; the disk is full, slow, or forgets what was not synced; clocks jump. At the end all is
 * well again, and what everybody was told is held against what was promised. All of it follows from a seed.
 */
public final class Simulation {
    static final int PORT = 8000;

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
     * @param steps of the story
     * @param story what happened, for people
     */
    public record Report(
            long seed,
            List<String> violations,
            Map<String, Integer> faults,
            long acknowledged,
            long delivered,
            int steps,
            String story) {
        /** Whether all was well. */
        public boolean isGood() {
            return violations.isEmpty();
        }
    }

    private final World world;
    private final SimulatedDisk disk;
    private final SimulatedDisk.Durability durability;
    private final Flaw flaw;
    private final Ledger ledger = new Ledger();
    private final Watch watch;
    private final Map<String, Integer> faults = new TreeMap<>();
    private final Host backend;
    private final List<SimulatedReader> readers = new ArrayList<>();
    private final List<Writer> writers = new ArrayList<>();
    private final List<Connection> stalled = new ArrayList<>();
    private @Nullable OpenlineServer server;
    private boolean lostPower;

    private Simulation(World world, Flaw flaw) {
        this.world = world;
        this.flaw = flaw;
        this.durability = world.chance().nextBoolean() ? SimulatedDisk.Durability.FSYNC : SimulatedDisk.Durability.OS;
        this.disk = new SimulatedDisk(world, durability, flaw);
        this.backend = world.host("backend");
        this.watch = new Watch(world, backend, ledger);
    }

    /** Tells the story of a seed. */
    public static Report run(long seed) {
        return run(seed, Flaw.NONE);
    }

    static Report run(long seed, Flaw flaw) {
        return run(seed, flaw, Step.script(seed));
    }

    private static Report run(long seed, Flaw flaw, List<Step> script) {
        try (World world = World.of(seed)) {
            Story story = world.story();
            Simulation simulation = new Simulation(world, flaw);
            try {
                simulation.play(script);
            } catch (IOException | RuntimeException fault) {
                simulation.ledger.violated("the story broke off: " + fault);
            }
            return new Report(
                    seed,
                    List.copyOf(simulation.ledger.violations()),
                    Map.copyOf(simulation.faults),
                    simulation.ledger.acknowledgements(),
                    simulation.ledger.deliveries(),
                    script.size(),
                    story.toString());
        }
    }

    /**
     * Tells the story of a seed in which a promise is broken, without what does not matter for that: leaves steps out, many at once and then fewer, as long as some
     * promise is broken still.
     *
     * @param mostStories that are tried at most; each takes a fraction of a second
     */
    public static Report minimal(long seed, int mostStories) {
        return minimal(seed, Flaw.NONE, mostStories);
    }

    static Report minimal(long seed, Flaw flaw, int mostStories) {
        return run(
                seed,
                flaw,
                Step.fewest(seed, mostStories, steps -> !run(seed, flaw, steps).isGood()));
    }

    // --- the cast
    // ----------------------------------------------------------------------------------------------------------------

    /** A publisher with an outbox. */
    private final class Writer {
        final Host host;
        final OpenlineClient client;
        int number;

        Writer(Host host, Encoding encoding) {
            this.host = host;
            this.client = OpenlineClient.to(
                    backend.uri(PORT), o -> o.loops(host.loops()).encoding(encoding));
            client.connect();
        }

        void publish(String channel) {
            int own = ++number;
            Payload payload = Ledger.payload(host.toString(), own);
            client.publish(channel, payload).whenComplete((position, fault) -> {
                if (fault == null) position.ifPresent(at -> acknowledged(channel, at, payload));
                else ledger.violated(host + ":" + own + " on " + channel + " was given up: " + fault.getMessage());
            });
        }
    }

    private void acknowledged(String channel, StreamPosition at, Payload payload) {
        ledger.acknowledged(channel, at, payload);
        watch.acknowledged(channel, at);
    }

    /** Who may come in; it takes a moment to say so, in which what a client sends has to wait. */
    private CompletionStage<Authenticator.Admission> admit(Authenticator.Attempt attempt) {
        Payload data = attempt.data();
        boolean isImpostor = data != null && data.text().contains(Impostor.NAME);
        CompletableFuture<Authenticator.Admission> said = new CompletableFuture<>();
        world.after(
                Duration.ofMillis(20),
                () -> said.complete(
                        isImpostor && flaw != Flaw.IMPOSTORS_ARE_ADMITTED
                                ? new Authenticator.Denied(ErrorReply.PERMISSION_DENIED)
                                : new Authenticator.Unknown()));
        return said;
    }

    private void startServer() throws IOException {
        server = OpenlineServer.create(o -> o.insecure()
                        .loops(backend.loops())
                        .host(backend.address())
                        .port(PORT)
                        .logs(disk.logs())
                        .authenticator(this::admit)
                        .namespace("log", c -> c.history(100_000, LOG_TTL).presence())
                        .namespace("mem", c -> c.history(100_000, LOG_TTL).inMemory())
                        .namespace("price", c -> c.history(1, LOG_TTL).latest())
                        .namespace("typing", c -> c.unlogged()))
                .start();
        world.tell("the server has started");
    }

    private void play(List<Step> script) throws IOException {
        startServer();
        for (int i = 1; i <= 3; i++) readers.add(newReader("reader" + i, false));
        for (int i = 1; i <= 2; i++) writers.add(new Writer(world.host("writer" + i), encodingOf(i)));
        world.pass(Duration.ofMillis(200));
        for (Step step : script) {
            world.pass(Duration.ofMillis(step.pauseMillis()));
            if (!ledger.violations().isEmpty()) break;
            happens(step);
            watch.look(readers, host -> stalled.stream().anyMatch(line -> line.touches(host)));
        }
        allIsWell();
        if (ledger.violations().isEmpty()) check();
    }

    private static Encoding encodingOf(int number) {
        return number == 2 ? Encoding.PROTOBUF : Encoding.JSON;
    }

    private SimulatedReader newReader(String name, boolean fromTheBeginning) {
        SimulatedReader reader =
                new SimulatedReader(world, world.host(name), backend, ledger, encodingOf(readers.size() + 1));
        CHANNELS.forEach((channel, mode) -> reader.follow(channel, mode, fromTheBeginning && mode == Mode.EVERY));
        reader.client.connect();
        return reader;
    }

    // --- what happens
    // ------------------------------------------------------------------------------------------------------------

    private void happens(Step step) throws IOException {
        RandomGenerator chance = new SplittableRandom(step.chance());
        if (step.kind().isFault()) faults.merge(step.kind().toString(), 1, Integer::sum);
        switch (step.kind()) {
            case SOMETHING_IS_SAID -> say(chance, chance.nextInt(1, 8));
            case MUCH_IS_SAID -> say(chance, 300);
            case LINE_CUT -> onSomeLine(chance, Connection::cut);
            case LINE_SILENT -> onSomeLine(chance, this::silence);
            case LINE_STALLED -> onSomeLine(chance, this::stall);
            case LINES_LET_GO -> letGo();
            case SERVER_KILLED -> kill(chance);
            case POWER_CUT -> powerCut(chance);
            case SERVER_DRAINED -> drain(chance);
            case DISK_FULL -> fillDisk(chance);
            case DISK_SLOW -> slowDisk(chance);
            case CLOCK_JUMP -> world.setClocks(Duration.ofSeconds(chance.nextInt(-30, 31)));
            case NETWORK_CHANGE -> {
                int longest = chance.nextInt(1, 400);
                world.latency(Duration.ofMillis(chance.nextInt(1, longest + 1)), Duration.ofMillis(longest));
            }
            case IMPOSTOR -> Impostor.comes(world.host(Impostor.NAME), backend);
        }
    }

    private void say(RandomGenerator chance, int publishes) {
        List<String> names = List.copyOf(CHANNELS.keySet());
        for (int i = 0; i < publishes; i++)
            writers.get(chance.nextInt(writers.size())).publish(names.get(chance.nextInt(names.size())));
    }

    private void onSomeLine(RandomGenerator chance, Consumer<Connection> what) {
        List<Connection> lines = world.connections();
        if (lines.isEmpty()) return;
        Connection line = lines.get(chance.nextInt(lines.size()));
        watch.trouble(line.from());
        what.accept(line);
    }

    private void silence(Connection connection) {
        connection.silence();
        watch.silence(connection.from());
    }

    private void stall(Connection connection) {
        connection.stallTowardsDialler(true);
        stalled.add(connection);
        if (flaw == Flaw.ONE_STALLED_LINE_STALLS_ALL)
            world.connections().forEach(other -> other.stallTowardsDialler(true));
    }

    private void letGo() {
        for (Connection connection : stalled) connection.stallTowardsDialler(false);
        stalled.clear();
    }

    private void kill(RandomGenerator chance) throws IOException {
        backend.kill();
        disk.processDies();
        startAgain(chance);
    }

    private void powerCut(RandomGenerator chance) throws IOException {
        lostPower = true;
        backend.powerOff();
        watch.silence();
        disk.powerCut();
        startAgain(chance);
    }

    private void drain(RandomGenerator chance) throws IOException {
        OpenlineServer leaving = server;
        if (leaving == null) return;
        var drained = leaving.drain(Duration.ofSeconds(5));
        world.until(drained::isDone, Duration.ofSeconds(10));
        backend.kill();
        disk.processDies();
        startAgain(chance);
    }

    private void startAgain(RandomGenerator chance) throws IOException {
        server = null;
        world.pass(Duration.ofMillis(chance.nextInt(10, 4_000)));
        backend.restart();
        startServer();
        watch.trouble();
    }

    private void fillDisk(RandomGenerator chance) {
        disk.full(true);
        world.after(Duration.ofMillis(chance.nextInt(10, 3_000)), () -> {
            disk.full(false);
            watch.trouble();
        });
    }

    private void slowDisk(RandomGenerator chance) {
        disk.writes(Duration.ofMillis(1), Duration.ofMillis(chance.nextInt(2, 1_000)));
        world.after(Duration.ofSeconds(2), () -> {
            disk.writes(Duration.ofNanos(100_000), Duration.ofMillis(2));
            watch.trouble();
        });
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
        for (String text : late.heard().values())
            if (text.startsWith(Impostor.NAME))
                ledger.violated(channel + " has " + text + ", from somebody who was never let in");
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
