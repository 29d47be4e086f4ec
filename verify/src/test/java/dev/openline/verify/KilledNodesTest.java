package dev.openline.verify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.store.redis.RedisServer;
import dev.openline.testkit.Follower;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;

/**
 * Three real servers on one real Redis: servers are killed and told to leave, Redis is killed, stopped for a while and cut off, and at each redial a client comes to
 * one of the servers by chance. {@code -Dopenline.node.kills=1000} for more of it.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "there is no SIGTERM")
@Timeout(value = 60, unit = TimeUnit.MINUTES)
class KilledNodesTest extends UnderFire {
    private static final int FAULTS = Integer.getInteger("openline.node.kills", 15);
    private static final int NODES = 3;
    private static final int MOST_PUBLISHES = 400;

    private final ServerProcess[] nodes = new ServerProcess[NODES];
    private final Map<String, Integer> faults = new TreeMap<>();
    private RedisServer redis;
    private String restarts = "lose_nothing";

    @Override
    void startServers() throws IOException {
        RedisServer.assumeAvailable();
        redis = new RedisServer("appendonly", "yes", "appendfsync", "always").start();
        startNodes();
    }

    private void startNodes() throws IOException {
        for (int i = 0; i < NODES; i++) nodes[i] = node(i);
        lead();
    }

    private void lead() {
        proxy.leadTo(Arrays.stream(nodes)
                .filter(Objects::nonNull)
                .mapToInt(ServerProcess::port)
                .toArray());
    }

    private ServerProcess node(int number) throws IOException {
        Path config = Files.writeString(
                folder.resolve("node" + number + ".yaml"), """
                client: {insecure: true}
                node: {name: node%d}
                http_server: {port: 0, tls: {enabled: true, cert_pem_file: '%s', key_pem_file: '%s'}}
                engine: {type: redis, redis: {address: 'redis://127.0.0.1:%d', io_timeout: 2s, restarts: %s}}
                channel:
                  namespaces:
                    - {name: log, history_size: 1000000, history_ttl: 1h, force_recovery: true}
                """.formatted(number, chain, key, redis.port(), restarts));
        return ServerProcess.start(
                ServerProcess.java(
                        "-Xmx256m",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "dev.openline.app.Main",
                        "serve",
                        "--config",
                        config.toString(),
                        "--drain-seconds",
                        "1"),
                ADDRESS);
    }

    @Override
    void endServers() {
        for (ServerProcess node : nodes) if (node != null) node.close();
        if (redis != null) redis.close();
    }

    @Override
    String said() {
        StringBuilder all = new StringBuilder();
        for (ServerProcess node : nodes)
            if (node != null) all.append(String.join("\n", node.output())).append("\n--\n");
        return all.toString();
    }

    private void count(String fault) {
        faults.merge(fault, 1, Integer::sum);
    }

    private void doHarm() throws Exception {
        int one = chance.nextInt(NODES);
        switch (chance.nextInt(8)) {
            case 0 -> {
                count("server told to leave");
                assertThat(nodes[one].terminate()).isEqualTo(ENDED_BY_SIGTERM);
                nodes[one] = null;
                lead();
                harmWhile(chance.nextInt(1, 50));
                nodes[one] = node(one);
                lead();
            }
            case 1, 2, 3 -> {
                count("server killed");
                nodes[one].kill();
                nodes[one] = null;
                lead();
                harmWhile(chance.nextInt(1, 50));
                nodes[one] = node(one);
                lead();
            }
            case 4, 5 -> {
                count("Redis killed");
                redis.kill();
                redis.restart();
            }
            case 6 -> {
                count("Redis stopped for a while");
                redis.ask("CLIENT", "PAUSE", "" + chance.nextInt(100, 3_000), "ALL");
            }
            default -> {
                count("connections to Redis cut");
                redis.ask("CLIENT", "KILL", "TYPE", chance.nextBoolean() ? "pubsub" : "normal");
            }
        }
    }

    private void play(boolean nothingIsLost) throws Exception {
        for (int i = 1; i <= FAULTS; i++) {
            harmWhile(chance.nextInt(1, MOST_PUBLISHES));
            assertThat(ledger.violations()).as("seed %d, fault %d", seed, i).isEmpty();
            doHarm();
        }
        finish(nothingIsLost);
        System.out.printf(
                "%s, %d publishes acknowledged, %d positions told, told of gaps %d times, faults of lines %s, seed %d%n",
                faults,
                ledger.acknowledgements(),
                ledger.deliveries(),
                followers.stream().mapToInt(Follower::told).sum(),
                proxy.faults(),
                seed);
    }

    @Test
    void whatWasAcknowledgedReachesEverybodyOnceAndInOrderWhateverBecomesOfLinesServersAndARedisThatKeepsWhatItHas()
            throws Exception {
        play(true);
    }

    @Test
    void everybodyIsToldWhereARedisMayHaveLostWhatItHad() throws Exception {
        endServers();
        restarts = "may_lose";
        startServers();
        play(false);
    }
}
