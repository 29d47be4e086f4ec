package dev.openline.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import dev.openline.hub.Feature;
import dev.openline.hub.LogEntry;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.hub.SharedStore;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Channels that a pattern channel gathers, in a real Redis. */
class RedisPatternTest {
    private static final Duration TTL = Duration.ofMinutes(10);
    private static final ChannelOptions NEWS =
            ChannelOptions.every(5, TTL).with(Feature.WILDCARD).build();
    private static final ChannelOptions LAST =
            ChannelOptions.every(2, TTL).with(Feature.WILDCARD).build();
    private static final ChannelOptions PRICE = ChannelOptions.latest(TTL)
            .history(4, TTL)
            .latestKey("k")
            .with(Feature.WILDCARD)
            .build();
    private static final ChannelOptions TYPING =
            ChannelOptions.unlogged().with(Feature.WILDCARD).build();
    static final ChannelRules RULES = ChannelRules.builder()
            .namespace("news", NEWS)
            .namespace("price", PRICE)
            .namespace("typing", TYPING)
            .channel("news:last", LAST)
            .channel("news:apart", ChannelOptions.every(5, TTL).build())
            .channel("news:now", TYPING)
            .channel("typing:kept", NEWS)
            .build();

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
        one = new Asked(Asked.optionsFor(redis), RULES);
        two = new Asked(Asked.optionsFor(redis), RULES);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private static List<String> said(SharedStore.Part part) {
        return part.entries().stream().map(RedisPatternTest::said).toList();
    }

    private static String said(LogEntry entry) {
        return entry.offset() + " " + entry.publication().channel() + " "
                + entry.publication().data().text();
    }

    @Test
    void what_is_said_in_the_namespace_is_in_the_log_of_its_pattern_with_offsets_of_its_own() {
        Asked.Heard heard = two.follow("news:*");
        one.publish(NEWS, "news:a", "1");
        two.publish(NEWS, "news:b", "2");
        one.publish(NEWS, "news:a", "3");
        assertThat(said(two.all(NEWS, "news:*"))).containsExactly("1 news:a 1", "2 news:b 2", "3 news:a 3");
        assertThat(said(one.all(NEWS, "news:a"))).containsExactly("1  1", "2  3");
        assertThat(List.of(heard.next(), heard.next(), heard.next()))
                .containsExactly("said 1 1", "said 2 2", "said 3 3");
    }

    @Test
    void the_pattern_keeps_as_much_as_its_own_options_say() {
        for (int i = 1; i <= 7; i++) one.publish(LAST, "news:last", "" + i);
        assertThat(one.all(LAST, "news:last").first()).isEqualTo(6);
        SharedStore.Part pattern = two.all(NEWS, "news:*");
        assertThat(pattern.first()).isEqualTo(3);
        assertThat(pattern.top()).isEqualTo(7);
    }

    @Test
    void a_key_that_is_known_is_not_gathered_again() {
        PublishRequest request =
                PublishRequest.of("news:a", Payload.of("1")).once("key").tagged(Map.of("k", "v"));
        Published first = one.publish(NEWS, request);
        assertThat(two.publish(NEWS, request)).isEqualTo(first);
        SharedStore.Part pattern = two.all(NEWS, "news:*");
        assertThat(said(pattern)).containsExactly("1 news:a 1");
        assertThat(pattern.entries().get(0).publication().tags()).isEqualTo(Map.of("k", "v"));
    }

    @Test
    void keys_of_channels_whose_names_begin_alike_are_told_apart() {
        Published first =
                one.publish(NEWS, PublishRequest.of("news:a", Payload.of("1")).once("b:c"));
        Published second =
                one.publish(NEWS, PublishRequest.of("news:a:b", Payload.of("2")).once("c"));
        assertThat(second).isNotEqualTo(first);
        assertThat(said(one.all(NEWS, "news:*"))).containsExactly("1 news:a 1", "2 news:a:b 2");
    }

    @Test
    void what_is_private_or_apart_is_not_gathered() {
        one.publish(NEWS, "$news:a", "1");
        one.publish(NEWS, "news:apart", "2");
        one.publish(NEWS, "news:a#ann", "3");
        assertThat(one.all(NEWS, "news:*").top()).isZero();
        assertThat(one.all(NEWS, "$news:a").top()).isEqualTo(1);
    }

    @Test
    void of_each_key_of_each_channel_the_newest_is_kept() {
        for (String channel : List.of("price:a", "price:b"))
            for (String key : List.of("x", "y", "x")) one.publishKeyed(PRICE, channel, key);
        assertThat(two.offsets(PRICE, "price:*", null, 10, true)).containsExactly(2L, 3L, 5L, 6L);
        one.publishKeyed(PRICE, "price:c", "x");
        assertThat(two.offsets(PRICE, "price:*", null, 10, true)).containsExactly(3L, 5L, 6L, 7L);
        assertThat(two.all(PRICE, "price:*").first()).isEqualTo(3);
    }

    @Test
    void what_is_in_no_log_is_told_to_those_who_follow_the_pattern() {
        Asked.Heard heard = two.follow("typing:*");
        assertThat(one.publish(TYPING, PublishRequest.of("typing:a", Payload.of("1"))))
                .isEqualTo(new Published.Unlogged());
        assertThat(heard.next()).isEqualTo("said 0 1");
        one.publish(TYPING, PublishRequest.of("typing:a", Payload.of("2")).once("key"));
        one.publish(TYPING, PublishRequest.of("typing:a", Payload.of("2")).once("key"));
        assertThat(heard.next()).isEqualTo("said 0 2");
        one.publish(NEWS, "typing:kept", "3");
        assertThat(heard.next()).isEqualTo("said 0 3");
    }

    @Test
    void what_is_in_no_log_of_its_own_is_in_none_of_the_pattern() {
        Asked.Heard heard = two.follow("news:*");
        one.publish(TYPING, PublishRequest.of("news:now", Payload.of("1")));
        assertThat(heard.next()).isEqualTo("said 0 1");
        one.publish(NEWS, "news:a", "2");
        assertThat(heard.next()).isEqualTo("said 1 2");
    }

    @Test
    void who_is_on_a_gathered_channel_is_known_to_all() {
        var who = new ClientInfo("ann", "c", Payload.of("{}"), null);
        one.run(store -> store.enter("news:a", who));
        redis.await("her to be there", () -> two.presence("news:a").size() == 1);
        one.run(store -> store.leave("news:a", who));
        redis.await("her to be gone", () -> two.presence("news:a").isEmpty());
        assertThat(two.presence("news:*")).isEmpty();
    }

    @Test
    void after_a_restart_without_its_data_both_logs_begin_new_lives() throws IOException {
        one.publish(NEWS, "news:a", "1");
        String own = two.all(NEWS, "news:a").epoch();
        String pattern = two.all(NEWS, "news:*").epoch();
        try (RedisServer other = new RedisServer().start();
                Asked there = new Asked(Asked.optionsFor(other), RULES)) {
            there.publish(NEWS, "news:a", "1");
            assertThat(there.all(NEWS, "news:a").epoch()).isNotEqualTo(own);
            assertThat(there.all(NEWS, "news:*").epoch()).isNotEqualTo(pattern);
        }
    }
}
