package dev.openline.store.redis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Masters that share the 16384 slots evenly, if wanted with a replica each, as one Redis Cluster. A silent master is called down
 * after about a second.
 */
public final class RedisCluster implements AutoCloseable {
    private static final int SLOTS = 16_384;

    private final List<RedisServer> masters = new ArrayList<>();
    private final List<RedisServer> replicas = new ArrayList<>();

    private RedisCluster(int masters, int replicas, Supplier<String[]> options) {
        for (int i = 0; i < masters; i++) this.masters.add(node(options.get()));
        for (int i = 0; i < replicas; i++) this.replicas.add(node(options.get()));
    }

    /** Masters without replicas, not running yet; {@code options} are for each, see {@link RedisServer}. */
    public static RedisCluster of(int masters, String... options) {
        return new RedisCluster(masters, 0, () -> options);
    }

    /** The same; the options are asked for once for each. */
    static RedisCluster of(int masters, Supplier<String[]> options) {
        return new RedisCluster(masters, 0, options);
    }

    /** Masters with a replica each, not running yet. At least three masters are needed to replace one. */
    public static RedisCluster withReplicas(int masters, String... options) {
        return new RedisCluster(masters, masters, () -> options);
    }

    private static RedisServer node(String... options) {
        String[] ours = {
            "cluster-enabled", "yes",
            "cluster-node-timeout", "1000",
            // Its default is the port + 10000, which may be taken.
            "cluster-port", Integer.toString(RedisServer.freePort())
        };
        return new RedisServer(
                Stream.concat(Arrays.stream(ours), Arrays.stream(options)).toArray(String[]::new));
    }

    /** Returns when every node says that the cluster is whole, and every replica is in sync. */
    public RedisCluster start() {
        try {
            nodes().forEach(RedisServer::start);
            for (int i = 0; i < masters.size(); i++) {
                RedisServer node = masters.get(i);
                node.ask("CLUSTER", "SET-CONFIG-EPOCH", Integer.toString(i + 1));
                String first = Integer.toString(firstSlot(i));
                node.ask("CLUSTER", "ADDSLOTSRANGE", first, Integer.toString(firstSlot(i + 1) - 1));
            }
            introduce();
            for (int i = 0; i < replicas.size(); i++) {
                RedisServer replica = replicas.get(i);
                String master = masters.get(i).ask("CLUSTER", "MYID");
                RedisServer.await(
                        "the replica to know its master",
                        nodes(),
                        () -> replica.ask("CLUSTER", "REPLICATE", master).equals("OK"));
            }
            RedisServer.await(
                    "the replicas to be known and in sync",
                    nodes(),
                    () -> replicas.stream()
                                    .allMatch(replica ->
                                            replica.info("master_link_status").equals("up"))
                            && nodes().stream().allMatch(this::knowsAll));
            awaitOk();
        } catch (Throwable e) {
            close();
            throw e;
        }
        return this;
    }

    private int firstSlot(int master) {
        return SLOTS * master / masters.size();
    }

    /** Everybody to everybody: they would hear of each other in time, but this takes no time. */
    private void introduce() {
        for (RedisServer node : nodes())
            for (RedisServer other : nodes())
                if (node.port() < other.port())
                    node.ask(
                            "CLUSTER",
                            "MEET",
                            "127.0.0.1",
                            Integer.toString(other.port()),
                            other.option("cluster-port"));
    }

    private boolean knowsAll(RedisServer node) {
        List<String[]> known = known(node);
        return known.size() == nodes().size()
                && known.stream().filter(line -> line[2].contains("slave")).count() == replicas.size()
                && known.stream().allMatch(line -> line[7].equals("connected") && !line[2].contains("handshake"));
    }

    /** The words of each line of CLUSTER NODES: id, address, flags, its master's id, ping, pong, epoch, link state, slots… */
    private static List<String[]> known(RedisServer node) {
        return node.ask("CLUSTER", "NODES").lines().map(line -> line.split(" ")).toList();
    }

    /** Waits until all running nodes say that all slots are served. A dead master is noticed only after a second or two. */
    public void awaitOk() {
        RedisServer.await(
                "the cluster to be whole",
                nodes(),
                () -> nodes().stream()
                        .filter(RedisServer::isRunning)
                        .map(node -> node.ask("CLUSTER", "INFO"))
                        .allMatch(info ->
                                info.contains("cluster_state:ok") && info.contains("cluster_slots_ok:" + SLOTS)));
    }

    /** The master that has the slot of {@code key}, as the first running node says. */
    public RedisServer masterOf(String key) {
        RedisServer asked =
                nodes().stream().filter(RedisServer::isRunning).findFirst().orElseThrow();
        int slot = Integer.parseInt(asked.ask("CLUSTER", "KEYSLOT", key));
        String[] owner = known(asked).stream()
                .filter(line -> Arrays.stream(line).skip(8).anyMatch(range -> holds(range, slot)))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("Nobody has slot " + slot));
        return nodes().stream()
                .filter(node -> owner[1].startsWith("127.0.0.1:" + node.port() + "@"))
                .findFirst()
                .orElseThrow();
    }

    /** A master that is not this one. */
    RedisServer anotherThan(RedisServer master) {
        return masters.stream().filter(server -> server != master).findFirst().orElseThrow();
    }

    /** The slot of {@code key} is about to move; it has all its keys still, and takes no new ones any more. */
    void beginMove(String key, RedisServer from, RedisServer to) {
        String slot = from.ask("CLUSTER", "KEYSLOT", key);
        to.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", from.ask("CLUSTER", "MYID"));
        from.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", to.ask("CLUSTER", "MYID"));
    }

    /** All that is in the slot goes over, and then the slot itself; returns when everybody knows. */
    void endMove(String key, RedisServer from, RedisServer to) {
        String slot = from.ask("CLUSTER", "KEYSLOT", key);
        while (true) {
            String[] keys = from.ask("CLUSTER", "GETKEYSINSLOT", slot, "100").split("\n");
            if (keys[0].isEmpty()) break;
            moveKeys(from, to, keys);
        }
        String owner = to.ask("CLUSTER", "MYID");
        for (RedisServer server : List.of(to, from)) server.ask("CLUSTER", "SETSLOT", slot, "NODE", owner);
        awaitOk();
    }

    void moveKeys(RedisServer from, RedisServer to, String... keys) {
        Stream<String> command =
                Stream.of("MIGRATE", "127.0.0.1", Integer.toString(to.port()), "", "0", "5000", "KEYS");
        from.ask(Stream.concat(command, Stream.of(keys)).toArray(String[]::new));
    }

    private static boolean holds(String range, int slot) {
        // In brackets are those that are moving.
        if (range.startsWith("[")) return false;
        String[] ends = range.split("-");
        return Integer.parseInt(ends[0]) <= slot && slot <= Integer.parseInt(ends[ends.length - 1]);
    }

    /** The nodes that were masters at the start, by their slots. */
    public List<RedisServer> masters() {
        return List.copyOf(masters);
    }

    /** The nodes that were replicas at the start, in the order of {@link #masters()}; none in a cluster without. */
    public List<RedisServer> replicas() {
        return List.copyOf(replicas);
    }

    /** Masters first. */
    public List<RedisServer> nodes() {
        return Stream.concat(masters.stream(), replicas.stream()).toList();
    }

    /** Kills all and removes what they wrote. */
    @Override
    public void close() {
        nodes().forEach(RedisServer::close);
    }
}
