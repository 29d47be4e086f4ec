package dev.openline.hub;

import static dev.openline.hub.ShardHarness.who;
import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.hub.PublishRequest.History;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PatternTest {
    private static final Duration TTL = Duration.ofMinutes(10);
    private final ShardHarness hub = new ShardHarness(ShardLimits.DEFAULT, rules());
    private final Shard shard = hub.shard;

    private static ChannelRules rules() {
        return ChannelRules.builder()
                .namespace("news", wildcard(ChannelOptions.every(5, TTL).with(Feature.PRESENCE)))
                .namespace("typing", wildcard(ChannelOptions.unlogged()))
                .namespace(
                        "price",
                        wildcard(ChannelOptions.latest(TTL).history(9, TTL).latestKey("k")))
                .namespace("plain", ChannelOptions.every(5, TTL).build())
                .channel("news:apart", ChannelOptions.every(5, TTL).build())
                .withoutNamespace(wildcard(ChannelOptions.unlogged()))
                .build();
    }

    private static ChannelOptions wildcard(ChannelOptions.Builder options) {
        return options.with(Feature.WILDCARD).build();
    }

    private Published say(String channel) {
        return AtOnce.publish(shard, PublishRequest.of(channel, Payload.of("1")), hub.now);
    }

    /** What was gathered so far, brought home and forgotten. */
    private List<Publication> bringHome(String pattern) {
        var gathered = List.copyOf(hub.gathered.getOrDefault(pattern, List.of()));
        hub.gathered.clear();
        gathered.forEach(publication -> shard.gather(pattern, publication, hub.now));
        return gathered;
    }

    @Test
    void whatIsSaidInTheNamespaceIsSaidOnItsPatternWithOffsetsOfItsOwn() {
        hub.subscribe("news:*", "ann", null);
        for (String channel : List.of("news:a", "news:b", "news:a")) say(channel);
        assertThat(bringHome("news:*")).extracting(Publication::channel).containsExactly("news:a", "news:b", "news:a");
        assertThat(hub.effects)
                .containsExactly(
                        "news:* 1 epoch1 to loops 1", "news:* 2 epoch1 to loops 1", "news:* 3 epoch1 to loops 1");
        assertThat(hub.history("news:*", 9))
                .extracting(Publication::channel)
                .containsExactly("news:a", "news:b", "news:a");
        assertThat(hub.offsets("news:*")).containsExactly(1L, 2L, 3L);
        assertThat(hub.history("news:a", 9)).extracting(Publication::channel).containsOnly("");
    }

    @Test
    void recoveryOnThePatternIsThatOfItsOwnLog() {
        for (int i = 0; i < 7; i++) say("news:" + i);
        bringHome("news:*");
        var epoch = hub.top("news:*").epoch();
        var back = hub.subscribe("news:*", "ann", new StreamPosition(4, epoch));
        assertThat(((Recovery.Complete) back.recovery()).page())
                .extracting(Publication::channel)
                .containsExactly("news:4", "news:5", "news:6");
        assertThat(hub.subscribe("news:*", "bob", new StreamPosition(1, epoch)).recovery())
                .isEqualTo(new Recovery.Gap());
        assertThat(shard.presence("news:*")).containsExactly(who("ann"), who("bob"));
        assertThat(shard.presence("news:1")).isEmpty();
    }

    @Test
    void nothingIsPublishedOnThePatternItself() {
        assertThat(say("news:*"))
                .isEqualTo(new Published.Refused(
                        ErrorReply.badRequest("nothing is published on a pattern channel itself")));
        hub.subscribe("news:*", "ann", null);
        assertThat(say("news:*"))
                .isEqualTo(new Published.Refused(
                        ErrorReply.badRequest("nothing is published on a pattern channel itself")));
        assertThat(say("plain:*")).as("a name like any other").isInstanceOf(Published.At.class);
        assertThat(hub.gathered).isEmpty();
    }

    @Test
    void privateUserLimitedAndOtherChannelsAreNotGathered() {
        for (String channel : List.of("$news:a", "news:a#42", "plain:a", "news:apart", "room", "$news:*"))
            assertThat(say(channel)).as(channel).isNotInstanceOf(Published.Refused.class);
        assertThat(hub.gathered).isEmpty();
    }

    @Test
    void repeatsOldVersionsAndRefusalsGatherNothing() {
        var once = PublishRequest.of("news:a", Payload.of("1")).once("k").version(new PublishRequest.Version(3, ""));
        AtOnce.publish(shard, once, hub.now);
        AtOnce.publish(shard, once, hub.now);
        AtOnce.publish(shard, once.once("other"), hub.now);
        AtOnce.publish(shard, PublishRequest.of("news:a", Payload.of("")), hub.now);
        assertThat(bringHome("news:*")).hasSize(1);
    }

    @Test
    void whatSkipsHistoryIsGatheredWithoutAnOffset() {
        hub.subscribe("news:*", "ann", null);
        AtOnce.publish(shard, PublishRequest.of("news:a", Payload.of("1")).history(History.SKIP), hub.now);
        bringHome("news:*");
        assertThat(hub.effects).containsExactly("news:* 0  to loops 1");
        assertThat(hub.offsets("news:*")).isEmpty();
    }

    @Test
    void inModeTransientItIsJustPassedOn() {
        say("typing:a");
        bringHome("typing:*");
        assertThat(shard.channelCount()).isZero();
        hub.subscribe("typing:*", "ann", null);
        say("typing:a");
        bringHome("typing:*");
        assertThat(hub.effects).containsExactly("typing:* 0  to loops 1");
    }

    @Test
    void withKeysThePatternKeepsTheNewestOfEachKeyOfEachChannel() {
        for (String channel : List.of("price:a", "price:b", "price:a"))
            AtOnce.publish(shard, PublishRequest.of(channel, Payload.of("1")).tagged(Map.of("k", "bid")), hub.now);
        bringHome("price:*");
        assertThat(hub.offsets("price:*")).containsExactly(2L, 3L);
        assertThat(hub.offsets("price:a")).containsExactly(2L);
    }

    @Test
    void whatIsStoredTwiceIsSharedAndOnlyThere() {
        AtOnce.publish(
                shard,
                PublishRequest.of("news:a", Payload.of("1")).by(who("ann")).tagged(Map.of("k", "v")),
                hub.now);
        bringHome("news:*");
        Publication own = hub.history("news:a", 1).get(0);
        Publication gathered = hub.history("news:*", 1).get(0);
        assertThat(gathered.data()).isSameAs(own.data());
        assertThat(gathered.info()).isSameAs(own.info());
        assertThat(gathered.tags()).isSameAs(own.tags());
    }

    @Test
    void whatHasNoPatternChannelIsNotGathered() {
        var stray = new Publication(1, Payload.of("1"), null, Map.of()).saidOn("plain:a");
        for (String pattern : List.of("plain:*", "news:a", "nowhere:*", "*")) shard.gather(pattern, stray, hub.now);
        assertThat(shard.channelCount()).isZero();
        say("plain:*");
        shard.gather("plain:*", stray, hub.now);
        assertThat(hub.offsets("plain:*")).containsExactly(1L);
    }

    @Test
    void atTheLimitOfChannelsItIsLeftOutAndTheOthersGoOn() {
        var one =
                new ShardLimits(1, 10, 1_000, 1 << 20, 10, 10, Duration.ofMinutes(5), 16_384, Duration.ofHours(1), 10);
        var small = new ShardHarness(one, rules());
        small.publish("news:a");
        small.gathered.get("news:*").forEach(publication -> small.shard.gather("news:*", publication, small.now));
        assertThat(small.shard.channelCount()).isEqualTo(1);
        assertThat(small.publish("news:a").offset()).isEqualTo(2);
    }
}
