package dev.openline.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What other tests rely on when they kill, halt and bring back real Redis servers. */
class RedisServersTest {
    @BeforeAll
    static void a_server_can_run_here() {
        RedisServer.assumeAvailable();
    }

    @Test
    void what_the_append_only_file_has_is_there_after_a_kill_and_gone_with_the_disk() {
        try (var redis = new RedisServer("appendonly", "yes", "appendfsync", "always").start()) {
            long before = redis.pid();
            redis.ask("SET", "key", "two\r\nlines");
            redis.kill();
            assertThat(redis.isRunning()).isFalse();
            redis.restart();
            assertThat(redis.pid()).isNotEqualTo(before);
            assertThat(redis.ask("GET", "key")).isEqualTo("two\r\nlines");
            redis.restartEmpty();
            assertThat(redis.ask("GET", "key")).isEqualTo("(nil)");
        }
    }

    @Test
    void without_options_nothing_survives_a_restart() {
        try (var redis = new RedisServer().start()) {
            redis.ask("SET", "key", "value");
            redis.restart();
            assertThat(redis.ask("EXISTS", "key")).isEqualTo("0");
        }
    }

    @Test
    void a_paused_server_answers_nothing_until_it_goes_on() {
        try (var redis = new RedisServer().start()) {
            redis.pause();
            assertThatThrownBy(() -> redis.ask(Duration.ofMillis(100), "PING"))
                    .hasCauseInstanceOf(SocketTimeoutException.class);
            redis.resume();
            assertThat(redis.ask("PING")).isEqualTo("PONG");
        }
    }

    @Test
    void a_server_can_be_killed_while_it_is_paused() {
        try (var redis = new RedisServer().start()) {
            redis.pause();
            redis.kill();
            redis.restart();
            assertThat(redis.isRunning()).isTrue();
        }
    }

    @Test
    void answers_are_text_and_errors_are_thrown() {
        try (var redis = new RedisServer("requirepass", "secret").start()) {
            assertThat(redis.ask("RPUSH", "list", "a", "ä", "")).isEqualTo("3");
            assertThat(redis.ask("LRANGE", "list", "0", "-1")).isEqualTo("a\nä\n");
            assertThat(redis.ask("CONFIG", "GET", "protected-mode")).isEqualTo("protected-mode\nno");
            assertThatThrownBy(() -> redis.ask("INCR", "list"))
                    .isInstanceOf(RedisServer.Refused.class)
                    .hasMessageStartingWith("WRONGTYPE");
        }
    }

    @Test
    void the_time_of_the_processors_grows_with_work() {
        try (var redis = new RedisServer().start()) {
            Duration before = redis.cpuTime();
            redis.await("a use of the processor", () -> {
                redis.ask("EVAL", "for i = 1, 1000000 do end", "0");
                return redis.cpuTime().compareTo(before) > 0;
            });
        }
    }

    @Test
    void a_server_that_cannot_start_says_why() {
        try (var redis = new RedisServer("maxmemory", "much")) {
            assertThatThrownBy(redis::start).isInstanceOf(AssertionError.class).hasMessageContaining("maxmemory much");
        }
    }

    @Test
    void servers_do_not_outlive_a_process_that_was_killed(@TempDir Path left) throws Exception {
        Process other = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        "-Djava.io.tmpdir=" + left,
                        "-D" + RedisBinary.PROPERTY + "=" + System.getProperty(RedisBinary.PROPERTY, ""),
                        Started.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        try (var lines = new BufferedReader(new InputStreamReader(other.getInputStream(), StandardCharsets.UTF_8))) {
            ProcessHandle server =
                    ProcessHandle.of(Long.parseLong(lines.readLine())).orElseThrow();
            assertThat(server.isAlive()).isTrue();
            other.destroyForcibly();
            server.onExit().get(RedisServer.PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } finally {
            other.destroyForcibly();
        }
    }

    /** Starts a server, tells its process and waits to be killed. */
    static final class Started {
        public static void main(String[] arguments) throws InterruptedException {
            System.out.println(new RedisServer().start().pid());
            Thread.sleep(60_000);
        }
    }

    @Test
    void sentinels_promote_the_replica_when_the_master_was_killed() {
        try (var group = new RedisSentinels().start()) {
            assertThat(group.masterPort()).isEqualTo(group.master().port());
            group.master().ask("SET", "key", "value");
            group.replica()
                    .await("the copy", () -> group.replica().ask("GET", "key").equals("value"));
            group.master().kill();
            group.awaitMaster(group.replica());
            assertThat(group.masterPort()).isEqualTo(group.replica().port());
            assertThat(group.replica().ask("GET", "key")).isEqualTo("value");
        }
    }

    @Test
    void a_node_of_a_cluster_sends_on_who_asks_for_a_key_of_another() {
        try (var cluster = RedisCluster.of(3).start()) {
            RedisServer owner = cluster.masterOf("foo");
            // CLUSTER KEYSLOT foo is 12182: the last third.
            assertThat(owner).isSameAs(cluster.masters().get(2));
            assertThat(owner.ask("SET", "foo", "value")).isEqualTo("OK");
            for (RedisServer other :
                    List.of(cluster.masters().get(0), cluster.masters().get(1)))
                assertThatThrownBy(() -> other.ask("GET", "foo")).hasMessage("MOVED 12182 127.0.0.1:" + owner.port());
        }
    }

    @Test
    void a_replica_of_a_cluster_takes_the_place_of_its_killed_master() {
        try (var cluster = RedisCluster.withReplicas(3).start()) {
            RedisServer replica = cluster.replicas().get(2);
            cluster.masterOf("foo").kill();
            replica.await("its promotion", () -> replica.info("role").equals("master"));
            cluster.awaitOk();
            assertThat(cluster.masterOf("foo")).isSameAs(replica);
        }
    }
}
