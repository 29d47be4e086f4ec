package dev.openline.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Three masters that have the channels among them. */
class RedisClusterTest {
    private static final ChannelOptions EVERY =
            ChannelOptions.every(100_000, Duration.ofHours(1)).build();
    private static final Duration LONG = Duration.ofMinutes(5);

    private static RedisCluster cluster;

    private final List<Asked> asked = new ArrayList<>();

    @BeforeAll
    static void start() {
        RedisServer.assumeAvailable();
        cluster = RedisCluster.of(3).start();
    }

    @AfterAll
    static void end() {
        if (cluster != null) cluster.close();
    }

    @AfterEach
    void close() {
        asked.forEach(Asked::close);
        for (RedisServer master : cluster.masters())
            assertThat(master.info("errorstat_CROSSSLOT")).isEmpty();
    }

    private Asked connect(RedisCluster to) throws IOException {
        return connect(to, Asked.NO_PATTERNS);
    }

    private Asked connect(RedisCluster to, ChannelRules rules) throws IOException {
        String first = "redis://127.0.0.1:" + to.masters().get(0).port();
        Asked one = new Asked(RedisOptions.cluster(List.of(first)).withTimeout(LONG), rules);
        asked.add(one);
        return one;
    }

    private static PublishRequest request(String channel, int number) {
        return PublishRequest.of(channel, Payload.of("" + number));
    }

    /** So many channels that each master has some. */
    private static List<String> channels(String name) {
        List<String> all = IntStream.range(0, 30).mapToObj(i -> name + i).toList();
        assertThat(all.stream().map(cluster::masterOf).distinct()).hasSize(3);
        return all;
    }

    private static List<String> shardChannels(RedisServer server) {
        return server.ask("PUBSUB", "SHARDCHANNELS").lines().toList();
    }

    private static void awaitFollowed(RedisServer server, String channel) {
        server.await(
                "that " + channel + " is told there",
                () -> shardChannels(server).contains("openline:n:{" + channel + "}"));
    }

    @Test
    void each_channel_is_where_its_slot_is() throws IOException {
        Asked one = connect(cluster);
        Asked two = connect(cluster);
        for (String channel : channels("each")) {
            Asked.Heard heard = two.follow(channel);
            assertThat(one.publish(EVERY, channel, "1").offset()).isEqualTo(1);
            assertThat(one.publish(EVERY, request(channel, 1).once("key"))).isInstanceOf(Published.At.class);
            one.run(store -> store.announce(channel, new ClientInfo("ann", "c", null, null), true));
            assertThat(heard.next()).isEqualTo("said 1 1");
            assertThat(heard.next()).isEqualTo("said 2 1");
            assertThat(heard.next()).isEqualTo("+c");
            assertThat(two.all(EVERY, channel).top()).isEqualTo(2);
            assertThat(shardChannels(cluster.masterOf(channel))).contains("openline:n:{" + channel + "}");
        }
        assertThat(one.redis.isReachable()).isTrue();
    }

    @Test
    void channels_that_a_pattern_gathers_are_where_the_pattern_is() throws IOException {
        Asked one = connect(cluster, RedisPatternTest.RULES);
        Asked two = connect(cluster, RedisPatternTest.RULES);
        ChannelOptions options = RedisPatternTest.RULES.optionsFor("news:*");
        Asked.Heard heard = two.follow("news:*");
        for (int i = 1; i <= 5; i++) {
            String channel = "news:" + i;
            Asked.Heard apart = two.follow(channel);
            assertThat(one.publish(options, channel, "" + i).offset()).isEqualTo(1);
            assertThat(apart.next()).isEqualTo("said 1 " + i);
            assertThat(heard.next()).isEqualTo("said " + i + " " + i);
            assertThat(shardChannels(cluster.masterOf("news:*"))).contains("openline:n:{news:*}{" + channel + "}");
        }
        assertThat(two.offsets(options, "news:*", null, 10, true)).containsExactly(1L, 2L, 3L, 4L, 5L);
    }

    @Test
    void all_masters_are_told_the_password() throws IOException {
        try (var closed = RedisCluster.of(3, "requirepass", "s3cret").start()) {
            String first =
                    "redis://:s3cret@127.0.0.1:" + closed.masters().get(0).port();
            // Which of them says who is there differs from time to time.
            for (int i = 0; i < 5; i++)
                try (var one = new Asked(RedisOptions.cluster(List.of(first)))) {
                    for (String channel : channels("told" + i))
                        assertThat(one.publish(EVERY, channel, "1").offset()).isEqualTo(1);
                }
        }
    }

    @Test
    void after_connections_were_cut_all_channels_are_told_again_each_asked_for_by_itself() throws IOException {
        Asked one = connect(cluster);
        Map<String, Asked.Heard> all = new LinkedHashMap<>();
        for (String channel : channels("cut")) all.put(channel, one.follow(channel));
        for (RedisServer master : cluster.masters()) master.ask("CLIENT", "KILL", "TYPE", "pubsub");
        all.forEach((channel, heard) -> {
            assertThat(heard.next()).isEqualTo("deaf");
            assertThat(heard.next()).isEqualTo("listening");
            one.publish(EVERY, channel, "1");
            assertThat(heard.next()).isEqualTo("said 1 1");
        });
    }

    @Test
    void a_channel_whose_slot_moves_goes_on_at_its_new_owner() throws IOException {
        Asked one = connect(cluster);
        Asked.Heard heard = one.follow("moved");
        StreamPosition first = one.publish(EVERY, "moved", "0");
        RedisServer from = cluster.masterOf("moved");
        RedisServer to = cluster.anotherThan(from);
        AtomicBoolean enough = new AtomicBoolean();
        CompletableFuture<List<String>> publishing = CompletableFuture.supplyAsync(() -> {
            List<String> done = new ArrayList<>(List.of("0"));
            while (!enough.get()) {
                Published published =
                        one.publish(EVERY, request("moved", done.size()).once("key " + done.size()));
                assertThat(published).isInstanceOf(Published.At.class);
                done.add("" + done.size());
            }
            return done;
        });
        cluster.beginMove("moved", from, to);
        cluster.endMove("moved", from, to);
        awaitFollowed(to, "moved");
        heard.await("deaf");
        heard.await("listening");
        enough.set(true);
        List<String> done = Asked.answer(publishing);
        assertThat(one.all(EVERY, "moved").epoch()).isNotEqualTo(first.epoch());
        List<String> texts = new ArrayList<>();
        for (long since = 0; ; since += 1_000) {
            var page = one.offsets(EVERY, "moved", since, 1_000, true);
            if (page.isEmpty()) break;
            page.forEach(offset -> texts.add("" + (offset - 1)));
        }
        assertThat(texts).isEqualTo(done);
        StreamPosition last = one.publish(EVERY, "moved", "last");
        heard.await("said " + last.offset() + " last");
        assertThat(shardChannels(from)).doesNotContain("openline:n:{moved}");
    }

    @Test
    void when_a_replica_takes_over_what_waits_is_said_there_in_another_epoch() throws IOException {
        try (var pairs = RedisCluster.withReplicas(3).start()) {
            Asked one = connect(pairs);
            Asked.Heard heard = one.follow("a");
            StreamPosition first = one.publish(EVERY, "a", "1");
            heard.await("said 1 1");
            RedisServer master = pairs.masterOf("a");
            RedisServer replica = pairs.replicas().get(pairs.masters().indexOf(master));
            replica.await(
                    "the copy", () -> replica.info("slave_repl_offset").equals(master.info("master_repl_offset")));
            master.kill();
            assertThat(heard.next()).isEqualTo("deaf");
            one.awaitAway(master);
            List<CompletableFuture<Published>> waiting = IntStream.rangeClosed(2, 20)
                    .mapToObj(i -> one.begin(EVERY, request("a", i)))
                    .toList();
            replica.await("its promotion", () -> replica.info("role").equals("master"));
            for (int i = 2; i <= 20; i++) {
                StreamPosition next = ((Published.At) Asked.answer(waiting.get(i - 2))).position();
                assertThat(next.offset()).isEqualTo(i);
                assertThat(next.epoch()).isNotEqualTo(first.epoch());
            }
            awaitFollowed(replica, "a");
            heard.await("listening");
            assertThat(one.publish(EVERY, "a", "21").offset()).isEqualTo(21);
            heard.await("said 21 21");
            one.close();
        }
    }
}
