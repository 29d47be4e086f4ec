package dev.openline.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What somebody reads whose Redis can't be used: one sentence, soon, without a secret, and nothing is left behind. */
class RedisStartTest {
    @BeforeAll
    static void a_server_can_run_here() {
        RedisServer.assumeAvailable();
    }

    @AfterEach
    void no_thread_is_left() {
        RedisThreads.awaitNone();
    }

    private static void assertSays(RedisOptions options, String sentence) {
        assertThatThrownBy(() -> RedisStore.connect(options.withTimeout(Duration.ofSeconds(2))))
                .isInstanceOf(IOException.class)
                .hasMessage(sentence)
                .satisfies(fault -> {
                    for (Throwable each = fault; each != null; each = each.getCause())
                        assertThat(each.toString()).doesNotContain("s3cret");
                });
    }

    private static String at(int port) {
        return "redis://127.0.0.1:" + port;
    }

    @Test
    void nobody_is_there() {
        int port = RedisServer.freePort();
        assertSays(RedisOptions.at(at(port)), "no Redis can be reached at 127.0.0.1:" + port + ".");
        assertSays(RedisOptions.cluster(List.of(at(port))), "no Redis can be reached at 127.0.0.1:" + port + ".");
        assertSays(
                RedisOptions.sentinels("m", List.of("redis://:s3cret@127.0.0.1:" + port)),
                "no Redis can be reached at 127.0.0.1:" + port + ".");
    }

    @Test
    void somebody_is_there_who_says_nothing() {
        try (var redis = new RedisServer().start()) {
            redis.pause();
            assertSays(RedisOptions.at(at(redis.port())), "no Redis can be reached at 127.0.0.1:" + redis.port() + ".");
        }
    }

    @Test
    void sentinels_do_not_know_the_name() {
        try (var group = new RedisSentinels().start()) {
            int port = group.sentinelPorts().get(0);
            assertSays(
                    RedisOptions.sentinels("other", List.of(at(port))),
                    "the sentinels at 127.0.0.1:" + port + " do not know a Redis by this name.");
        }
    }

    @Test
    void the_address_is_none() {
        assertSays(
                RedisOptions.at("redis://:s3 cret@127.0.0.1:1"),
                "an address of a Redis is redis://[[user]:password@]host[:port][/database], or begins with rediss://.");
        assertSays(
                RedisOptions.at("http://:s3cret@127.0.0.1:1"),
                "an address of a Redis is redis://[[user]:password@]host[:port][/database], or begins with rediss://.");
    }

    @Test
    void the_password_is_wrong_or_missing() {
        try (var redis = new RedisServer("requirepass", "other").start()) {
            String where = "the Redis at 127.0.0.1:" + redis.port();
            assertSays(
                    RedisOptions.at("redis://:s3cret@127.0.0.1:" + redis.port()),
                    where + " does not take the user's name and password.");
            assertSays(RedisOptions.at(at(redis.port())), where + " wants a password.");
        }
    }

    @Test
    void the_user_may_not_do_what_is_needed() {
        try (var redis = new RedisServer().start()) {
            redis.ask("ACL", "SETUSER", "ann", "on", ">s3cret", "+@all", "-info", "~*", "&*");
            assertSays(
                    RedisOptions.at("redis://ann:s3cret@127.0.0.1:" + redis.port()),
                    "the Redis at 127.0.0.1:" + redis.port()
                            + " does not allow this user what is needed (INFO, scripts, sharded pub/sub).");
        }
    }

    @Test
    void it_would_forget_logs() {
        try (var redis = new RedisServer("maxmemory-policy", "allkeys-lru").start()) {
            assertSays(
                    RedisOptions.at(at(redis.port())),
                    "the Redis at 127.0.0.1:" + redis.port()
                            + " has the maxmemory-policy allkeys-lru, by which it would forget logs without a word; noeviction is needed.");
        }
    }

    @Test
    void it_would_lose_everything_when_it_is_started_again() {
        try (var redis = new RedisServer().start()) {
            assertSays(
                    RedisOptions.at(at(redis.port())).withRestarts(RedisOptions.Restarts.LOSE_NOTHING),
                    "the Redis at 127.0.0.1:" + redis.port()
                            + " has no append-only file (appendonly yes), so it would lose everything when it is started again.");
        }
    }

    @Test
    void it_is_a_replica() {
        try (var master = new RedisServer().start();
                var replica = RedisServer.replicaOf(master).start()) {
            assertSays(
                    RedisOptions.at(at(replica.port())),
                    "the Redis at 127.0.0.1:" + replica.port() + " is a replica, which can't be written.");
        }
    }

    @Test
    void it_is_a_cluster_or_none() {
        try (var cluster = RedisCluster.of(3).start()) {
            int port = cluster.masters().get(0).port();
            assertSays(
                    RedisOptions.at(at(port)),
                    "the Redis at 127.0.0.1:" + port
                            + " is part of a cluster, but the configuration says nothing of that.");
        }
        try (var redis = new RedisServer().start()) {
            assertSays(
                    RedisOptions.cluster(List.of(at(redis.port()))),
                    "the Redis at 127.0.0.1:" + redis.port()
                            + " is no cluster, but the configuration says that it is one.");
        }
    }

    @Test
    void it_is_too_old() throws IOException {
        try (var old = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> answering = CompletableFuture.runAsync(() -> answer(old));
            assertSays(
                    RedisOptions.at(at(old.getLocalPort())),
                    "the Redis at 127.0.0.1:" + old.getLocalPort() + " is of version 6.2.0; 7 or newer is needed.");
            old.close();
            answering.join();
        }
    }

    /** Answers as little as a Redis 6.2 would have to. */
    private static void answer(ServerSocket server) {
        String hello = "%3\r\n+server\r\n+redis\r\n+version\r\n+6.2.0\r\n+proto\r\n:3\r\n";
        String info = "redis_version:6.2.0\r\n";
        while (true) {
            try (Socket socket = server.accept();
                    var lines = new BufferedReader(
                            new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    // Of a command, the name alone is of interest.
                    String answer = switch (line) {
                        case "HELLO" -> hello;
                        case "INFO" -> "$" + info.length() + "\r\n" + info + "\r\n";
                        case "CLIENT" -> "+OK\r\n";
                        default -> "";
                    };
                    socket.getOutputStream().write(answer.getBytes(StandardCharsets.UTF_8));
                }
            } catch (IOException ended) {
                if (server.isClosed()) return;
            }
        }
    }
}
