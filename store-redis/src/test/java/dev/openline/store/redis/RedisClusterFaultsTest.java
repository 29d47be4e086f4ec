package dev.openline.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.openline.hub.ChannelOptions;
import dev.openline.hub.LogEntry;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.hub.SharedStore;
import dev.openline.protocol.Payload;
import io.lettuce.core.cluster.SlotHash;
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
import org.slf4j.LoggerFactory;

/** Three masters, one of which can't do what it should. */
class RedisClusterFaultsTest {
    private static final ChannelOptions EVERY =
            ChannelOptions.every(1_000, Duration.ofHours(1)).build();
    /** Longer than anything here is waited for: what is answered before is not answered because of it. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private static final Duration BRIEF = Duration.ofMillis(300);

    private RedisCluster cluster;
    private final List<Asked> asked = new ArrayList<>();

    @BeforeAll
    static void servers_can_run_here() {
        RedisServer.assumeAvailable();
    }

    @BeforeEach
    void start() {
        cluster = RedisCluster.of(3, "appendonly", "yes").start();
    }

    @AfterEach
    void end() {
        asked.forEach(Asked::close);
        cluster.close();
    }

    private Asked connect(Duration timeout) throws IOException {
        String first = "redis://127.0.0.1:" + cluster.masters().get(0).port();
        Asked one = new Asked(RedisOptions.cluster(List.of(first)).withTimeout(timeout));
        asked.add(one);
        return one;
    }

    private static PublishRequest request(String channel, String data) {
        return PublishRequest.of(channel, Payload.of(data));
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

    /** A channel of the master that has another one, or of one that has not. */
    private String channel(String other, boolean there) {
        return IntStream.range(0, 1_000)
                .mapToObj(i -> "c" + i)
                .filter(name -> (cluster.masterOf(name) == cluster.masterOf(other)) == there)
                .findFirst()
                .orElseThrow();
    }

    /** Another channel in the same slot. */
    private static String inSlotOf(String channel) {
        return IntStream.range(0, 1_000_000)
                .mapToObj(i -> "s" + i)
                .filter(name -> SlotHash.getSlot(name) == SlotHash.getSlot(channel))
                .findFirst()
                .orElseThrow();
    }

    private static long errors(RedisServer server, String name) {
        String count = server.info("errorstat_" + name).replace("count=", "");
        return count.isEmpty() ? 0 : Long.parseLong(count);
    }

    private static void awaitRefusals(RedisServer server, String name, long more) {
        long before = errors(server, name);
        server.await(more + " times " + name, () -> errors(server, name) >= before + more);
    }

    private static List<String> logged(Runnable task) {
        Logger log = (Logger) LoggerFactory.getLogger(RedisStore.class);
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        log.addAppender(appender);
        task.run();
        log.detachAppender(appender);
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    // --- full

    @Test
    void a_full_master_refuses_publishes_to_its_channels_and_the_others_go_on() throws IOException {
        Asked one = connect(LONG);
        String here = channel("a", true);
        String elsewhere = channel("a", false);
        Asked.Heard heard = one.follow("a");
        Asked.Heard other = one.follow(elsewhere);
        one.publish(EVERY, "a", "1");
        heard.await("said 1 1");
        RedisServer full = cluster.masterOf("a");
        full.ask("CONFIG", "SET", "maxmemory", "1");
        List<String> log = logged(() -> {
            assertRefused(one.publish(EVERY, request("a", "2").once("key")));
            assertRefused(one.publish(EVERY, request(here, "1")));
        });
        assertThat(log)
                .singleElement()
                .asString()
                .startsWith("127.0.0.1:" + full.port() + " refuses what it is asked: OOM command not allowed");
        assertThat(texts(one.all(EVERY, "a"))).containsExactly("1");
        assertThat(one.presence("a")).isEmpty();
        for (int i = 1; i <= 20; i++) {
            assertThat(one.publish(EVERY, elsewhere, "" + i).offset()).isEqualTo(i);
            assertThat(other.next()).isEqualTo("said " + i + " " + i);
        }
        assertThat(one.redis.isReachable()).isTrue();
        full.ask("CONFIG", "SET", "maxmemory", "0");
        assertThat(one.publish(EVERY, request("a", "2").once("key"))).isInstanceOf(Published.At.class);
        assertThat(one.publish(EVERY, here, "1").offset()).isEqualTo(1);
        // Nobody was deaf, and what was refused was not said.
        assertThat(heard.next()).isEqualTo("said 2 2");
        assertThat(one.redis.statistics().disconnects()).isZero();
    }

    // --- a slot that moves slowly

    @Test
    void while_a_slot_moves_what_needs_new_keys_waits_and_the_rest_goes_on() throws IOException {
        Asked one = connect(LONG);
        String fresh = inSlotOf("a");
        Asked.Heard heard = one.follow("a");
        Asked.Heard heardFresh = one.follow(fresh);
        one.publish(EVERY, "a", "1");
        heard.await("said 1 1");
        RedisServer from = cluster.masterOf("a");
        RedisServer to = cluster.anotherThan(from);
        cluster.beginMove("a", from, to);
        List<CompletableFuture<Published>> fresher = IntStream.rangeClosed(1, 20)
                .mapToObj(i -> one.begin(EVERY, request(fresh, "" + i)))
                .toList();
        awaitRefusals(from, "ASK", 40);
        CompletableFuture<Published> withKey =
                one.begin(EVERY, request("a", "with a key").once("key"));
        awaitRefusals(from, "TRYAGAIN", 2);
        assertThat(one.publish(EVERY, "a", "2").offset()).isEqualTo(2);
        assertThat(heard.next()).isEqualTo("said 2 2");
        // Half of it is there, half of it is not.
        cluster.moveKeys(from, to, "openline:m:{a}");
        CompletableFuture<Published> torn = one.begin(EVERY, request("a", "torn"));
        awaitRefusals(from, "TRYAGAIN", 3);
        assertThat(fresher).noneMatch(CompletableFuture::isDone);
        assertThat(withKey).isNotDone();
        assertThat(torn).isNotDone();
        cluster.endMove("a", from, to);
        for (CompletableFuture<Published> each : fresher)
            assertThat(Asked.answer(each)).isInstanceOf(Published.At.class);
        assertThat(Asked.answer(withKey)).isInstanceOf(Published.At.class);
        assertThat(Asked.answer(torn)).isInstanceOf(Published.At.class);
        assertThat(texts(one.all(EVERY, fresh)))
                .isEqualTo(IntStream.rangeClosed(1, 20).mapToObj(i -> "" + i).toList());
        assertThat(texts(one.all(EVERY, "a"))).containsExactly("1", "2", "with a key", "torn");
        assertThat(one.publish(EVERY, request("a", "with a key").once("key"))).isEqualTo(Asked.answer(withKey));
        heard.await("listening");
        heardFresh.await("listening");
    }

    @Test
    void what_has_waited_too_long_for_a_slot_is_refused_and_never_said() throws IOException {
        Asked one = connect(BRIEF);
        RedisServer from = cluster.masterOf("a");
        RedisServer to = cluster.anotherThan(from);
        cluster.beginMove("a", from, to);
        assertRefused(one.publish(EVERY, request("a", "1")));
        assertThat(errors(from, "ASK")).isGreaterThan(1);
        cluster.endMove("a", from, to);
        to.await("a publish", () -> one.publish(EVERY, request("a", "2")) instanceof Published.At);
        assertThat(texts(one.all(EVERY, "a"))).containsExactly("2");
    }

    @Test
    void a_log_that_gets_empty_while_its_slot_moves_is_read_afterwards() throws IOException {
        Asked one = connect(LONG);
        one.publish(EVERY, "a", "1");
        RedisServer from = cluster.masterOf("a");
        RedisServer to = cluster.anotherThan(from);
        // As old as it can be.
        from.ask(
                "LSET",
                "openline:l:{a}",
                "0",
                "1|" + from.ask("LINDEX", "openline:l:{a}", "0").split("\\|", 2)[1]);
        cluster.beginMove("a", from, to);
        CompletableFuture<SharedStore.Part> part = CompletableFuture.supplyAsync(() -> one.all(EVERY, "a"));
        awaitRefusals(from, "TRYAGAIN", 2);
        assertThat(part).isNotDone();
        cluster.endMove("a", from, to);
        assertThat(Asked.answer(part).top()).isEqualTo(1);
        assertThat(texts(Asked.answer(part))).isEmpty();
    }

    @Test
    void a_slow_move_is_no_reason_to_ask_all_servers_again_and_again() throws IOException {
        Asked one = connect(LONG);
        RedisServer from = cluster.masterOf("a");
        RedisServer to = cluster.anotherThan(from);
        RedisServer third = cluster.masters().stream()
                .filter(server -> server != from && server != to)
                .findFirst()
                .orElseThrow();
        cluster.beginMove("a", from, to);
        CompletableFuture<Published> waiting = one.begin(EVERY, request("a", "1"));
        awaitRefusals(from, "ASK", 1);
        long before = connections(third);
        awaitRefusals(from, "ASK", 20);
        // The look of each second asks too, now and then.
        assertThat(connections(third) - before).isLessThan(15);
        cluster.endMove("a", from, to);
        assertThat(Asked.answer(waiting)).isInstanceOf(Published.At.class);
    }

    private static long connections(RedisServer server) {
        return Long.parseLong(server.info("total_connections_received"));
    }
}
