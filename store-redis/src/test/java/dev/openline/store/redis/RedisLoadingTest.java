package dev.openline.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.LogEntry;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Redis with so much data that it takes a while to read it: it can be reached, and says nothing but that it is loading. */
class RedisLoadingTest {
    private static final ChannelOptions EVERY =
            ChannelOptions.every(1_000, Duration.ofHours(1)).build();
    /** Longer than anything here is waited for: what is answered before is not answered because of it. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private RedisServer redis;
    private Asked one;

    @BeforeAll
    static void a_server_can_run_here() {
        RedisServer.assumeAvailable();
    }

    /** It takes half a minute to read its data, unless it is told to be fast. */
    @BeforeEach
    void start() {
        redis = new RedisServer(
                        "appendonly", "yes",
                        "appendfsync", "always",
                        "key-load-delay", "10000",
                        "rdbcompression", "no",
                        "loading-process-events-interval-bytes", "1024")
                .start();
        redis.ask("EVAL", "for i = 1, 3000 do redis.call('SET', 'filler' .. i, string.rep('x', 1000)) end", "0");
    }

    @AfterEach
    void end() {
        if (one != null) one.close();
        redis.close();
    }

    private RedisOptions options() {
        return Asked.optionsFor(redis).withTimeout(LONG);
    }

    private void connect(RedisOptions options) throws IOException {
        one = new Asked(options);
    }

    private static PublishRequest request(String data) {
        return PublishRequest.of("a", Payload.of(data));
    }

    private List<String> texts() {
        return one.all(EVERY, "a").entries().stream()
                .map(LogEntry::publication)
                .map(publication -> publication.data().text())
                .toList();
    }

    private static void assertRefused(Published published) {
        assertThat(published).isInstanceOf(Published.Refused.class);
        assertThat(((Published.Refused) published).error().temporary()).isTrue();
    }

    /** What is in its append-only file is written anew, so that events are looked at while it is read. */
    private void compact() {
        redis.ask("BGREWRITEAOF");
        redis.await(
                "the rewriting",
                () -> redis.info("aof_rewrite_in_progress").equals("0")
                        && redis.info("aof_rewrite_scheduled").equals("0"));
    }

    private void restartSlowly() {
        compact();
        redis.kill();
        redis.startSlowly();
    }

    private void letItFinish() {
        assertThat(redis.isLoading()).isTrue();
        redis.ask("CONFIG", "SET", "key-load-delay", "0");
    }

    private void awaitUnfit() {
        redis.await(
                "that it is known not to be ready",
                () -> one.redis.links().all().stream().allMatch(link -> link.canBeAsked() && !link.isOpen()));
    }

    @Test
    void publishes_wait_in_order_and_nothing_is_missing_afterwards() throws IOException {
        connect(options().withRestarts(RedisOptions.Restarts.LOSE_NOTHING));
        Asked.Heard heard = one.follow("a");
        StreamPosition first = one.publish(EVERY, "a", "0");
        heard.await("said 1 0");
        restartSlowly();
        heard.await("listening");
        awaitUnfit();
        List<CompletableFuture<Published>> waiting = IntStream.rangeClosed(1, 20)
                .mapToObj(i -> one.begin(EVERY, request("" + i)))
                .toList();
        // It was tried again meanwhile.
        long tried = tries();
        redis.await("more tries", () -> tries() >= tried + 3);
        assertThat(waiting).noneMatch(CompletableFuture::isDone);
        assertThat(one.redis.isReachable()).isFalse();
        letItFinish();
        for (int i = 1; i <= 20; i++) {
            assertThat(Asked.answer(waiting.get(i - 1)))
                    .isEqualTo(new Published.At(new StreamPosition(i + 1, first.epoch())));
            heard.await("said " + (i + 1) + " " + i);
        }
        assertThat(texts())
                .isEqualTo(IntStream.rangeClosed(0, 20).mapToObj(i -> "" + i).toList());
        assertThat(one.redis.isReachable()).isTrue();
        assertThat(redis.ask("DBSIZE")).isEqualTo("3002");
    }

    private long tries() {
        String count = redis.info("errorstat_LOADING").replace("count=", "");
        return count.isEmpty() ? 0 : Long.parseLong(count);
    }

    @Test
    void what_has_waited_too_long_is_refused_and_never_said() throws IOException {
        connect(options().withTimeout(Duration.ofMillis(300)));
        redis.await("a publish", () -> one.publish(EVERY, request("0")) instanceof Published.At);
        restartSlowly();
        awaitUnfit();
        assertRefused(one.publish(EVERY, request("1")));
        assertThat(one.presence("a")).isNull();
        letItFinish();
        redis.await("a publish", () -> one.publish(EVERY, request("2")) instanceof Published.At);
        assertThat(texts()).endsWith("2").doesNotContain("1");
    }

    @Test
    void who_does_not_want_to_wait_is_refused_at_once() throws IOException {
        connect(options().withWhenAway(RedisOptions.WhenAway.REFUSE));
        one.publish(EVERY, "a", "0");
        restartSlowly();
        awaitUnfit();
        assertRefused(one.publish(EVERY, request("1")));
        assertThat(one.presence("a")).isNull();
        letItFinish();
        redis.await("a publish", () -> one.publish(EVERY, request("2")) instanceof Published.At);
        assertThat(texts()).containsExactly("0", "2");
    }

    @Test
    void who_comes_meanwhile_waits_too() throws IOException {
        connect(options().withRestarts(RedisOptions.Restarts.LOSE_NOTHING));
        one.publish(EVERY, "a", "0");
        one.close();
        restartSlowly();
        connect(options().withRestarts(RedisOptions.Restarts.LOSE_NOTHING));
        CompletableFuture<Published> waiting = one.begin(EVERY, request("1"));
        awaitUnfit();
        assertThat(waiting).isNotDone();
        letItFinish();
        assertThat(Asked.answer(waiting)).isInstanceOf(Published.At.class);
        assertThat(texts()).containsExactly("0", "1");
    }
}
