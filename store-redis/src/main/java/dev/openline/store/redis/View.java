package dev.openline.store.redis;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.HistoryQuery;
import dev.openline.hub.LogEntry;
import dev.openline.hub.LogStore.Answer;
import dev.openline.hub.LogStore.Outcome;
import dev.openline.hub.PresenceStats;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.hub.SharedStore;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Push;
import dev.openline.protocol.StreamPosition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All of a Redis as one event loop sees it: answers and news come there. */
final class View implements SharedStore {
    private static final Logger log = LoggerFactory.getLogger(RedisStore.class);
    private static final ErrorReply NOT_PUBLISHED =
            new ErrorReply(ErrorReply.INTERNAL.code(), "the log can't be written now", true);
    private static final byte[] NOTHING = {};
    private static final byte[] YES = {'1'};
    private static final byte[] NO = {'0'};

    private final RedisStore store;
    private final String part;
    private final Executor loop;
    private final LongSupplier clockMillis;
    /** Only on the loop. */
    private final Map<String, Follower> followers = new ConcurrentHashMap<>();

    View(RedisStore store, String part, Executor loop, LongSupplier clockMillis) {
        this.store = store;
        this.part = part.isEmpty() ? "" : "\u0001" + part + ":";
        this.loop = loop;
        this.clockMillis = clockMillis;
    }

    private String named(String channel) {
        return part.isEmpty() ? channel : part + channel;
    }

    private void onLoop(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException ended) {
            // The server has ended, and with it whoever would have heard of it.
        }
    }

    /** Brings an answer to the loop, which is made of what Redis said, or of nothing if that was no answer. */
    private <T extends @Nullable Object> void answer(
            CompletionStage<List<Object>> said, Function<@Nullable List<Object>, T> made, Answer<T> answer) {
        said.whenComplete((all, fault) -> {
            T value;
            try {
                if (fault != null)
                    log.debug("Redis did not carry out a script: {}", String.valueOf(fault.getMessage()));
                value = made.apply(fault == null ? all : null);
            } catch (RuntimeException unexpected) {
                log.warn("what Redis said can't be read", unexpected);
                value = made.apply(null);
            }
            T result = value;
            onLoop(() -> answer.take(result, clockMillis.getAsLong()));
        });
    }

    // --- what is told
    // -----------------------------------------------------------------------------------------------------------------

    @Override
    public void follow(String channel, Follower follower) {
        followers.put(named(channel), follower);
        store.follow(named(channel), this);
    }

    @Override
    public void unfollow(String channel) {
        followers.remove(named(channel));
        store.unfollow(named(channel));
    }

    private void toFollower(String name, Consumer<Follower> task) {
        onLoop(() -> {
            Follower follower = followers.get(name);
            if (follower != null) task.accept(follower);
        });
    }

    void listening(String name) {
        toFollower(name, follower -> follower.listening(clockMillis.getAsLong()));
    }

    void deaf(String name) {
        toFollower(name, Follower::deaf);
    }

    void heard(String name, byte[] news) {
        ByteBuffer bytes = ByteBuffer.wrap(news);
        try {
            switch (bytes.get()) {
                case 'p' -> {
                    Said said = Spoken.said(bytes);
                    toFollower(name, follower -> follower.said(said, clockMillis.getAsLong()));
                }
                case 'u' -> {
                    Said said = Spoken.unlogged(bytes);
                    toFollower(name, follower -> follower.said(said, clockMillis.getAsLong()));
                }
                case 'j' -> {
                    Push push = Spoken.push(bytes);
                    if (push instanceof Push.Join join) toFollower(name, follower -> follower.joined(join.info()));
                    else if (push instanceof Push.Leave leave)
                        toFollower(name, follower -> follower.left(leave.info()));
                }
                default -> listening(name);
            }
        } catch (RuntimeException unreadable) {
            // It may have been something that matters: the log tells.
            log.warn("news of Redis that can't be read: {}", unreadable.getMessage());
            listening(name);
        }
    }

    // --- logs
    // -------------------------------------------------------------------------------------------------------------------------

    @Override
    public void publish(PublishRequest request, ChannelOptions options, Answer<Published> answer) {
        var publication = new Publication(0, request.data(), request.info(), request.tags());
        boolean logged = options.logged() && request.history() == PublishRequest.History.KEEP;
        CompletionStage<List<Object>> said = logged
                ? append(request, options, Spoken.of(publication))
                : say(request, options, Spoken.of(publication));
        answer(said, this::published, answer);
    }

    private CompletionStage<List<Object>> append(PublishRequest request, ChannelOptions options, byte[] publication) {
        String name = named(request.channel());
        Keys keys = store.keys();
        List<byte[]> where = new ArrayList<>(4);
        where.add(keys.meta(name));
        where.add(options.keyed() ? keys.order(name) : keys.log(name));
        if (options.keyed()) where.add(keys.newest(name));
        String once = request.idempotencyKey();
        if (once != null) where.add(keys.once(name, once));
        PublishRequest.Version version = request.version();
        String key = options.keyed() ? request.tags().getOrDefault(options.latestKey(), "") : "";
        return store.run(
                Script.PUBLISH,
                where.toArray(new byte[0][]),
                store.epoch(),
                keys.news(name),
                publication,
                RedisStore.bytes(options.historySize()),
                RedisStore.bytes(options.historyTtl().toMillis()),
                RedisStore.bytes(options.historyMetaTtl().toMillis()),
                RedisStore.bytes(store.options().idempotencyTtl().toMillis()),
                request.encoding() == PublishRequest.Encoding.DELTA ? YES : NO,
                version == null ? NOTHING : RedisStore.bytes(version.number()),
                version == null ? NOTHING : RedisStore.bytes(version.epoch()),
                RedisStore.bytes(options.rates().perChannel()),
                options.keyed() ? YES : NO,
                RedisStore.bytes(key));
    }

    private CompletionStage<List<Object>> say(PublishRequest request, ChannelOptions options, byte[] publication) {
        String name = named(request.channel());
        Keys keys = store.keys();
        byte[] news = news('u', publication);
        String once = request.idempotencyKey();
        int rate = options.rates().perChannel();
        if (once == null && rate == 0) return told(keys.news(name), news);
        byte[][] where =
                once == null ? new byte[][] {keys.rate(name)} : new byte[][] {keys.rate(name), keys.once(name, once)};
        return store.run(
                Script.SAY,
                where,
                keys.news(name),
                news,
                RedisStore.bytes(store.options().idempotencyTtl().toMillis()),
                RedisStore.bytes(rate));
    }

    private CompletionStage<List<Object>> told(byte[] channel, byte[] news) {
        return store.run(
                channel,
                (redis, hashes) -> redis.spublish(channel, news).thenApply(receivers -> List.of(bytes("said"))));
    }

    private static byte[] bytes(String text) {
        return RedisStore.bytes(text);
    }

    private static byte[] news(char kind, byte[] said) {
        byte[] news = new byte[said.length + 1];
        news[0] = (byte) kind;
        System.arraycopy(said, 0, news, 1, said.length);
        return news;
    }

    private Published published(@Nullable List<Object> said) {
        store.counts(said != null);
        if (said == null) return new Published.Refused(NOT_PUBLISHED);
        return switch (text(said.get(0))) {
            case "at" -> new Published.At(new StreamPosition(number(said.get(2)), text(said.get(1))));
            case "said" -> new Published.Unlogged();
            default -> new Published.Refused(ErrorReply.TOO_MANY_REQUESTS);
        };
    }

    private static String text(Object bytes) {
        return new String((byte[]) Objects.requireNonNull(bytes), StandardCharsets.UTF_8);
    }

    private static long number(Object bytes) {
        return Long.parseLong(text(bytes));
    }

    @Override
    public void read(String channel, ChannelOptions options, HistoryQuery query, Answer<@Nullable Part> answer) {
        String name = named(channel);
        StreamPosition since = query.since();
        CompletionStage<List<Object>> said = store.run(
                options.keyed() ? Script.READ_KEYED : Script.READ,
                log(name, options),
                store.epoch(),
                store.keys().news(name),
                RedisStore.bytes(options.historyTtl().toMillis()),
                RedisStore.bytes(options.historyMetaTtl().toMillis()),
                RedisStore.bytes(store.options().neverPublishedTtl().toMillis()),
                bytes(query.direction() == HistoryQuery.Direction.FORWARD ? "forward" : "backward"),
                since == null ? NOTHING : RedisStore.bytes(since.offset()),
                RedisStore.bytes(query.limit()));
        this.<@Nullable Part>answer(said, all -> all == null ? null : part(all, options, query), answer);
    }

    private byte[][] log(String name, ChannelOptions options) {
        Keys keys = store.keys();
        return options.keyed()
                ? new byte[][] {keys.meta(name), keys.order(name), keys.newest(name)}
                : new byte[][] {keys.meta(name), keys.log(name)};
    }

    private static Part part(List<Object> said, ChannelOptions options, HistoryQuery query) {
        String epoch = text(said.get(0));
        long offset = number(said.get(3));
        List<LogEntry> entries = new ArrayList<>();
        for (Object each : (List<?>) said.get(4)) {
            ByteBuffer bytes = ByteBuffer.wrap((byte[]) each);
            entries.add(options.keyed() ? Spoken.keyedEntry(epoch, bytes) : Spoken.entry(epoch, offset++, bytes));
        }
        // Redis has the entries of a list in the order of offsets whatever was asked for.
        if (!options.keyed() && query.direction() == HistoryQuery.Direction.BACKWARD) Collections.reverse(entries);
        return new Part(epoch, number(said.get(1)), number(said.get(2)), entries);
    }

    @Override
    public void clear(String channel, ChannelOptions options, Answer<Outcome> answer) {
        String name = named(channel);
        CompletionStage<List<Object>> said = store.run(
                Script.CLEAR,
                log(name, options),
                store.epoch(),
                store.keys().news(name),
                RedisStore.bytes(options.historyMetaTtl().toMillis()));
        answer(said, all -> all == null ? Outcome.FAILED : Outcome.KEPT, answer);
    }

    @Override
    public void giveUp(String channel, String epoch) {
        String name = named(channel);
        log.warn("a log has gone back from where it was: it goes on in a new epoch");
        store.run(
                Script.GIVE_UP,
                new byte[][] {store.keys().meta(name)},
                store.epoch(),
                store.keys().news(name),
                bytes(epoch));
    }

    // --- who is there
    // -----------------------------------------------------------------------------------------------------------------

    @Override
    public void enter(String channel, ClientInfo who) {
        store.roll().enter(named(channel), who, clockMillis.getAsLong());
    }

    @Override
    public void leave(String channel, ClientInfo who) {
        store.roll().leave(named(channel), who);
    }

    @Override
    public void announce(String channel, ClientInfo who, boolean joined) {
        told(store.keys().news(named(channel)), news('j', joined ? Spoken.joined(who) : Spoken.left(who)));
    }

    @Override
    public void presence(String channel, Answer<@Nullable List<ClientInfo>> answer) {
        CompletionStage<List<Object>> said =
                store.run(Script.PRESENCE, store.keys().roll(named(channel)));
        this.<@Nullable List<ClientInfo>>answer(said, all -> all == null ? null : members(all), answer);
    }

    private static List<ClientInfo> members(List<Object> said) {
        List<Spoken.Member> members = new ArrayList<>(said.size());
        for (Object each : said) members.add(Spoken.member(ByteBuffer.wrap((byte[]) each)));
        members.sort(Comparator.comparingLong(Spoken.Member::joined));
        return members.stream().map(Spoken.Member::who).toList();
    }

    @Override
    public void presenceStats(String channel, Answer<@Nullable PresenceStats> answer) {
        CompletionStage<List<Object>> said =
                store.run(Script.PRESENCE_STATS, store.keys().roll(named(channel)));
        this.<@Nullable PresenceStats>answer(
                said,
                all -> all == null
                        ? null
                        : new PresenceStats(((Long) all.get(0)).intValue(), ((Long) all.get(1)).intValue()),
                answer);
    }
}
