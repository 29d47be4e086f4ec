package dev.openline.hub;

import static dev.openline.hub.FanoutTest.offsets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SlowReaderTest {
    private static final int ALL = Integer.MAX_VALUE;
    private static final Duration HOUR = Duration.ofHours(1);
    private final OneLoop loop = new OneLoop(rules());

    private static ChannelRules rules() {
        var rules = ChannelRules.builder();
        for (SlowReader policy : List.of(SlowReader.UNSUBSCRIBE, SlowReader.DISCONNECT)) {
            String name = policy == SlowReader.UNSUBSCRIBE ? "strict" : "harsh";
            rules.namespace(name + "-every", with(policy, ChannelOptions.every(100, HOUR)));
            rules.namespace(name + "-latest", with(policy, ChannelOptions.latest(HOUR)));
            rules.namespace(
                    name + "-keyed",
                    with(policy, ChannelOptions.latest(HOUR).history(9, HOUR).latestKey("k")));
            rules.namespace(name + "-transient", with(policy, ChannelOptions.unlogged()));
        }
        return rules.namespace("news", ChannelOptions.every(100, HOUR).build()).build();
    }

    private static ChannelOptions with(SlowReader policy, ChannelOptions.Builder options) {
        return options.slowReader(policy).build();
    }

    @AfterEach
    void allIsInOrderAndEveryFrameWasReleasedOnce() {
        FanoutAudit.check(loop.fanout);
        assertThat(loop.leaks()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"every", "latest", "keyed", "transient"})
    void unsubscribeEndsTheSubscriptionAtTheFirstPublicationThatDoesNotFit(String mode) {
        String channel = "strict-" + mode + ":a";
        var slow = loop.line("slow");
        var quick = loop.line("quick");
        slow.subscribe(channel);
        slow.subscribe("news:a");
        quick.subscribe(channel);
        slow.room = 1;
        loop.publishMany(channel, 3);
        assertThat(slow.heard).hasSize(1);
        assertThat(quick.heard).hasSize(3);
        assertThat(loop.lost).hasSize(1);
        assertThat(loop.slow).isEmpty();
        assertThat(slow.cursors).containsOnlyKeys("news:a");
        assertThat(loop.shard.subscribers(channel::equals)).containsEntry(channel, 1);
        slow.drain(ALL);
        assertThat(slow.heard).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"every", "latest", "keyed", "transient"})
    void disconnectEndsTheLine(String mode) {
        String channel = "harsh-" + mode + ":a";
        var slow = loop.line("slow");
        var quick = loop.line("quick");
        slow.subscribe(channel);
        slow.subscribe("news:a");
        quick.subscribe(channel);
        slow.room = 1;
        loop.publishMany(channel, 3);
        assertThat(loop.slow).hasSize(1);
        assertThat(loop.lost).isEmpty();
        assertThat(slow.cursors).isEmpty();
        assertThat(quick.heard).hasSize(3);
        assertThat(loop.shard.subscribers(name -> true)).containsOnlyKeys(channel);
    }

    @Test
    void manySlowOnesInOneWalkEndEachAndDisturbNobody() {
        List<OneLoop.Line> lines = new ArrayList<>();
        for (int i = 0; i < 9; i++) lines.add(loop.line("c" + i));
        lines.forEach(line -> line.subscribe("harsh-every:a"));
        for (int i : new int[] {0, 1, 4, 8}) lines.get(i).room = 0;
        loop.publishMany("harsh-every:a", 2);
        assertThat(loop.slow).hasSize(4);
        for (int i : new int[] {2, 3, 5, 6, 7})
            assertThat(lines.get(i).heard).isEqualTo(offsets("harsh-every:a", 1, 2));
    }

    @Test
    void whoCatchesUpIsNotSlow() {
        loop.publishMany("harsh-every:a", 70);
        var line = loop.line("back");
        line.room = 5;
        line.subscribe("harsh-every:a", new StreamPosition(0, "epoch1"));
        loop.publishMany("harsh-every:a", 30);
        assertThat(loop.slow).isEmpty();
        line.room = 0;
        line.drain(ALL);
        assertThat(line.heard).isEqualTo(offsets("harsh-every:a", 1, 100));
    }

    @Test
    void aHoleInLiveDeliveryIsFilledEvenSo() {
        var line = loop.line("ann");
        line.subscribe("strict-every:a");
        loop.deaf = true;
        loop.publishMany("strict-every:a", 3);
        loop.deaf = false;
        loop.publish("strict-every:a", "x");
        assertThat(line.heard).isEqualTo(offsets("strict-every:a", 1, 4));
        assertThat(loop.lost).isEmpty();
    }

    @Test
    void whatItWouldBeSparedEndsNobody() {
        var line = loop.line("ann");
        line.reader = new Reader(JoinLeave.UNWANTED, publication -> true);
        for (String channel : List.of("strict-every:a", "strict-latest:a", "strict-transient:a"))
            line.subscribe(channel);
        line.room = 0;
        for (String channel : List.of("strict-every:a", "strict-latest:a", "strict-transient:a"))
            loop.publish(channel, "x");
        assertThat(loop.lost).isEmpty();
    }

    @Test
    void aPublicationWithoutAnOffsetCountsToo() {
        var line = loop.line("ann");
        line.subscribe("strict-every:a");
        line.room = 0;
        var skipping = PublishRequest.of("strict-every:a", Payload.of("\"x\"")).history(PublishRequest.History.SKIP);
        AtOnce.publish(loop.shard, skipping, loop.now);
        assertThat(loop.lost).containsExactly("strict-every:a DETACHED at 0");
    }
}
