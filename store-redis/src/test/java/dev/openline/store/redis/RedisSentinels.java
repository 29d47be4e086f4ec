package dev.openline.store.redis;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A master, its replica and three sentinels of which two decide. They call the master down after 500 ms of silence, and promote
 * the replica within about two seconds.
 */
public final class RedisSentinels implements AutoCloseable {
    private static final String NAME = "openline";

    /** Long enough for a sentinel that runs; one that doesn't answer is passed over. */
    private static final Duration TURN = Duration.ofSeconds(2);

    /** The option that says on which port they speak to each other. */
    private final String portOption;

    private final RedisServer master;
    private final RedisServer replica;
    private final List<RedisServer> sentinels = new ArrayList<>();

    /** Five servers that don't run yet; {@code options} are for the two with data, see {@link RedisServer}. */
    public RedisSentinels(String... options) {
        portOption = "port";
        master = new RedisServer(options);
        replica = RedisServer.replicaOf(master, options);
        for (int i = 0; i < 3; i++) sentinels.add(RedisServer.sentinel(monitoring(master.port())));
    }

    /** The same with TLS for all that they say to each other, and to who asks on their ports for it; {@code lines} are for one server each. */
    RedisSentinels(Supplier<String[]> lines) {
        portOption = "tls-port";
        Supplier<String[]> all = () -> with(lines.get(), "tls-replication", "yes");
        master = new RedisServer(all.get());
        replica = new RedisServer(with(all.get(), "replicaof", "127.0.0.1 " + portOf(master)));
        for (int i = 0; i < 3; i++) sentinels.add(RedisServer.sentinel(with(all.get(), monitoring(portOf(master)))));
    }

    private int portOf(RedisServer server) {
        return Integer.parseInt(server.option(portOption));
    }

    private static String[] with(String[] lines, String... more) {
        return Stream.concat(Stream.of(lines), Stream.of(more)).toArray(String[]::new);
    }

    private static String[] monitoring(int port) {
        return new String[] {
            "sentinel monitor " + NAME, "127.0.0.1 " + port + " 2",
            "sentinel down-after-milliseconds " + NAME, "500",
            "sentinel failover-timeout " + NAME, "3000"
        };
    }

    /** Returns when the replica is in sync and each sentinel knows it and the other two, so that the master may be killed. */
    public RedisSentinels start() {
        try {
            master.start();
            replica.start();
            replica.await(
                    "the link to the master",
                    () -> replica.info("master_link_status").equals("up"));
            for (RedisServer sentinel : sentinels) {
                sentinel.start();
                hurry(sentinel);
            }
            RedisServer.await(
                    "the sentinels to know each other",
                    servers(),
                    () -> sentinels.stream().allMatch(RedisSentinels::isReady));
        } catch (Throwable e) {
            close();
            throw e;
        }
        return this;
    }

    /**
     * Sentinels find each other by what they publish each 2 s, and see a promotion in what they ask each 10 s: too slow for tests. Who is promoted cuts them off: the
     * one that leads has to have connected and asked again, which takes 1.5 s at most, before four times what the others publish in, or they undo the promotion.
     */
    private static void hurry(RedisServer sentinel) {
        sentinel.ask("SENTINEL", "DEBUG", "publish-period", "600", "info-period", "100", "ask-period", "100");
        sentinel.ask("SENTINEL", "DEBUG", "ping-period", "500");
        // After a machine that stood still for 2 s a sentinel does nothing for 30 s, which tests on a busy machine
        // don't survive.
        sentinel.ask("SENTINEL", "DEBUG", "tilt-period", "1000");
    }

    private static boolean isReady(RedisServer sentinel) {
        String known = sentinel.ask("SENTINEL", "MASTER", NAME);
        return known.contains("num-other-sentinels\n2\n")
                && sentinel.ask("SENTINEL", "REPLICAS", NAME).contains("master-link-status\nok\n")
                && sentinel.ask("SENTINEL", "CKQUORUM", NAME).startsWith("OK");
    }

    /** Waits until all running sentinels say that {@code server} is the master, and it says so itself. */
    public void awaitMaster(RedisServer server) {
        RedisServer.await(
                "the promotion of " + server,
                servers(),
                () -> server.info("role").equals("master")
                        && sentinels.stream()
                                .filter(RedisServer::isRunning)
                                .allMatch(s -> portOfMaster(s) == portOf(server)));
    }

    /** What the sentinels call this group. */
    public String masterName() {
        return NAME;
    }

    /** The port of the master, as the first sentinel that answers says. */
    public int masterPort() {
        for (RedisServer sentinel : sentinels) if (sentinel.isRunning()) return portOfMaster(sentinel);
        throw new IllegalStateException("No sentinel runs");
    }

    private static int portOfMaster(RedisServer sentinel) {
        String[] address =
                sentinel.ask(TURN, "SENTINEL", "GET-MASTER-ADDR-BY-NAME", NAME).split("\n");
        return Integer.parseInt(address[1]);
    }

    /** The ports of the three sentinels. */
    public List<Integer> sentinelPorts() {
        return sentinels.stream().map(RedisServer::port).toList();
    }

    /** The server that was the master at the start. */
    public RedisServer master() {
        return master;
    }

    /** The server that was the replica at the start. */
    public RedisServer replica() {
        return replica;
    }

    public List<RedisServer> sentinels() {
        return List.copyOf(sentinels);
    }

    private List<RedisServer> servers() {
        return Stream.concat(Stream.of(master, replica), sentinels.stream()).toList();
    }

    /** Kills all five and removes what they wrote. */
    @Override
    public void close() {
        servers().forEach(RedisServer::close);
    }
}
