package dev.openline.store.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.hub.ChannelOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** TLS with servers that are not dialled because of an address of ours, but because others name them. */
class RedisTlsGroupsTest {
    private static final ChannelOptions EVERY =
            ChannelOptions.every(100, Duration.ofHours(1)).build();

    @TempDir
    Path folder;

    private Authority authority;
    private Authority.Pair shown;
    private Asked one;

    @BeforeAll
    static void servers_can_run_here() {
        RedisServer.assumeAvailable();
    }

    @BeforeEach
    void make_an_authority() throws Exception {
        authority = new Authority(folder.resolve("ours"));
        shown = authority.local();
    }

    @AfterEach
    void end() {
        if (one != null) one.close();
    }

    private static String encrypted(RedisServer server) {
        return "rediss://127.0.0.1:" + server.option("tls-port");
    }

    private RedisTls trusting() {
        return RedisTls.USUAL.trusting(authority.file());
    }

    /** Nobody of ours has come in without TLS. */
    private static void assertEncrypted(RedisServer server) {
        List<String> ours = server.ask("CLIENT", "LIST")
                .lines()
                .filter(line -> line.contains("name=openline"))
                .toList();
        assertThat(ours).isNotEmpty().allMatch(line -> line.contains(":" + server.option("tls-port") + " "));
    }

    @Test
    void all_masters_of_a_cluster_are_spoken_to_with_tls() throws IOException {
        try (var cluster = RedisCluster.of(3, () -> authority.lines(shown, "tls-cluster", "yes"))
                .start()) {
            RedisOptions options = RedisOptions.cluster(
                            List.of(encrypted(cluster.masters().get(0))))
                    .withTimeout(Duration.ofSeconds(5));
            assertThatThrownBy(() -> RedisStore.connect(options))
                    .hasMessage("the Redis at "
                            + options.addresses().get(0).substring("rediss://".length())
                            + " shows a certificate of an authority that is not trusted.");
            one = new Asked(options.withTls(trusting()));
            for (int i = 0; i < 30; i++) {
                Asked.Heard heard = one.follow("a" + i);
                assertThat(one.publish(EVERY, "a" + i, "1").offset()).isEqualTo(1);
                assertThat(heard.next()).isEqualTo("said 1 1");
            }
            cluster.masters().forEach(RedisTlsGroupsTest::assertEncrypted);
            one.close();
        }
    }

    @Test
    void masters_that_have_names_are_spoken_to_by_their_names() throws Exception {
        // Not for an address.
        Authority.Pair named = authority.issue(Authority.usual().addSanDnsName("localhost"));
        String[] more = {"tls-cluster", "yes", "cluster-announce-hostname", "localhost"};
        try (var cluster =
                RedisCluster.of(3, () -> authority.lines(named, more)).start()) {
            String first = "rediss://localhost:" + cluster.masters().get(0).option("tls-port");
            one = new Asked(RedisOptions.cluster(List.of(first)).withTls(trusting()));
            for (int i = 0; i < 30; i++)
                assertThat(one.publish(EVERY, "a" + i, "1").offset()).isEqualTo(1);
            cluster.masters().forEach(RedisTlsGroupsTest::assertEncrypted);
            one.close();
        }
    }

    @Test
    void sentinels_and_whoever_takes_over_are_spoken_to_with_tls() throws IOException {
        try (var group = new RedisSentinels(() -> authority.lines(shown)).start()) {
            List<String> addresses = group.sentinels().stream()
                    .map(RedisTlsGroupsTest::encrypted)
                    .toList();
            RedisOptions options =
                    RedisOptions.sentinels(group.masterName(), addresses).withTimeout(Duration.ofMinutes(5));
            assertThatThrownBy(() -> RedisStore.connect(options.withTimeout(Duration.ofSeconds(5))))
                    .hasMessageEndingWith(" shows a certificate of an authority that is not trusted.");
            one = new Asked(options.withTls(trusting()));
            Asked.Heard heard = one.follow("a");
            assertThat(one.publish(EVERY, "a", "1").offset()).isEqualTo(1);
            assertThat(heard.next()).isEqualTo("said 1 1");
            assertEncrypted(group.master());
            group.master().kill();
            assertThat(heard.next()).isEqualTo("deaf");
            one.awaitAway(group.master());
            group.awaitMaster(group.replica());
            heard.await("listening");
            one.publish(EVERY, "a", "2");
            assertEncrypted(group.replica());
            one.close();
        }
    }
}
