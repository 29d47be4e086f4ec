package dev.openline.hub;

import dev.openline.hub.HistoryQuery.Direction;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A shard with its clock, and a list of what it wanted to be done. */
final class ShardHarness implements ShardEffects {
    static final Duration TTL = Duration.ofHours(2);
    static final Duration META_TTL = Duration.ofHours(10);
    static final int LOOP = 1;

    private static final ChannelRules RULES = ChannelRules.builder()
            .namespace(
                    "news",
                    ChannelOptions.every(10, TTL)
                            .metaTtl(META_TTL)
                            .with(Feature.PRESENCE)
                            .build())
            .namespace(
                    "room",
                    ChannelOptions.every(10, TTL)
                            .with(Feature.PRESENCE, Feature.JOIN_LEAVE)
                            .build())
            .namespace(
                    "blink",
                    ChannelOptions.every(10, Duration.ofSeconds(1))
                            .metaTtl(Duration.ofSeconds(1))
                            .build())
            .namespace(
                    "chat",
                    ChannelOptions.every(10, TTL).with(Feature.JOIN_LEAVE).build())
            .namespace("plain", ChannelOptions.every(10, TTL).build())
            .namespace("price", ChannelOptions.latest(TTL).build())
            .namespace("typing", ChannelOptions.unlogged().build())
            .build();

    final List<String> effects = new ArrayList<>();
    /** What is to be brought to the home of each pattern channel. */
    final Map<String, List<Publication>> gathered = new HashMap<>();
    /** Whether the first and the last subscriber are among the effects. */
    boolean tellsOccupied;

    final Shard shard;
    long now = 5_000;
    private int epochs;

    ShardHarness() {
        this(ShardLimits.DEFAULT);
    }

    ShardHarness(ShardLimits limits) {
        this(limits, RULES);
    }

    ShardHarness(ShardLimits limits, ChannelRules rules) {
        shard = new Shard(rules, limits, () -> "epoch" + ++epochs, this);
    }

    static ClientInfo who(String client) {
        return new ClientInfo("user-" + client.charAt(0), client, null, null);
    }

    StreamPosition publish(String channel) {
        return publish(channel, null);
    }

    StreamPosition publish(String channel, @Nullable String key) {
        var published = AtOnce.publish(
                shard, PublishRequest.of(channel, Payload.of("1")).once(key), now);
        return ((Published.At) published).position();
    }

    void publishMany(String channel, int count) {
        for (int i = 0; i < count; i++) publish(channel);
    }

    Subscribed answer(String channel, String client, @Nullable StreamPosition from) {
        return answer(LOOP, channel, client, from);
    }

    Subscribed answer(int loop, String channel, String client, @Nullable StreamPosition from) {
        return answer(loop, new SubscribeRequest(channel, who(client), from));
    }

    Subscribed answer(int loop, SubscribeRequest request) {
        List<Subscribed> answers = new ArrayList<>();
        shard.subscribe(loop, request, now, answer -> {
            answers.add(answer);
            effects.add("reply to " + request.who().client());
        });
        if (answers.size() != 1) throw new AssertionError("answered " + answers.size() + " times");
        return answers.get(0);
    }

    /** Subscribes quietly: the reply is not among the effects. */
    Subscribed.Accepted subscribe(String channel, String client, @Nullable StreamPosition from) {
        var accepted = (Subscribed.Accepted) answer(channel, client, from);
        effects.remove("reply to " + client);
        return accepted;
    }

    List<Publication> history(String channel, int limit) {
        var query = new HistoryQuery(null, limit, Direction.FORWARD);
        return ((Page.Found) AtOnce.history(shard, channel, query, now)).publications();
    }

    List<Long> offsets(String channel) {
        return history(channel, Integer.MAX_VALUE).stream()
                .map(Publication::offset)
                .toList();
    }

    List<Long> query(String channel, @Nullable Long since, int limit, Direction direction) {
        var query = new HistoryQuery(since == null ? null : new StreamPosition(since, ""), limit, direction);
        var found = (Page.Found) AtOnce.history(shard, channel, query, now);
        return found.publications().stream().map(Publication::offset).toList();
    }

    StreamPosition top(String channel) {
        return ((Page.Found) AtOnce.history(shard, channel, new HistoryQuery(null, 0, Direction.FORWARD), now)).top();
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
        if (tellsOccupied) effects.add(channel + " occupied");
    }

    @Override
    public void vacated(String channel) {
        if (tellsOccupied) effects.add(channel + " vacated");
    }

    @Override
    public void gathered(String pattern, Publication publication) {
        gathered.computeIfAbsent(pattern, any -> new ArrayList<>()).add(publication);
    }

    @Override
    public void publication(
            LoopSet loops, String channel, String epoch, Publication publication, @Nullable Publication previous) {
        effects.add(channel + " " + publication.offset() + " " + epoch + " to " + loops);
    }

    @Override
    public void joined(LoopSet loops, String channel, ClientInfo who) {
        effects.add(who.client() + " joined " + channel + " to " + loops);
    }

    @Override
    public void left(LoopSet loops, String channel, ClientInfo who) {
        effects.add(who.client() + " left " + channel + " to " + loops);
    }
}
