package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Several event loops, each with a shard and a fan-out, between which everything travels on queues: first in, first out from one loop to another, in any order
 * among different pairs. People dial, subscribe, stall, break and come back. All chance comes from the seed.
 */
final class SimulatedHub {
    /** What is written to lines. Counted, so that nothing leaks and nothing is used after its release. */
    static final class Frame {
        final String channel;
        final @Nullable Publication publication;
        /** {@code +client} or {@code -client}; null for a publication. */
        final @Nullable String announcement;

        private int references;

        Frame(String channel, @Nullable Publication publication, @Nullable String announcement, int references) {
            this.channel = channel;
            this.publication = publication;
            this.announcement = announcement;
            this.references = references;
        }

        void retain() {
            if (references <= 0) throw new AssertionError("retained after its release");
            references++;
        }
    }

    /** One event loop. */
    final class Loop implements ShardEffects, FanoutEffects<Frame> {
        final int number;
        final Shard shard = new Shard(RULES, LIMITS, () -> "e" + ++epochs, this);
        final Fanout<Frame> fanout = new Fanout<>(new FanoutLimits(3, 2), this);
        private final Map<Cursor<Frame>, Page> pages = new HashMap<>();

        Loop(int number) {
            this.number = number;
        }

        @Override
        public void stale(LoopSet loops, String channel) {
            throw new AssertionError("a server that is alone is never deaf");
        }

        @Override
        public void advanced(LoopSet loops, String channel, StreamPosition top) {
            throw new AssertionError("a log of one's own only grows by what is said");
        }

        @Override
        public void occupied(String channel) {
            assertThat(occupied.add(channel)).as("occupied once: %s", channel).isTrue();
        }

        @Override
        public void vacated(String channel) {
            assertThat(occupied.remove(channel)).as("vacated once: %s", channel).isTrue();
        }

        @Override
        public void gathered(String pattern, Publication publication) {
            Loop home = home(pattern);
            post(number, home.number, () -> {
                home.shard.gather(pattern, publication, now);
                var query = new HistoryQuery(null, 0, HistoryQuery.Direction.FORWARD);
                var found = (Page.Found) AtOnce.history(home.shard, pattern, query, now);
                model.get(pattern).gathered(found.top(), publication, now);
                count("gathered");
            });
        }

        @Override
        public void publication(
                LoopSet loops, String channel, String epoch, Publication publication, @Nullable Publication previous) {
            Frame frame = frame(channel, publication, null, loops.size());
            loops.forEach(to -> post(
                    number,
                    to,
                    () -> SimulatedHub.this.loops.get(to).fanout.deliver(channel, epoch, publication, frame)));
        }

        @Override
        public void joined(LoopSet loops, String channel, ClientInfo who) {
            announce(loops, channel, "+" + who.client());
        }

        @Override
        public void left(LoopSet loops, String channel, ClientInfo who) {
            announce(loops, channel, "-" + who.client());
        }

        private void announce(LoopSet loops, String channel, String what) {
            Frame frame = frame(channel, null, what, loops.size());
            loops.forEach(to -> post(
                    number, to, () -> SimulatedHub.this.loops.get(to).fanout.announce(channel, frame)));
        }

        @Override
        public Frame encode(String channel, Publication publication, @Nullable Publication previous) {
            return frame(channel, publication, null, 1);
        }

        @Override
        public void release(Frame frame) {
            SimulatedHub.this.release(frame);
        }

        @Override
        public void read(Cursor<Frame> cursor, String channel, StreamPosition after, int limit) {
            pages.remove(cursor);
            Loop home = home(channel);
            post(number, home.number, () -> {
                Page page = AtOnce.read(home.shard, channel, after, limit, now);
                model.get(channel).read(page, after, limit, now);
                count("read " + page.getClass().getSimpleName());
                post(home.number, number, () -> {
                    pages.put(cursor, page);
                    fanout.onPage(cursor, page);
                });
            });
        }

        @Override
        public void lost(Cursor<Frame> cursor) {
            boolean maySlow =
                    cursor.channel().startsWith("strict") && !cursor.pipe().writable();
            Page page = pages.remove(cursor);
            boolean logSaysSo = page != null && !(page instanceof Page.Found);
            assertThat(logSaysSo || maySlow)
                    .as("lost only if the log says so or the line is full")
                    .isTrue();
            count(logSaysSo ? "lost" : "unsubscribed for being slow");
            ((SimulatedLine) cursor.pipe()).lost(cursor);
        }

        @Override
        public void slow(Cursor<Frame> cursor) {
            assertThat(cursor.channel()).startsWith("harsh");
            assertThat(cursor.pipe().writable()).isFalse();
            count("disconnected for being slow");
            ((SimulatedLine) cursor.pipe()).slow(cursor);
        }
    }

    static final ShardLimits LIMITS = new ShardLimits(
            1_000, 4, 1_000_000, 1 << 20, 1_000, 20, Duration.ofSeconds(5), 16_384, Duration.ofSeconds(40), 3);

    private static final Duration DAY = Duration.ofDays(1);
    private static final ChannelRules RULES = ChannelRules.builder()
            .namespace(
                    "tiny",
                    options(ChannelOptions.every(4, Duration.ofSeconds(10)).metaTtl(Duration.ofSeconds(60))))
            .namespace(
                    "news",
                    options(ChannelOptions.every(40, Duration.ofSeconds(30)).metaTtl(Duration.ofSeconds(60))))
            .namespace("price", options(ChannelOptions.latest(DAY)))
            .namespace(
                    "keyed",
                    options(ChannelOptions.latest(DAY)
                            .history(4, Duration.ofSeconds(20))
                            .metaTtl(Duration.ofSeconds(60))
                            .latestKey("k")))
            .namespace(
                    "board",
                    options(ChannelOptions.latest(DAY)
                            .history(100, DAY)
                            .latestKey("k")
                            .with(Feature.AUTO_RECOVER)))
            .namespace(
                    "wild",
                    options(ChannelOptions.every(40, Duration.ofSeconds(30))
                            .metaTtl(Duration.ofSeconds(60))
                            .with(Feature.WILDCARD)))
            .namespace(
                    "strict",
                    options(ChannelOptions.every(40, Duration.ofSeconds(30))
                            .metaTtl(Duration.ofSeconds(60))
                            .slowReader(SlowReader.UNSUBSCRIBE)))
            .namespace("harsh", options(ChannelOptions.latest(DAY).slowReader(SlowReader.DISCONNECT)))
            .namespace("strictly", options(ChannelOptions.unlogged().slowReader(SlowReader.UNSUBSCRIBE)))
            .namespace("typing", options(ChannelOptions.unlogged()))
            .build();

    static final List<String> CHANNELS = List.of(
            "tiny:a",
            "tiny:b",
            "news:a",
            "news:b",
            "news:c",
            "price:a",
            "price:b",
            "keyed:a",
            "keyed:b",
            "board:a",
            "wild:a",
            "wild:b",
            "wild:*",
            "strict:a",
            "harsh:a",
            "strictly:a",
            "typing:a");

    final Random random;
    final List<Loop> loops = new ArrayList<>();
    final Map<String, NaiveChannel> model = new HashMap<>();
    final List<SimulatedPerson> people = new ArrayList<>();
    /** Whether a loop does at once what it has to do for itself. */
    final boolean inline;

    long now = 1_000;
    /** Once true, nothing breaks and nothing stalls any more. */
    boolean calm;

    /** How often which interesting thing happened: a simulation that never gets there proves nothing. */
    final Map<String, Integer> tally = new TreeMap<>();

    /** Channels that were said to have subscribers. */
    private final Set<String> occupied = new HashSet<>();

    private final List<Queue<Runnable>> paths = new ArrayList<>();
    private final List<String> recentKeys = new ArrayList<>();
    private int framesHeld;
    private int epochs;
    private int said;

    SimulatedHub(long seed) {
        random = new Random(seed);
        inline = random.nextBoolean();
        int loopCount = 1 + random.nextInt(4);
        for (int i = 0; i < loopCount; i++) loops.add(new Loop(i));
        for (int i = 0; i < loopCount * loopCount; i++) paths.add(new ArrayDeque<>());
        for (String channel : CHANNELS)
            model.put(channel, new NaiveChannel(channel, RULES.optionsFor(channel), LIMITS));
        if (random.nextBoolean()) {
            // Comes first, so that it knows who is there. Where it is, no position is ever forgotten.
            SimulatedPerson watcher = new SimulatedPerson(this, "watcher", SimulatedPerson.Temper.STEADY);
            people.add(watcher);
            watcher.act();
            while (travel()) {}
        }
        int count = 2 + random.nextInt(10);
        for (int i = 0; i < count; i++) people.add(new SimulatedPerson(this, "p" + i, SimulatedPerson.Temper.FICKLE));
    }

    private static ChannelOptions options(ChannelOptions.Builder options) {
        return options.with(Feature.PRESENCE, Feature.JOIN_LEAVE).build();
    }

    Loop home(String channel) {
        return loops.get(ChannelHome.homeOf(channel, loops.size()));
    }

    /** Sends a task from one loop to another. */
    void post(int from, int to, Runnable task) {
        if (from == to && inline) task.run();
        else paths.get(from * loops.size() + to).add(task);
    }

    void step() {
        int dice = random.nextInt(100);
        if (dice < 45) travel();
        else if (dice < 60) publish();
        else if (dice < 96) people.get(random.nextInt(people.size())).act();
        else if (dice < 98) loops.get(random.nextInt(loops.size())).shard.onTime(now);
        else pass();
    }

    /** One task arrives, from any of the paths that carry some. Answers whether there was one. */
    boolean travel() {
        int start = random.nextInt(paths.size());
        for (int i = 0; i < paths.size(); i++) {
            Runnable task = paths.get((start + i) % paths.size()).poll();
            if (task == null) continue;
            task.run();
            return true;
        }
        return false;
    }

    /** Time passes: mostly a little, sometimes enough for items to expire, rarely a night in which nobody is there. */
    private void pass() {
        int dice = random.nextInt(200);
        if (dice < 4) {
            for (SimulatedPerson person : people) if (person.temper == SimulatedPerson.Temper.FICKLE) person.leave();
            while (travel()) {}
            now += 70_000;
        } else {
            now += dice < 10 ? 12_000 : random.nextInt(500);
        }
    }

    /** What is said is numbered when it arrives at its home, which is the order everybody should hear it in. */
    private void publish() {
        String channel = CHANNELS.get(random.nextInt(CHANNELS.size()));
        if (RULES.gathers(channel)) return;
        boolean skip = random.nextInt(10) == 0;
        String key = random.nextInt(5) == 0 ? key() : null;
        Loop home = home(channel);
        post(random.nextInt(loops.size()), home.number, () -> {
            var request = PublishRequest.of(channel, Payload.of("" + ++said)).tagged(tags());
            request = skip ? request.history(PublishRequest.History.SKIP) : request.once(key);
            Published answer = AtOnce.publish(home.shard, request, now);
            if (model.get(channel).published(answer, request, now)) count("repeated key");
        });
    }

    /** One of some keys, some of them rare, for the channels that keep the newest of each. */
    private Map<String, String> tags() {
        int key = random.nextInt(2 + random.nextInt(20));
        return key == 0 ? Map.of() : Map.of("k", "k" + key);
    }

    private String key() {
        if (recentKeys.isEmpty() || random.nextInt(3) > 0) recentKeys.add("k" + recentKeys.size());
        return recentKeys.get(Math.max(0, recentKeys.size() - 1 - random.nextInt(4)));
    }

    Frame frame(String channel, @Nullable Publication publication, @Nullable String announcement, int references) {
        framesHeld++;
        return new Frame(channel, publication, announcement, references);
    }

    void release(Frame frame) {
        if (--frame.references == 0) framesHeld--;
        if (frame.references < 0) throw new AssertionError("released twice");
    }

    /** Lets everything arrive, everyone come back, and looks whether all ends well. */
    void end() {
        calm = true;
        for (int round = 0; round < 50; round++) {
            people.forEach(SimulatedPerson::comeBack);
            do people.forEach(SimulatedPerson::receiveAll);
            while (travel());
        }
        audit();
        for (NaiveChannel channel : model.values()) {
            List<ClientInfo> present = home(channel.name).shard.presence(channel.name);
            assertThat(present).extracting(ClientInfo::client).containsExactlyInAnyOrderElementsOf(channel.present);
            assertThat(home(channel.name).shard.subscribers(channel.name::equals))
                    .isEqualTo(channel.present.isEmpty() ? Map.of() : Map.of(channel.name, channel.present.size()));
            for (SimulatedPerson person : people) person.checkAtEnd(channel);
        }
        people.forEach(SimulatedPerson::leave);
        while (travel()) {}
        audit();
        for (Loop loop : loops) {
            assertThat(loop.fanout.groups).isEmpty();
            assertThat(loop.fanout.laggards).isEmpty();
        }
        assertThat(occupied).isEmpty();
        assertThat(framesHeld).as("frames not released").isZero();
        expireAll();
    }

    private void expireAll() {
        now += DAY.toMillis() + ChannelOptions.DEFAULT_META_TTL.toMillis();
        for (Loop loop : loops) {
            while (loop.shard.nextDeadline() <= now) loop.shard.onTime(now);
            assertThat(loop.shard.channelCount())
                    .as("channels left after all time")
                    .isZero();
        }
    }

    void count(String what) {
        tally.merge(what, 1, Integer::sum);
    }

    void audit() {
        for (Loop loop : loops) FanoutAudit.check(loop.fanout);
    }
}
