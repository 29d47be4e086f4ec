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

    private final RedisStore store;
    private final Naming naming;
    private final Publishing publishing;
    private final Executor loop;
    private final LongSupplier clockMillis;
    /** Only on the loop. */
    private final Map<String, Follower> followers = new ConcurrentHashMap<>();

    View(RedisStore store, Naming naming, Executor loop, LongSupplier clockMillis) {
        this.store = store;
        this.naming = naming;
        this.publishing = new Publishing(store, naming);
        this.loop = loop;
        this.clockMillis = clockMillis;
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
        followers.put(channel, follower);
        store.hearing().follow(naming.keys(channel).news(), channel, this);
    }

    @Override
    public void unfollow(String channel) {
        followers.remove(channel);
        store.hearing().unfollow(naming.keys(channel).news());
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
        toFollower(name, follower -> follower.deaf(clockMillis.getAsLong()));
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
        answer(publishing.publish(request, options), this::published, answer);
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
        Keys keys = naming.keys(channel);
        StreamPosition since = query.since();
        CompletionStage<List<Object>> said = store.run(
                options.keyed() ? Script.READ_KEYED : Script.READ,
                keys.log(options),
                store.epoch(),
                keys.news(),
                RedisStore.bytes(options.historyTtl().toMillis()),
                RedisStore.bytes(options.historyMetaTtl().toMillis()),
                RedisStore.bytes(store.options().neverPublishedTtl().toMillis()),
                RedisStore.bytes(query.direction() == HistoryQuery.Direction.FORWARD ? "forward" : "backward"),
                since == null ? NOTHING : RedisStore.bytes(since.offset()),
                RedisStore.bytes(query.limit()));
        this.<@Nullable Part>answer(said, all -> all == null ? null : part(all, options, query), answer);
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
        Keys keys = naming.keys(channel);
        CompletionStage<List<Object>> said = store.run(
                Script.CLEAR,
                keys.log(options),
                store.epoch(),
                keys.news(),
                RedisStore.bytes(options.historyMetaTtl().toMillis()));
        answer(said, all -> all == null ? Outcome.FAILED : Outcome.KEPT, answer);
    }

    @Override
    public void giveUp(String channel, String epoch) {
        Keys keys = naming.keys(channel);
        log.warn("a log has gone back from where it was: it goes on in a new epoch");
        store.run(Script.GIVE_UP, new byte[][] {keys.meta()}, store.epoch(), keys.news(), RedisStore.bytes(epoch));
    }

    // --- who is there
    // -----------------------------------------------------------------------------------------------------------------

    @Override
    public void enter(String channel, ClientInfo who) {
        store.roll().enter(naming.keys(channel), who, clockMillis.getAsLong());
    }

    @Override
    public void leave(String channel, ClientInfo who) {
        store.roll().leave(naming.keys(channel), who);
    }

    @Override
    public void announce(String channel, ClientInfo who, boolean joined) {
        publishing.announce(channel, joined ? Spoken.joined(who) : Spoken.left(who));
    }

    @Override
    public void presence(String channel, Answer<@Nullable List<ClientInfo>> answer) {
        CompletionStage<List<Object>> said =
                store.run(Script.PRESENCE, naming.keys(channel).roll());
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
                store.run(Script.PRESENCE_STATS, naming.keys(channel).roll());
        this.<@Nullable PresenceStats>answer(
                said,
                all -> all == null
                        ? null
                        : new PresenceStats(((Long) all.get(0)).intValue(), ((Long) all.get(1)).intValue()),
                answer);
    }
}
