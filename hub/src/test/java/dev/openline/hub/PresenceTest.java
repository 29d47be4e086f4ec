package dev.openline.hub;

import static dev.openline.hub.ShardHarness.who;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PresenceTest {
    private final ShardHarness hub = new ShardHarness();
    private final Shard shard = hub.shard;

    @Test
    void whoeverIsSubscribedIsPresentInTheOrderOfJoining() {
        hub.subscribe("room:1", "bob", null);
        hub.subscribe("room:1", "ann", null);
        hub.subscribe("room:1", "bea", null);
        assertThat(shard.presence("room:1")).containsExactly(who("bob"), who("ann"), who("bea"));
        assertThat(shard.presenceStats("room:1")).isEqualTo(new PresenceStats(3, 2));
        shard.unsubscribe(1, "room:1", "bob", hub.now);
        assertThat(shard.presence("room:1")).containsExactly(who("ann"), who("bea"));
        assertThat(shard.presenceStats("room:1")).isEqualTo(new PresenceStats(2, 2));
        shard.unsubscribe(1, "room:1", "bea", hub.now);
        assertThat(shard.presenceStats("room:1")).isEqualTo(new PresenceStats(1, 1));
    }

    @Test
    void theReplyComesBeforeTheJoinAndTheJoinReachesTheJoinerToo() {
        hub.answer(0, "room:1", "ann", null);
        hub.answer(2, "room:1", "bob", null);
        assertThat(hub.effects)
                .containsExactly(
                        "reply to ann",
                        "ann joined room:1 to loops 0",
                        "reply to bob",
                        "bob joined room:1 to loops 0 2");
    }

    @Test
    void theLeaveReachesThoseWhoStay() {
        hub.answer(0, "room:1", "ann", null);
        hub.answer(2, "room:1", "bob", null);
        hub.effects.clear();
        shard.unsubscribe(0, "room:1", "ann", hub.now);
        shard.unsubscribe(2, "room:1", "bob", hub.now);
        assertThat(hub.effects).containsExactly("ann left room:1 to loops 2");
    }

    @Test
    void whoeverLeavesWithinItsReplyNeverJoinedAndNeverLeft() {
        hub.answer(0, "room:1", "bob", null);
        hub.effects.clear();
        shard.subscribe(
                1,
                new SubscribeRequest("room:1", who("ann"), null),
                hub.now,
                answer -> shard.unsubscribe(1, "room:1", "ann", hub.now));
        assertThat(hub.effects).isEmpty();
        assertThat(shard.presence("room:1")).containsExactly(who("bob"));
    }

    @Test
    void aLeaveCausedByAJoinIsToldAfterTheJoinHasReachedEverybody() {
        var log = new ArrayList<String>();
        var rules = ChannelRules.builder()
                .withoutNamespace(
                        ChannelOptions.unlogged().with(Feature.JOIN_LEAVE).build())
                .build();
        var shards = new Shard[1];
        shards[0] = new Shard(rules, ShardLimits.DEFAULT, () -> "e", new ShardEffects() {
            @Override
            public void stale(LoopSet loops, String channel) {
                throw new AssertionError("a server that is alone is never deaf");
            }

            @Override
            public void advanced(LoopSet loops, String channel, StreamPosition top) {
                throw new AssertionError("a log of one's own only grows by what is said");
            }

            @Override
            public void occupied(String channel) {}

            @Override
            public void vacated(String channel) {}

            @Override
            public void gathered(String pattern, Publication publication) {}

            @Override
            public void publication(
                    LoopSet loops,
                    String channel,
                    String epoch,
                    Publication publication,
                    @Nullable Publication previous) {
                loops.forEach(loop -> log.add(publication.data().text().replace("\"", "") + " to " + loop));
            }

            @Override
            public void joined(LoopSet loops, String channel, ClientInfo who) {
                loops.forEach(loop -> {
                    log.add(who.client() + " joined, to " + loop);
                    if (loop > 0 || !who.client().equals("bob")) return;
                    shards[0].unsubscribe(0, "room", "bob", 0);
                    AtOnce.publish(shards[0], PublishRequest.of("room", Payload.of("\"bye\"")), 0);
                });
            }

            @Override
            public void left(LoopSet loops, String channel, ClientInfo who) {
                loops.forEach(loop -> log.add(who.client() + " left, to " + loop));
            }
        });
        shards[0].subscribe(1, new SubscribeRequest("room", who("ann"), null), 0, answer -> {});
        shards[0].subscribe(0, new SubscribeRequest("room", who("bob"), null), 0, answer -> {});
        assertThat(log)
                .containsExactly(
                        "ann joined, to 1", "bob joined, to 0", "bob joined, to 1", "bob left, to 1", "bye to 1");
    }

    @Test
    void theSameClientIsRefusedASecondTimeAndStaysOnce() {
        hub.subscribe("room:1", "ann", null);
        assertThat(hub.answer("room:1", "ann", null)).isEqualTo(new Subscribed.Refused(ErrorReply.ALREADY_SUBSCRIBED));
        shard.unsubscribe(1, "room:1", "ann", hub.now);
        assertThat(shard.presence("room:1")).isEmpty();
    }

    @Test
    void withoutTheFeatureNobodyIsShownAndNobodyIsToldOfJoins() {
        hub.subscribe("plain:1", "ann", null);
        hub.subscribe("news:1", "ann", null);
        assertThat(shard.presence("plain:1")).isEmpty();
        assertThat(shard.presenceStats("plain:1")).isEqualTo(new PresenceStats(0, 0));
        assertThat(shard.presence("news:1")).containsExactly(who("ann"));
        assertThat(shard.presence("news:nobody")).isEmpty();
        assertThat(hub.effects).isEmpty();
    }

    @Test
    void publicationsGoToTheLoopsThatHaveSubscribersAndNoOthers() {
        hub.answer(0, "plain:1", "ann", null);
        hub.answer(70, "plain:1", "bob", null);
        hub.answer(70, "plain:1", "bea", null);
        hub.effects.clear();
        hub.publish("plain:1");
        shard.unsubscribe(70, "plain:1", "bob", hub.now);
        hub.publish("plain:1");
        shard.unsubscribe(70, "plain:1", "bea", hub.now);
        hub.publish("plain:1");
        shard.unsubscribe(0, "plain:1", "ann", hub.now);
        hub.publish("plain:1");
        assertThat(hub.effects)
                .containsExactly(
                        "plain:1 1 epoch1 to loops 0 70",
                        "plain:1 2 epoch1 to loops 0 70",
                        "plain:1 3 epoch1 to loops 0");
    }

    @Nested
    @DisplayName("what is shown of a subscriber")
    class Shown {
        private static final Set<Feature> BOTH = Set.of(Feature.PRESENCE, Feature.JOIN_LEAVE);

        private void subscribe(String channel, String client, Set<Feature> shown) {
            hub.answer(ShardHarness.LOOP, new SubscribeRequest(channel, who(client), null, shown));
            hub.effects.remove("reply to " + client);
        }

        @Test
        void eachIsListedAndAnnouncedAsItAsked() {
            hub.subscribe("room:1", "zoe", null);
            hub.effects.clear();
            subscribe("room:1", "both", BOTH);
            subscribe("room:1", "listed", Set.of(Feature.PRESENCE));
            subscribe("room:1", "told", Set.of(Feature.JOIN_LEAVE));
            subscribe("room:1", "hidden", Set.of());
            subscribe("room:1", "other", Set.of(Feature.DELTA));
            assertThat(shard.presence("room:1")).containsExactly(who("zoe"), who("both"), who("listed"));
            assertThat(shard.presenceStats("room:1")).isEqualTo(new PresenceStats(3, 3));
            for (String client : List.of("both", "listed", "told", "hidden", "other"))
                shard.unsubscribe(ShardHarness.LOOP, "room:1", client, hub.now);
            assertThat(hub.effects)
                    .containsExactly(
                            "both joined room:1 to loops 1",
                            "told joined room:1 to loops 1",
                            "both left room:1 to loops 1",
                            "told left room:1 to loops 1");
            assertThat(shard.presenceStats("room:1")).isEqualTo(new PresenceStats(1, 1));
        }

        @Test
        void aHiddenClientIsStillSubscribedOnce() {
            subscribe("room:1", "hidden", Set.of());
            assertThat(hub.answer("room:1", "hidden", null))
                    .isEqualTo(new Subscribed.Refused(ErrorReply.ALREADY_SUBSCRIBED));
            shard.unsubscribe(ShardHarness.LOOP, "room:1", "hidden", hub.now);
            assertThatThrownBy(() -> shard.unsubscribe(ShardHarness.LOOP, "room:1", "hidden", hub.now))
                    .isInstanceOf(IllegalStateException.class);
        }

        @Test
        void whoAsksForItIsShownWhereTheChannelDoesNotOffer() {
            hub.subscribe("plain:1", "ann", null);
            subscribe("plain:1", "bob", BOTH);
            hub.subscribe("plain:1", "cid", null);
            assertThat(shard.presence("plain:1")).containsExactly(who("bob"));
            assertThat(shard.presenceStats("plain:1")).isEqualTo(new PresenceStats(1, 1));
            for (String client : List.of("ann", "bob", "cid"))
                shard.unsubscribe(ShardHarness.LOOP, "plain:1", client, hub.now);
            assertThat(hub.effects).containsExactly("bob joined plain:1 to loops 1", "bob left plain:1 to loops 1");
            assertThat(shard.presence("plain:1")).isEmpty();
        }

        @Test
        void withoutPresenceJoinersAreNotListed() {
            hub.subscribe("chat:1", "ann", null);
            assertThat(shard.presence("chat:1")).isEmpty();
            assertThat(shard.presenceStats("chat:1")).isEqualTo(new PresenceStats(0, 0));
            assertThat(hub.effects).containsExactly("ann joined chat:1 to loops 1");
        }
    }

    @Nested
    @DisplayName("occupied and vacated")
    class Occupied {
        @Test
        void theFirstAndTheLastSubscriberAreToldInOrderWithJoinAndLeave() {
            hub.tellsOccupied = true;
            hub.answer(0, "room:1", "ann", null);
            hub.answer(2, "room:1", "bob", null);
            shard.unsubscribe(0, "room:1", "ann", hub.now);
            shard.unsubscribe(2, "room:1", "bob", hub.now);
            hub.answer(0, "plain:1", "ann", null);
            assertThat(hub.effects)
                    .containsExactly(
                            "room:1 occupied",
                            "reply to ann",
                            "ann joined room:1 to loops 0",
                            "reply to bob",
                            "bob joined room:1 to loops 0 2",
                            "ann left room:1 to loops 2",
                            "room:1 vacated",
                            "plain:1 occupied",
                            "reply to ann");
        }

        @Test
        void whoeverLeavesWithinItsReplyOccupiedAndVacated() {
            hub.tellsOccupied = true;
            shard.subscribe(
                    1,
                    new SubscribeRequest("room:1", who("ann"), null),
                    hub.now,
                    answer -> shard.unsubscribe(1, "room:1", "ann", hub.now));
            assertThat(hub.effects).containsExactly("room:1 occupied", "room:1 vacated");
        }

        @Test
        void refusedSubscribersOccupyNothing() {
            hub.tellsOccupied = true;
            hub.answer("nowhere:1", "ann", null);
            assertThat(hub.effects).containsExactly("reply to ann");
        }

        @Test
        void theChannelsWithSubscribersAreCounted() {
            hub.answer(0, "room:1", "ann", null);
            hub.answer(70, "room:1", "bob", null);
            hub.answer(70, "room:2", "bob", null);
            hub.answer(70, "news:1", "bob", null);
            hub.publish("room:3");
            assertThat(shard.subscribers(name -> name.startsWith("room:"))).isEqualTo(Map.of("room:1", 2, "room:2", 1));
            shard.unsubscribe(70, "room:2", "bob", hub.now);
            shard.unsubscribe(0, "room:1", "ann", hub.now);
            assertThat(shard.subscribers(name -> true)).isEqualTo(Map.of("room:1", 1, "news:1", 1));
        }
    }
}
