package dev.openline.store.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A Redis whose place a replica takes. */
class RedisSentinelTest {
    private static final ChannelOptions EVERY =
            ChannelOptions.every(100, Duration.ofHours(1)).build();

    private RedisSentinels group;
    private Asked one;

    @BeforeAll
    static void servers_can_run_here() {
        RedisServer.assumeAvailable();
    }

    @BeforeEach
    void start() throws IOException {
        group = new RedisSentinels().start();
        List<String> addresses = group.sentinelPorts().stream()
                .map(port -> "redis://127.0.0.1:" + port)
                .toList();
        one = new Asked(RedisOptions.sentinels(group.masterName(), addresses).withTimeout(Duration.ofMinutes(5)));
    }

    @AfterEach
    void end() {
        if (one != null) one.close();
        group.close();
    }

    private static PublishRequest request(String data) {
        return PublishRequest.of("a", Payload.of(data));
    }

    private List<Long> offsets() {
        return one.offsets(EVERY, "a", null, 100, true);
    }

    private void awaitCopy(String offset) {
        group.replica()
                .await(
                        "the copy",
                        () -> group.replica().ask("HGET", "openline:m:{a}", "o").equals(offset));
    }

    @Test
    void when_a_replica_takes_over_what_waits_is_said_there_in_another_epoch() {
        Asked.Heard heard = one.follow("a");
        StreamPosition first = one.publish(EVERY, "a", "1");
        heard.await("said 1 1");
        awaitCopy("1");
        group.master().kill();
        assertThat(heard.next()).isEqualTo("deaf");
        one.awaitAway(group.master());
        CompletableFuture<Published> waiting = one.begin(EVERY, request("2"));
        group.awaitMaster(group.replica());
        StreamPosition second = ((Published.At) Asked.answer(waiting)).position();
        assertThat(second.offset()).isEqualTo(2);
        assertThat(second.epoch()).isNotEqualTo(first.epoch());
        heard.await("listening");
        StreamPosition third = one.publish(EVERY, "a", "3");
        assertThat(third).isEqualTo(new StreamPosition(3, second.epoch()));
        heard.await("said 3 3");
        assertThat(offsets()).containsExactly(1L, 2L, 3L);
    }

    @Test
    void what_a_master_has_lost_is_not_mistaken_for_what_its_successor_says() {
        Asked.Heard heard = one.follow("a");
        StreamPosition first = one.publish(EVERY, "a", "1");
        awaitCopy("1");
        // From now on, the replica gets nothing.
        group.replica().pause();
        group.master().ask("CLIENT", "KILL", "TYPE", "replica");
        StreamPosition lost = one.publish(EVERY, "a", "lost");
        heard.await("said 2 lost");
        assertThat(lost).isEqualTo(new StreamPosition(2, first.epoch()));
        group.master().kill();
        assertThat(heard.next()).isEqualTo("deaf");
        group.replica().resume();
        group.awaitMaster(group.replica());
        heard.await("listening");
        StreamPosition other = one.publish(EVERY, "a", "other");
        // The same offset, and so another epoch.
        assertThat(other.offset()).isEqualTo(2);
        assertThat(other.epoch()).isNotEqualTo(lost.epoch());
        assertThat(one.all(EVERY, "a").epoch()).isEqualTo(other.epoch());
    }

    @Test
    void a_master_that_is_relieved_while_it_runs_is_left() {
        Asked.Heard heard = one.follow("a");
        StreamPosition first = one.publish(EVERY, "a", "1");
        heard.await("said 1 1");
        awaitCopy("1");
        group.sentinels().get(0).ask("SENTINEL", "FAILOVER", group.masterName());
        group.awaitMaster(group.replica());
        heard.await("deaf");
        heard.await("listening");
        group.replica()
                .await(
                        "a publish in another epoch",
                        () -> one.publish(EVERY, request("2")) instanceof Published.At at
                                && !at.position().epoch().equals(first.epoch()));
        group.replica()
                .await(
                        "it is told there",
                        () -> group.replica().ask("PUBSUB", "SHARDCHANNELS").equals("openline:n:{a}"));
    }

    /** Without a word to anybody: as when the sentinels can't reach those who are connected to it. */
    @Test
    void a_master_that_has_become_a_replica_silently_is_noticed() {
        one.publish(EVERY, "a", "1");
        Asked.Heard heard = one.follow("a");
        awaitCopy("1");
        group.sentinels().forEach(RedisServer::pause);
        group.replica().ask("REPLICAOF", "NO", "ONE");
        group.master().ask("REPLICAOF", "127.0.0.1", "" + group.replica().port());
        // It is asked each second what it is.
        heard.await("deaf");
        group.sentinels().forEach(RedisServer::resume);
        group.awaitMaster(group.replica());
        heard.await("listening");
        group.replica().await("a publish", () -> one.publish(EVERY, request("2")) instanceof Published.At);
    }
}
