package dev.openline.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.LogEntry;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.hub.SharedStore;
import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One real Redis that is killed, halted, filled up and cut off. */
class RedisFaultsTest {
    private static final ChannelOptions EVERY =
            ChannelOptions.every(1_000, Duration.ofHours(1)).build();
    /** Longer than anything here is waited for: what is answered before is not answered because of it. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private static final Duration BRIEF = Duration.ofMillis(300);

    private RedisServer redis;
    private final List<Asked> asked = new ArrayList<>();

    @BeforeAll
    static void a_server_can_run_here() {
        RedisServer.assumeAvailable();
    }

    @BeforeEach
    void start() {
        redis = new RedisServer("appendonly", "yes", "appendfsync", "always").start();
    }

    @AfterEach
    void end() {
        asked.forEach(Asked::close);
        redis.close();
    }

    private RedisOptions options() {
        return Asked.optionsFor(redis);
    }

    private Asked connect(RedisOptions options) throws IOException {
        Asked one = new Asked(options);
        asked.add(one);
        return one;
    }

    private static PublishRequest request(int number) {
        return PublishRequest.of("a", Payload.of("" + number));
    }

    private static List<String> texts(SharedStore.Part part) {
        return part.entries().stream()
                .map(LogEntry::publication)
                .map(publication -> publication.data().text())
                .toList();
    }

    private static void assertRefused(Published published) {
        assertThat(published).isInstanceOf(Published.Refused.class);
        assertThat(((Published.Refused) published).error().temporary()).isTrue();
    }

    private static void assertDeafThenListening(Asked.Heard heard) {
        assertThat(heard.next()).isEqualTo("deaf");
        assertThat(heard.next()).isEqualTo("listening");
    }

    @Test
    void after_a_restart_a_log_goes_on_in_another_epoch_where_something_may_be_lost() throws IOException {
        Asked one = connect(options());
        Asked.Heard heard = one.follow("a");
        StreamPosition first = one.publish(EVERY, "a", "1");
        heard.await("said 1 1");
        redis.kill();
        assertThat(heard.next()).isEqualTo("deaf");
        redis.start();
        assertThat(heard.next()).isEqualTo("listening");
        StreamPosition second = one.publish(EVERY, "a", "2");
        assertThat(second.offset()).isEqualTo(2);
        assertThat(second.epoch()).isNotEqualTo(first.epoch());
        // It is told that its epoch is another one before anything is said in it.
        assertThat(heard.next()).isEqualTo("listening");
        assertThat(heard.next()).isEqualTo("said 2 2");
        assertThat(one.all(EVERY, "a").epoch()).isEqualTo(second.epoch());
        assertThat(texts(one.all(EVERY, "a"))).containsExactly("1", "2");
    }

    @Test
    void after_a_restart_a_log_keeps_its_epoch_where_nothing_is_lost() throws IOException {
        Asked one = connect(options().withRestarts(RedisOptions.Restarts.LOSE_NOTHING));
        Asked.Heard heard = one.follow("a");
        StreamPosition first = one.publish(EVERY, "a", "1");
        heard.await("said 1 1");
        redis.kill();
        redis.start();
        assertDeafThenListening(heard);
        assertThat(one.publish(EVERY, "a", "2")).isEqualTo(new StreamPosition(2, first.epoch()));
        assertThat(heard.next()).isEqualTo("said 2 2");
        assertThat(texts(one.all(EVERY, "a"))).containsExactly("1", "2");
    }

    @Test
    void who_keeps_nothing_any_more_is_not_believed_to_lose_nothing() throws IOException {
        Asked one = connect(options().withRestarts(RedisOptions.Restarts.LOSE_NOTHING));
        StreamPosition first = one.publish(EVERY, "a", "1");
        redis.ask("CONFIG", "SET", "appendonly", "no");
        redis.await(
                "another epoch", () -> !one.publish(EVERY, "a", "more").epoch().equals(first.epoch()));
        assertThat(texts(one.all(EVERY, "a"))).startsWith("1");
    }

    @Test
    void a_redis_that_has_lost_its_data_has_logs_with_other_epochs_whatever_was_promised() throws IOException {
        for (RedisOptions.Restarts restarts : RedisOptions.Restarts.values()) {
            Asked one = connect(options().withRestarts(restarts));
            Asked.Heard heard = one.follow("a");
            StreamPosition first = one.publish(EVERY, "a", "1");
            heard.await("said 1 1");
            redis.restartEmpty();
            assertDeafThenListening(heard);
            SharedStore.Part part = one.all(EVERY, "a");
            assertThat(part.top()).isZero();
            assertThat(part.epoch()).isNotEqualTo(first.epoch());
        }
    }

    @Test
    void what_is_published_while_redis_is_away_waits_in_order() throws IOException {
        Asked one = connect(options().withTimeout(LONG));
        Asked.Heard heard = one.follow("a");
        redis.kill();
        assertThat(heard.next()).isEqualTo("deaf");
        one.awaitAway(redis);
        List<CompletableFuture<Published>> all = IntStream.rangeClosed(1, 20)
                .mapToObj(i -> one.begin(EVERY, request(i)))
                .toList();
        redis.start();
        all.forEach(each -> assertThat(Asked.answer(each)).isInstanceOf(Published.At.class));
        assertThat(texts(one.all(EVERY, "a")))
                .isEqualTo(IntStream.rangeClosed(1, 20).mapToObj(i -> "" + i).toList());
    }

    @Test
    void what_has_waited_too_long_is_refused_and_never_said() throws IOException {
        Asked one = connect(options().withTimeout(BRIEF));
        Asked.Heard heard = one.follow("a");
        redis.kill();
        assertThat(heard.next()).isEqualTo("deaf");
        one.awaitAway(redis);
        assertRefused(one.publish(EVERY, request(1)));
        redis.start();
        assertThat(heard.next()).isEqualTo("listening");
        redis.await("a publish", () -> one.publish(EVERY, request(2)) instanceof Published.At);
        assertThat(texts(one.all(EVERY, "a"))).containsExactly("2");
    }

    @Test
    void not_more_than_so_many_wait() throws IOException {
        Asked one = connect(options().withTimeout(LONG));
        Asked.Heard heard = one.follow("a");
        redis.kill();
        assertThat(heard.next()).isEqualTo("deaf");
        one.awaitAway(redis);
        CompletableFuture<Published> first = one.begin(EVERY, request(0));
        for (int i = 1; i < 100_000; i++) one.run(store -> store.publish(request(0), EVERY, (published, now) -> {}));
        assertRefused(one.publish(EVERY, request(0)));
        assertThat(first).isNotDone();
    }

    @Test
    void who_does_not_want_to_wait_is_refused_at_once() throws IOException {
        Asked one = connect(options().withTimeout(LONG).withWhenAway(RedisOptions.WhenAway.REFUSE));
        Asked.Heard heard = one.follow("a");
        redis.kill();
        assertThat(heard.next()).isEqualTo("deaf");
        assertRefused(one.publish(EVERY, request(1)));
        assertThat(one.presence("a")).isNull();
        redis.start();
        assertThat(heard.next()).isEqualTo("listening");
        redis.await("a publish", () -> one.publish(EVERY, request(2)) instanceof Published.At);
        assertThat(texts(one.all(EVERY, "a"))).containsExactly("2");
    }

    @Test
    void a_pause_delays_and_loses_nothing() throws IOException {
        Asked one = connect(options());
        Asked.Heard heard = one.follow("a");
        redis.ask("CLIENT", "PAUSE", "2000", "ALL");
        assertThat(one.publish(EVERY, "a", "1").offset()).isEqualTo(1);
        assertThat(heard.next()).isEqualTo("said 1 1");
    }

    @Test
    void a_slow_command_of_somebody_else_delays_and_loses_nothing() throws IOException {
        Asked one = connect(options());
        Asked.Heard heard = one.follow("a");
        CompletableFuture<String> slow = CompletableFuture.supplyAsync(() -> redis.ask("DEBUG", "SLEEP", "1"));
        assertThat(one.publish(EVERY, "a", "1").offset()).isEqualTo(1);
        assertThat(heard.next()).isEqualTo("said 1 1");
        assertThat(Asked.answer(slow)).isEqualTo("OK");
    }

    @Test
    void while_a_script_of_somebody_else_does_not_end_publishes_are_refused() throws IOException {
        Asked one = connect(options().withTimeout(LONG));
        one.publish(EVERY, "a", "0");
        Asked.Heard heard = one.follow("a");
        redis.ask("CONFIG", "SET", "busy-reply-threshold", "1");
        CompletableFuture<String> endless = CompletableFuture.supplyAsync(() -> {
            try {
                return redis.ask("EVAL", "while true do end", "0");
            } catch (RedisServer.Refused killed) {
                return "killed";
            }
        });
        redis.await("that Redis is busy", () -> {
            try {
                redis.ask("PING");
                return false;
            } catch (RedisServer.Refused busy) {
                return busy.getMessage().startsWith("BUSY");
            }
        });
        assertRefused(one.publish(EVERY, request(1)));
        redis.ask("SCRIPT", "KILL");
        assertThat(Asked.answer(endless)).isEqualTo("killed");
        redis.await("a publish", () -> one.publish(EVERY, request(2)) instanceof Published.At);
        assertThat(heard.next()).isEqualTo("said 2 2");
    }

    @Test
    void while_redis_stands_still_publishes_are_refused_and_said_once_with_their_key() throws IOException {
        Asked one = connect(options().withTimeout(BRIEF));
        Asked.Heard heard = one.follow("a");
        redis.await(
                "a publish", () -> one.publish(EVERY, PublishRequest.of("b", Payload.of("1"))) instanceof Published.At);
        redis.pause();
        assertRefused(one.publish(EVERY, request(1).once("key")));
        assertThat(heard.next()).isEqualTo("deaf");
        // The connection is given up by now, what was said on it is not.
        redis.resume();
        redis.await(
                "what was said is done",
                () -> redis.ask("EXISTS", "openline:m:{a}").equals("1"));
        heard.await("listening");
        redis.await("a publish", () -> one.publish(EVERY, request(1).once("key")) instanceof Published.At);
        assertThat(one.publish(EVERY, "a", "2").offset()).isEqualTo(2);
        assertThat(texts(one.all(EVERY, "a"))).containsExactly("1", "2");
        heard.await("said 2 2");
    }

    @Test
    void what_was_under_way_when_the_connection_broke_is_not_said_again() throws IOException {
        Asked one = connect(options().withTimeout(LONG));
        Asked.Heard heard = one.follow("a");
        one.publish(EVERY, "a", "1");
        heard.await("said 1 1");
        redis.pause();
        CompletableFuture<Published> underWay = one.begin(EVERY, request(2));
        one.run(store -> heard.all.add("it has been begun"));
        heard.await("it has been begun");
        redis.kill();
        assertRefused(Asked.answer(underWay));
        redis.start();
        assertDeafThenListening(heard);
        assertThat(texts(one.all(EVERY, "a"))).containsExactly("1");
    }

    @Test
    void a_full_redis_refuses_publishes_and_can_be_read() throws IOException {
        Asked one = connect(options());
        Asked.Heard heard = one.follow("a");
        one.publish(EVERY, "a", "1");
        heard.await("said 1 1");
        // As if it had not been looked at for long, and not since the last start.
        redis.ask("HSET", "openline:m:{a}", "x", "0", "l", "another life");
        redis.ask("CONFIG", "SET", "maxmemory", "1");
        assertRefused(one.publish(EVERY, PublishRequest.of("b", Payload.of("1"))));
        assertThat(texts(one.all(EVERY, "a"))).containsExactly("1");
        assertRefused(one.publish(EVERY, request(2)));
        assertThat(one.presence("a")).isEmpty();
        redis.ask("CONFIG", "SET", "maxmemory", "0");
        assertThat(one.publish(EVERY, "a", "2").offset()).isEqualTo(2);
        heard.await("said 2 2");
    }

    @Test
    void a_server_that_hears_nothing_for_a_moment_reads_what_it_has_missed() throws IOException {
        Asked one = connect(options());
        Asked.Heard a = one.follow("a");
        Asked.Heard b = one.follow("b");
        redis.ask("CLIENT", "KILL", "TYPE", "pubsub");
        one.publish(EVERY, "a", "1");
        a.await("deaf");
        a.await("listening");
        assertDeafThenListening(b);
        assertThat(texts(one.all(EVERY, "a"))).containsExactly("1");
        one.publish(EVERY, "a", "2");
        assertThat(a.next()).isEqualTo("said 2 2");
        one.publish(EVERY, "b", "1");
        // Listening was said once.
        assertThat(b.next()).isEqualTo("said 1 1");
        one.run(store -> store.unfollow("b"));
        redis.await(
                "it is not told of any more",
                () -> redis.ask("PUBSUB", "SHARDCHANNELS").equals("openline:n:{a}"));
    }

    @Test
    void publishes_stay_in_order_while_scripts_are_forgotten_again_and_again() throws IOException {
        Asked one = connect(options().withTimeout(LONG));
        Asked.Heard heard = one.follow("a");
        for (int i = 1; i <= 300; i++) {
            one.begin(EVERY, request(i));
            if (i % 20 == 0) redis.ask("SCRIPT", "FLUSH");
        }
        for (int i = 1; i <= 300; i++) assertThat(heard.next()).isEqualTo("said " + i + " " + i);
    }

    @Test
    void connections_on_which_nothing_happens_are_kept() throws IOException {
        Asked one = connect(options().withTimeout(Duration.ofMillis(100)));
        Asked.Heard heard = one.follow("a");
        // It looks each second: longer than a connection may be silent.
        redis.await("four looks", () -> calls("ping") >= 4);
        assertThat(one.redis.statistics().disconnects()).isZero();
        assertThat(heard.all).isEmpty();
    }

    private long calls(String command) {
        String count = redis.info("cmdstat_" + command).replaceAll("calls=(\\d+),.*", "$1");
        return count.isEmpty() ? 0 : Long.parseLong(count);
    }

    @Test
    void no_thread_is_left_by_one_that_was_closed_while_redis_stood_still() throws IOException {
        Asked one = connect(options());
        one.follow("a");
        redis.pause();
        one.begin(EVERY, request(1));
        one.close();
        RedisThreads.awaitNone();
    }
}
