package dev.openline.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.LogEntry;
import dev.openline.hub.LogStore;
import dev.openline.hub.PresenceStats;
import dev.openline.hub.PublishRates;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.hub.SharedStore;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One real Redis, and servers that share it. */
class RedisStoreTest {
    private static final ChannelOptions EVERY =
            ChannelOptions.every(5, Duration.ofHours(1)).build();
    private static final ChannelOptions KEYED = ChannelOptions.latest(Duration.ofHours(1))
            .history(3, Duration.ofHours(1))
            .latestKey("k")
            .build();
    private static final ChannelOptions UNLOGGED = ChannelOptions.unlogged().build();

    private static RedisServer redis;

    private Asked one;
    private Asked two;

    @BeforeAll
    static void start() {
        RedisServer.assumeAvailable();
        redis = new RedisServer().start();
    }

    @AfterAll
    static void end() {
        if (redis != null) redis.close();
    }

    @BeforeEach
    void connect() throws IOException {
        redis.ask("FLUSHALL");
        one = Asked.at(redis);
        two = Asked.at(redis);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private static PublishRequest request(String data) {
        return PublishRequest.of("a", Payload.of(data));
    }

    private static ClientInfo who(String client) {
        return new ClientInfo("user " + client.charAt(0), client, Payload.of("{}"), null);
    }

    @Test
    void offsets_follow_each_other_whoever_publishes_and_the_oldest_make_room() {
        String epoch = one.publish(EVERY, "a", "1").epoch();
        for (int i = 2; i <= 8; i++)
            assertThat((i % 2 == 0 ? two : one).publish(EVERY, "a", "" + i)).isEqualTo(new StreamPosition(i, epoch));
        SharedStore.Part all = two.all(EVERY, "a");
        assertThat(all.epoch()).isEqualTo(epoch);
        assertThat(all.first()).isEqualTo(4);
        assertThat(all.top()).isEqualTo(8);
        assertThat(all.entries())
                .extracting(e -> e.publication().data().text())
                .containsExactly("4", "5", "6", "7", "8");
        assertThat(one.offsets(EVERY, "a", 5L, 2, true)).containsExactly(6L, 7L);
        assertThat(one.offsets(EVERY, "a", 2L, 2, true)).containsExactly(4L, 5L);
        assertThat(one.offsets(EVERY, "a", 7L, 2, false)).containsExactly(6L, 5L);
        assertThat(one.offsets(EVERY, "a", null, 2, false)).containsExactly(8L, 7L);
        assertThat(one.offsets(EVERY, "a", 8L, 2, true)).isEmpty();
    }

    @Test
    void all_that_belongs_to_a_publication_comes_back() {
        var info = new ClientInfo("ann", "c1", Payload.of("{\"a\":1}"), Payload.of("2"));
        one.publish(EVERY, request("{\"x\":\"é\"}").by(info).tagged(Map.of("k", "v")));
        LogEntry entry = two.all(EVERY, "a").entries().get(0);
        assertThat(entry.publication().data()).isEqualTo(Payload.of("{\"x\":\"é\"}"));
        assertThat(entry.publication().info()).isEqualTo(info);
        assertThat(entry.publication().tags()).isEqualTo(Map.of("k", "v"));
        assertThat(entry.timeMillis()).isBetween(1_700_000_000_000L, 4_000_000_000_000L);
    }

    @Test
    void a_key_is_published_once() {
        Published first = one.publish(EVERY, request("1").once("key"));
        assertThat(two.publish(EVERY, request("1").once("key"))).isEqualTo(first);
        assertThat(two.publish(EVERY, request("1").once("other"))).isNotEqualTo(first);
        assertThat(one.all(EVERY, "a").top()).isEqualTo(2);
    }

    @Test
    void a_version_that_is_covered_is_not_published_again() {
        one.publish(EVERY, request("1").version(new PublishRequest.Version(9, "x")));
        assertThat(((Published.At) two.publish(EVERY, request("2").version(new PublishRequest.Version(9, "x"))))
                        .position()
                        .offset())
                .isEqualTo(1);
        assertThat(((Published.At) two.publish(EVERY, request("3").version(new PublishRequest.Version(10, "x"))))
                        .position()
                        .offset())
                .isEqualTo(2);
        assertThat(((Published.At) two.publish(EVERY, request("4").version(new PublishRequest.Version(1, "y"))))
                        .position()
                        .offset())
                .isEqualTo(3);
    }

    @Test
    void a_rate_is_kept_by_all_together() {
        ChannelOptions slow = ChannelOptions.every(5, Duration.ofHours(1))
                .rates(new PublishRates(3, 0))
                .build();
        int refused = 0;
        for (int i = 0; i < 12; i++) {
            Published published = (i % 2 == 0 ? one : two).publish(slow, request("1"));
            if (published instanceof Published.Refused no) {
                assertThat(no.error()).isEqualTo(ErrorReply.TOO_MANY_REQUESTS);
                refused++;
            }
        }
        assertThat(refused).isPositive();
        ChannelOptions live =
                ChannelOptions.unlogged().rates(new PublishRates(3, 0)).build();
        Published last = null;
        for (int i = 0; i < 12; i++) last = one.publish(live, PublishRequest.of("live", Payload.of("1")));
        assertThat(last).isInstanceOf(Published.Refused.class);
    }

    @Test
    void what_is_too_old_is_not_read_and_the_position_stays() throws InterruptedException {
        ChannelOptions brief = ChannelOptions.every(5, Duration.ofMillis(1)).build();
        one.publish(brief, "a", "1");
        one.publish(brief, "a", "2");
        redis.await("a millisecond passes", () -> one.all(brief, "a").entries().isEmpty());
        assertThat(two.all(brief, "a").first()).isEqualTo(3);
        assertThat(two.publish(brief, "a", "3").offset()).isEqualTo(3);
    }

    @Test
    void of_each_key_the_newest_is_kept_and_the_one_that_was_silent_longest_makes_room() {
        for (String key : List.of("x", "y", "x", "z")) one.publishKeyed(KEYED, "a", key);
        assertThat(two.offsets(KEYED, "a", null, 10, true)).containsExactly(2L, 3L, 4L);
        assertThat(two.all(KEYED, "a").first()).isEqualTo(1);
        one.publishKeyed(KEYED, "a", "w");
        assertThat(two.offsets(KEYED, "a", null, 10, true)).containsExactly(3L, 4L, 5L);
        assertThat(two.all(KEYED, "a").first()).isEqualTo(3);
        assertThat(two.offsets(KEYED, "a", 3L, 1, true)).containsExactly(4L);
        assertThat(two.offsets(KEYED, "a", 5L, 1, false)).containsExactly(4L);
        assertThat(one.clear(KEYED, "a")).isEqualTo(LogStore.Outcome.KEPT);
        assertThat(two.all(KEYED, "a").first()).isEqualTo(6);
        assertThat(two.publishKeyed(KEYED, "a", "x").offset()).isEqualTo(6);
    }

    @Test
    void a_log_that_is_cleared_keeps_its_position_and_those_who_follow_it_are_told_to_look() {
        one.publish(EVERY, "a", "1");
        Asked.Heard heard = two.follow("a");
        assertThat(one.clear(EVERY, "a")).isEqualTo(LogStore.Outcome.KEPT);
        assertThat(heard.next()).isEqualTo("listening");
        SharedStore.Part all = two.all(EVERY, "a");
        assertThat(all.entries()).isEmpty();
        assertThat(all.first()).isEqualTo(2);
        assertThat(two.publish(EVERY, "a", "2").offset()).isEqualTo(2);
    }

    @Test
    void a_log_that_is_given_up_has_another_epoch_once() {
        String epoch = one.publish(EVERY, "a", "1").epoch();
        one.run(store -> store.giveUp("a", epoch));
        String next = one.all(EVERY, "a").epoch();
        assertThat(next).isNotEqualTo(epoch);
        two.run(store -> store.giveUp("a", epoch));
        assertThat(two.all(EVERY, "a").epoch()).isEqualTo(next);
    }

    @Test
    void whoever_follows_a_channel_hears_what_is_said_there_and_who_comes_and_goes() {
        Asked.Heard heard = two.follow("a");
        one.publish(EVERY, "a", "\"hello\"");
        one.publish(UNLOGGED, request("\"psst\""));
        one.publish(UNLOGGED, request("\"once\"").once("key"));
        one.publish(UNLOGGED, request("\"once\"").once("key"));
        one.run(store -> store.announce("a", who("c1"), true));
        one.run(store -> store.announce("a", who("c1"), false));
        assertThat(heard.next()).isEqualTo("said 1 \"hello\"");
        assertThat(heard.next()).isEqualTo("said 0 \"psst\"");
        assertThat(heard.next()).isEqualTo("said 0 \"once\"");
        assertThat(heard.next()).isEqualTo("+c1");
        assertThat(heard.next()).isEqualTo("-c1");
    }

    @Test
    void who_is_there_is_known_to_all() {
        one.run(store -> store.enter("a", who("ann")));
        assertThat(one.presence("a")).containsExactly(who("ann"));
        two.run(store -> store.enter("a", who("arthur")));
        two.run(store -> store.enter("a", who("bob")));
        assertThat(two.presence("a")).containsExactlyInAnyOrder(who("ann"), who("arthur"), who("bob"));
        assertThat(two.presenceStats("a")).isEqualTo(new PresenceStats(3, 2));
        two.run(store -> store.leave("a", who("bob")));
        assertThat(two.presenceStats("a")).isEqualTo(new PresenceStats(2, 1));
        assertThat(redis.ask("EXISTS", "openline:p:{a}")).isEqualTo("1");
    }

    @Test
    void whose_server_is_gone_is_gone_from_the_list_after_a_while() throws IOException {
        Asked three =
                new Asked(RedisOptions.at("redis://127.0.0.1:" + redis.port()).withPresenceTtl(Duration.ofSeconds(3)));
        three.run(store -> store.enter("a", who("ann")));
        one.run(store -> store.enter("a", who("bob")));
        assertThat(one.presence("a")).contains(who("bob"));
        assertThat(three.presence("a")).hasSize(2);
        // It is kept there longer than its time.
        redis.await(
                "it was said again",
                () -> !redis.ask("ZSCORE", "openline:x:{a}", "ann").isEmpty());
        String first = redis.ask("ZSCORE", "openline:x:{a}", "ann");
        redis.await(
                "it was said again",
                () -> !redis.ask("ZSCORE", "openline:x:{a}", "ann").equals(first));
        three.close();
        redis.await("its time is over", () -> List.of(who("bob")).equals(one.presence("a")));
        assertThat(one.presenceStats("a")).isEqualTo(new PresenceStats(1, 1));
    }

    @Test
    void scripts_that_redis_has_forgotten_are_handed_over_again_and_calls_stay_in_order() {
        one.publish(EVERY, "a", "0");
        Asked.Heard heard = two.follow("a");
        redis.ask("SCRIPT", "FLUSH");
        for (int i = 1; i <= 50; i++) {
            int number = i;
            one.run(store -> store.publish(request("" + number), EVERY, (published, now) -> {}));
        }
        List<String> all =
                LongStream.rangeClosed(1, 50).mapToObj(i -> heard.next()).toList();
        assertThat(all)
                .isEqualTo(LongStream.rangeClosed(1, 50)
                        .mapToObj(i -> "said " + (i + 1) + " " + i)
                        .toList());
    }

    private static Set<String> lettuceLoops() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("lettuce-") && name.contains("EventLoop"))
                .collect(Collectors.toSet());
    }

    @Test
    void loops_that_are_given_carry_the_connections_and_are_left_running() throws IOException {
        var loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
        Set<String> before = lettuceLoops();
        try (RedisStore store = RedisStore.connect(RedisOptions.at("redis://127.0.0.1:" + redis.port()), loops)) {
            assertThat(store.isReachable()).isTrue();
            assertThat(lettuceLoops()).isEqualTo(before);
        }
        assertThat(loops.isShuttingDown()).isFalse();
        loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }

    @Test
    void names_may_have_any_characters_in_them() {
        for (String name : List.of("a}b", "{a}", "}", "50%", "é:x")) {
            assertThat(one.publish(EVERY, name, "1").offset()).isEqualTo(1);
            assertThat(two.all(EVERY, name).top()).isEqualTo(1);
        }
    }
}
