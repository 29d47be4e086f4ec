package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers that share their logs, over a store whose news are late or lost, which is away now and then, and which may lose what it had. */
class SharedShardTest {
    private static final ChannelRules RULES = ChannelRules.builder()
            .namespace(
                    "log",
                    ChannelOptions.every(100_000, Duration.ofHours(2))
                            .with(Feature.PRESENCE, Feature.JOIN_LEAVE)
                            .build())
            .namespace("short", ChannelOptions.every(4, Duration.ofHours(2)).build())
            .namespace("price", ChannelOptions.latest(Duration.ofHours(2)).build())
            .namespace(
                    "keyed",
                    ChannelOptions.latest(Duration.ofHours(2))
                            .history(8, Duration.ofHours(2))
                            .latestKey("k")
                            .build())
            .namespace("typing", ChannelOptions.unlogged().build())
            .namespace(
                    "logwide",
                    ChannelOptions.every(100_000, Duration.ofHours(2))
                            .with(Feature.WILDCARD)
                            .build())
            .build();

    private static final SharedLimits LIMITS = new SharedLimits(
            6, Duration.ofSeconds(10), Duration.ofSeconds(20), Duration.ofSeconds(30), 1 << 20, 5, 1_000);

    private final PlayedStore store = new PlayedStore(RULES);

    /** One server: a loop with its shard and its fan-out, on which everything is done at once but what the store has to be asked for. */
    private final class Server implements ShardEffects, FanoutEffects<String> {
        final PlayedStore.View view = store.view();
        final SharedShard shard = new SharedShard(RULES, ShardLimits.DEFAULT, LIMITS, this, view);
        final Fanout<String> fanout = new Fanout<>(new FanoutLimits(3, 2), this);
        final List<String> told = new ArrayList<>();

        @Override
        public void publication(
                LoopSet loops, String channel, String epoch, Publication publication, @Nullable Publication previous) {
            fanout.deliver(channel, epoch, publication, text(epoch, publication));
        }

        @Override
        public void advanced(LoopSet loops, String channel, StreamPosition top) {
            fanout.advance(channel, top);
        }

        @Override
        public void stale(LoopSet loops, String channel) {
            fanout.loseAll(channel);
        }

        @Override
        public void occupied(String channel) {
            told.add("occupied " + channel);
        }

        @Override
        public void vacated(String channel) {
            told.add("vacated " + channel);
        }

        @Override
        public void gathered(String pattern, Publication publication) {
            throw new AssertionError("no patterns here");
        }

        @Override
        public void joined(LoopSet loops, String channel, ClientInfo who) {
            told.add("+" + who.client());
        }

        @Override
        public void left(LoopSet loops, String channel, ClientInfo who) {
            told.add("-" + who.client());
        }

        @Override
        public String encode(String channel, Publication publication, @Nullable Publication previous) {
            return text("?", publication);
        }

        @Override
        public void release(String frame) {}

        @Override
        public void read(Cursor<String> cursor, String channel, StreamPosition after, int limit) {
            shard.read(channel, after, limit, store.now, page -> fanout.onPage(cursor, page));
        }

        @Override
        public void lost(Cursor<String> cursor) {
            Reader reader = (Reader) cursor.pipe();
            reader.end("lost");
        }

        @Override
        public void slow(Cursor<String> cursor) {
            throw new AssertionError("nobody is slow here");
        }
    }

    private static String text(String epoch, Publication publication) {
        return publication.offset() + "";
    }

    /** A client with one subscription, which checks what it is given. */
    private final class Reader implements Pipe<String> {
        final String client;
        final String channel;
        Server server;

        @Nullable
        Cursor<String> cursor;

        boolean asked;
        /** Where it is, as it would say when it comes back. */
        @Nullable
        StreamPosition at;

        final List<Long> heard = new ArrayList<>();
        int told;
        boolean full;

        Reader(String client, String channel, Server server) {
            this.client = client;
            this.channel = channel;
            this.server = server;
        }

        boolean contiguous() {
            return channel.startsWith("log") || channel.startsWith("short");
        }

        @Override
        public boolean writable() {
            return !full;
        }

        @Override
        public void push(Cursor<String> cursor, String frame, Step step) {
            take(Long.parseLong(frame), cursor.epoch);
        }

        private void take(long offset, String epoch) {
            if (offset == 0) return;
            StreamPosition before = at;
            if (before != null && before.epoch().equals(epoch)) {
                if (contiguous())
                    assertThat(offset).as(client + " on " + channel).isEqualTo(before.offset() + 1);
                else assertThat(offset).as(client).isGreaterThan(before.offset());
            }
            at = new StreamPosition(offset, epoch);
            heard.add(offset);
        }

        @Override
        public void announce(Cursor<String> cursor, String frame) {}

        void subscribe() {
            if (cursor != null || asked) return;
            asked = true;
            Server where = server;
            StreamPosition from = at;
            where.shard.subscribe(
                    0,
                    new SubscribeRequest(channel, new ClientInfo("u", client, null, null), from),
                    store.now,
                    reply -> {
                        asked = false;
                        if (reply instanceof Subscribed.Accepted accepted) accepted(where, from, accepted);
                    });
        }

        private void accepted(Server where, @Nullable StreamPosition from, Subscribed.Accepted accepted) {
            if (accepted.recovery() instanceof Recovery.Complete complete) {
                if (from != null && !from.epoch().equals(accepted.top().epoch())) at = null;
                for (Publication each : complete.page())
                    take(each.offset(), accepted.top().epoch());
            } else if (!(accepted.recovery() instanceof Recovery.Later)) {
                if (from != null) told++;
                at = accepted.top();
            }
            cursor =
                    where.fanout.attach(channel, this, accepted, new dev.openline.hub.Reader(JoinLeave.UNWANTED, null));
            if (!cursor.attached()) cursor = null;
        }

        /** The subscription is over, by whoever's wish. */
        void end(String why) {
            Cursor<String> ended = cursor;
            cursor = null;
            if (ended != null) server.fanout.detach(ended);
            if (ended != null || why.equals("lost")) server.shard.unsubscribe(0, channel, client, store.now);
        }

        void leave() {
            if (cursor != null) end("left");
        }
    }

    private Published publish(Server server, String channel, @Nullable String key) {
        List<Published> answers = new ArrayList<>();
        server.shard.publish(
                PublishRequest.of(channel, Payload.of("1"))
                        .tagged(Map.of("k", key == null ? "" : key))
                        .once(key),
                store.now,
                answers::add);
        server.view.settle();
        return answers.get(0);
    }

    private void settle() {
        while (!store.views.stream().allMatch(PlayedStore.View::isQuiet)) store.views.forEach(PlayedStore.View::settle);
    }

    private static StreamPosition at(Published published) {
        return ((Published.At) published).position();
    }

    @Test
    void what_is_said_on_one_server_is_heard_on_all() {
        Server one = new Server();
        Server two = new Server();
        Reader ann = new Reader("ann", "log:a", one);
        Reader bob = new Reader("bob", "log:a", two);
        ann.subscribe();
        bob.subscribe();
        settle();
        for (int i = 0; i < 3; i++) publish(i % 2 == 0 ? one : two, "log:a", null);
        settle();
        assertThat(ann.heard).containsExactly(1L, 2L, 3L);
        assertThat(bob.heard).containsExactly(1L, 2L, 3L);
    }

    @Test
    void what_is_said_in_a_namespace_is_heard_on_its_pattern_channel_on_all_servers() {
        Server one = new Server();
        Server two = new Server();
        Reader ann = new Reader("ann", "logwide:*", one);
        ann.subscribe();
        settle();
        for (String channel : List.of("logwide:a", "logwide:b", "logwide:a")) publish(two, channel, null);
        settle();
        assertThat(ann.heard).containsExactly(1L, 2L, 3L);
        assertThat(publish(one, "logwide:*", null))
                .isEqualTo(new Published.Refused(
                        ErrorReply.badRequest("nothing is published on a pattern channel itself")));
    }

    @Test
    void a_key_is_published_once_on_whichever_servers_it_is_said() {
        Server one = new Server();
        Server two = new Server();
        StreamPosition first = at(publish(one, "log:a", "key"));
        assertThat(at(publish(two, "log:a", "key"))).isEqualTo(first);
        assertThat(store.log("log:a").top).isEqualTo(1);
    }

    @Test
    void news_that_are_lost_are_noticed_by_the_next_and_read() {
        Server one = new Server();
        Server two = new Server();
        Reader ann = new Reader("ann", "log:a", one);
        ann.subscribe();
        settle();
        publish(two, "log:a", null);
        publish(two, "log:a", null);
        one.view.told.clear();
        settle();
        assertThat(ann.heard).isEmpty();
        publish(two, "log:a", null);
        settle();
        assertThat(ann.heard).containsExactly(1L, 2L, 3L);
        assertThat(ann.told).isZero();
    }

    @Test
    void news_that_are_lost_and_followed_by_none_are_found_by_comparing_positions() {
        Server one = new Server();
        Reader ann = new Reader("ann", "log:a", one);
        ann.subscribe();
        settle();
        publish(new Server(), "log:a", null);
        one.view.told.clear();
        one.shard.onTime(store.now);
        store.now += LIMITS.check().toMillis();
        one.shard.onTime(store.now);
        settle();
        assertThat(ann.heard).containsExactly(1L);
    }

    @Test
    void a_cursor_that_knows_more_than_this_server_is_answered_when_it_has_read_on() {
        Server one = new Server();
        Server two = new Server();
        Reader ann = new Reader("ann", "log:a", one);
        Reader bob = new Reader("bob", "log:a", two);
        ann.subscribe();
        bob.subscribe();
        settle();
        publish(one, "log:a", null);
        one.view.settle();
        assertThat(ann.heard).containsExactly(1L);
        // The other server has not heard of it yet.
        ann.leave();
        ann.server = two;
        ann.subscribe();
        two.view.questions.remove().run();
        two.view.answers.remove().run();
        assertThat(ann.cursor).isNotNull();
        settle();
        assertThat(ann.told).isZero();
        assertThat(ann.heard).containsExactly(1L);
        assertThat(bob.heard).containsExactly(1L);
    }

    @Test
    void a_store_that_lost_what_it_had_is_told_of() {
        Server one = new Server();
        Reader ann = new Reader("ann", "log:a", one);
        ann.subscribe();
        settle();
        publish(one, "log:a", null);
        settle();
        store.lose();
        one.view.fallDeaf();
        one.view.hearAgain();
        settle();
        assertThat(ann.cursor).isNull();
        ann.subscribe();
        settle();
        assertThat(ann.told).isEqualTo(1);
    }

    @Test
    void a_log_that_went_back_in_the_same_epoch_is_given_up() {
        Server one = new Server();
        Reader ann = new Reader("ann", "log:a", one);
        ann.subscribe();
        settle();
        publish(one, "log:a", null);
        publish(one, "log:a", null);
        settle();
        String epoch = store.log("log:a").epoch;
        store.log("log:a").top = 1;
        store.log("log:a").entries.remove(1);
        one.view.fallDeaf();
        one.view.hearAgain();
        settle();
        assertThat(store.log("log:a").epoch).isNotEqualTo(epoch);
        assertThat(ann.cursor).isNull();
    }

    @Test
    void while_the_store_is_away_subscribers_stay_and_new_ones_get_what_is_in_memory() {
        Server one = new Server();
        Reader ann = new Reader("ann", "log:a", one);
        ann.subscribe();
        settle();
        publish(one, "log:a", null);
        settle();
        store.away = true;
        one.view.fallDeaf();
        Reader bob = new Reader("bob", "log:a", one);
        bob.at = new StreamPosition(0, store.log("log:a").epoch);
        bob.subscribe();
        assertThat(bob.heard).containsExactly(1L);
        Reader late = new Reader("late", "log:other", one);
        late.subscribe();
        settle();
        assertThat(late.cursor).isNull();
        assertThat(publish(one, "log:a", null)).isInstanceOf(Published.Refused.class);
        assertThat(ann.cursor).isNotNull();
        store.away = false;
        one.view.hearAgain();
        publish(one, "log:a", null);
        settle();
        assertThat(ann.heard).containsExactly(1L, 2L);
        assertThat(bob.heard).containsExactly(1L, 2L);
        assertThat(ann.told + bob.told).isZero();
    }

    @Test
    void names_that_somebody_makes_up_are_followed_up_to_a_limit() {
        Server one = new Server();
        int most = ShardLimits.DEFAULT.maxNeverPublished();
        for (int i = 0; i < most + 500; i++) {
            Reader reader = new Reader("c", "log:" + i, one);
            reader.subscribe();
            one.view.settle();
            reader.leave();
        }
        assertThat(one.shard.channelCount()).isLessThanOrEqualTo(most);
    }

    @Test
    void whoever_has_heard_nothing_for_too_long_is_told_and_goes_on_when_the_store_is_heard_again() {
        Server one = new Server();
        Reader ann = new Reader("ann", "log:a", one);
        Reader bob = new Reader("bob", "typing:a", one);
        ann.subscribe();
        bob.subscribe();
        settle();
        publish(one, "log:a", null);
        settle();
        one.view.fallDeaf();
        publish(new Server(), "log:a", null);
        store.now += LIMITS.staleAfter().toMillis() - 1;
        one.shard.onTime(store.now);
        assertThat(ann.cursor).isNotNull();
        store.now += 1;
        one.shard.onTime(store.now);
        assertThat(List.of(ann, bob)).allMatch(reader -> reader.cursor == null);
        ann.subscribe();
        settle();
        assertThat(ann.cursor).as("what is in memory is not served any more").isNull();
        one.view.hearAgain();
        settle();
        ann.subscribe();
        bob.subscribe();
        settle();
        assertThat(ann.heard).containsExactly(1L, 2L);
        assertThat(ann.told).isZero();
        assertThat(bob.cursor).isNotNull();
    }

    @Test
    void whoever_hears_again_in_time_is_told_nothing() {
        Server one = new Server();
        Reader ann = new Reader("ann", "log:a", one);
        ann.subscribe();
        settle();
        one.view.fallDeaf();
        store.now += LIMITS.staleAfter().toMillis() - 1;
        one.view.hearAgain();
        settle();
        store.now += 1;
        one.shard.onTime(store.now);
        assertThat(ann.cursor).isNotNull();
    }

    @Test
    void a_channel_is_followed_while_it_has_subscribers_and_a_little_longer() {
        Server one = new Server();
        Reader ann = new Reader("ann", "log:a", one);
        ann.subscribe();
        settle();
        ann.leave();
        store.now += LIMITS.linger().toMillis() - 1;
        one.shard.onTime(store.now);
        assertThat(one.shard.channelCount()).isEqualTo(1);
        ann.subscribe();
        store.now += 1;
        one.shard.onTime(store.now);
        assertThat(one.shard.channelCount()).isEqualTo(1);
        ann.leave();
        store.now += LIMITS.linger().toMillis();
        one.shard.onTime(store.now);
        assertThat(one.shard.channelCount()).isZero();
        settle();
    }

    @Test
    void who_joins_and_leaves_is_heard_and_seen_on_all_servers() {
        Server one = new Server();
        Server two = new Server();
        Reader ann = new Reader("ann", "log:a", one);
        Reader bob = new Reader("bob", "log:a", two);
        ann.subscribe();
        settle();
        bob.subscribe();
        settle();
        List<List<ClientInfo>> seen = new ArrayList<>();
        one.shard.presence("log:a", seen::add);
        settle();
        assertThat(seen.get(0)).extracting(ClientInfo::client).containsExactly("ann", "bob");
        bob.leave();
        settle();
        assertThat(one.told).containsExactly("occupied log:a", "+ann", "+bob", "-bob");
        assertThat(two.told).containsExactly("occupied log:a", "+bob", "vacated log:a");
    }

    @Test
    void a_history_that_is_removed_is_gone_on_all_servers() {
        Server one = new Server();
        Server two = new Server();
        Reader ann = new Reader("ann", "log:a", two);
        ann.subscribe();
        settle();
        publish(one, "log:a", null);
        settle();
        one.shard.removeHistory("log:a", store.now, error -> assertThat(error).isNull());
        settle();
        Reader bob = new Reader("bob", "log:a", two);
        bob.at = new StreamPosition(0, store.log("log:a").epoch);
        bob.subscribe();
        settle();
        assertThat(bob.told).isEqualTo(1);
        assertThat(ann.cursor).isNotNull();
    }

    // --- by chance
    // --------------------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void whatever_is_late_or_lost_everybody_gets_everything_once_and_in_order_or_is_told(long seed) {
        play(seed, true);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
    void while_the_store_keeps_what_it_has_nobody_misses_anything(long seed) {
        for (Reader reader : play(seed, false))
            if (reader.channel.startsWith("log"))
                assertThat(reader.told).as("seed %d: %s", seed, reader.client).isZero();
    }

    private List<Reader> play(long seed, boolean forgetful) {
        Random random = new Random(seed * 0x9E3779B97F4A7C15L);
        List<Server> servers = List.of(new Server(), new Server(), new Server());
        List<String> channels = List.of("log:a", "short:a", "price:a", "keyed:a", "typing:a", "logwide:a");
        List<Reader> readers = new ArrayList<>();
        for (int i = 0; i < 18; i++) {
            String channel = channels.get(i % channels.size());
            // Patterns are read only, the others are said things on too.
            readers.add(new Reader("c" + i, channel.equals("logwide:a") ? "logwide:*" : channel, servers.get(i / 6)));
        }
        for (int step = 0; step < 10_000; step++) {
            if (forgetful) forget(random, servers.get(step % 3), channels);
            step(random, servers, channels, readers);
        }
        heal(servers, readers);
        for (Reader reader : readers) {
            if (reader.channel.startsWith("typing")) continue;
            PlayedStore.Kept kept = store.log(reader.channel);
            assertThat(reader.cursor).as("seed %d: %s", seed, reader.client).isNotNull();
            assertThat(reader.at)
                    .as("seed %d: %s on %s", seed, reader.client, reader.channel)
                    .isEqualTo(new StreamPosition(kept.top, kept.epoch));
        }
        Map<String, Long> heard = new TreeMap<>(new HashMap<>());
        for (Reader reader : readers) heard.merge(reader.channel, (long) reader.heard.size(), Long::sum);
        assertThat(heard.get("log:a")).as("seed %d: something happened", seed).isGreaterThan(100);
        return readers;
    }

    private void forget(Random random, Server server, List<String> channels) {
        switch (random.nextInt(2_000)) {
            case 0 -> store.lose();
            case 1, 2 -> server.shard.removeHistory(channels.get(random.nextInt(4)), store.now, error -> {});
            default -> {}
        }
    }

    private void step(Random random, List<Server> servers, List<String> channels, List<Reader> readers) {
        Server server = servers.get(random.nextInt(3));
        Reader reader = readers.get(random.nextInt(readers.size()));
        switch (random.nextInt(100)) {
            case 0 -> {
                if (random.nextInt(4) == 0) server.view.fallDeaf();
            }
            case 1, 2, 3 -> {
                if (server.view.deaf) server.view.hearAgain();
            }
            case 4 -> store.away = random.nextInt(12) == 0;
            case 6, 7 -> server.view.told.poll();
            case 8 -> {
                store.now += random.nextInt(5_000);
                server.shard.onTime(store.now);
            }
            case 9, 10, 11 -> {
                reader.leave();
                if (!reader.asked) reader.server = server;
            }
            case 12, 13, 14, 15, 16, 17, 18 -> reader.subscribe();
            case 19, 20 -> reader.full = true;
            case 21, 22, 23, 24, 25 -> {
                reader.full = false;
                reader.server.fanout.onWritable(reader);
            }
            case 28, 29, 30, 31, 32, 33, 34, 35, 36, 37 ->
                server.shard.publish(
                        PublishRequest.of(channels.get(random.nextInt(channels.size())), Payload.of("1"))
                                .tagged(Map.of("k", "" + random.nextInt(12)))
                                .once(random.nextBoolean() ? null : "" + random.nextInt(500)),
                        store.now,
                        published -> {});
            default -> arrive(random, server.view);
        }
    }

    /** Some of what is on its way arrives, each kind in its order. */
    private static void arrive(Random random, PlayedStore.View view) {
        for (int left = random.nextInt(8); left > 0; left--) {
            Runnable next = switch (random.nextInt(3)) {
                case 0 -> view.questions.poll();
                case 1 -> view.answers.poll();
                default -> view.told.poll();
            };
            if (next != null) next.run();
        }
    }

    private void heal(List<Server> servers, List<Reader> readers) {
        store.away = false;
        for (Server server : servers) {
            server.view.fallDeaf();
            server.view.hearAgain();
        }
        for (int i = 0; i < 5; i++) {
            settle();
            store.now += 1_000;
            for (Server server : servers) server.shard.onTime(store.now);
            settle();
            for (Reader reader : readers) {
                reader.full = false;
                reader.server.fanout.onWritable(reader);
                reader.subscribe();
            }
            settle();
        }
    }
}
