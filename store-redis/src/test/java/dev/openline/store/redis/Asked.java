package dev.openline.store.redis;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.ChannelRules;
import dev.openline.hub.HistoryQuery;
import dev.openline.hub.LogEntry;
import dev.openline.hub.LogStore;
import dev.openline.hub.PresenceStats;
import dev.openline.hub.PublishRequest;
import dev.openline.hub.Published;
import dev.openline.hub.SharedStore;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Payload;
import dev.openline.protocol.StreamPosition;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A store on a loop of its own, whose answers are waited for. */
final class Asked implements AutoCloseable {
    static final long PATIENCE_SECONDS = 8;

    static final ChannelRules NO_PATTERNS = ChannelRules.builder().build();

    final RedisStore redis;
    final SharedStore store;
    private final ExecutorService loop = Executors.newSingleThreadExecutor();

    Asked(RedisOptions options) throws IOException {
        this(options, NO_PATTERNS);
    }

    Asked(RedisOptions options, ChannelRules rules) throws IOException {
        redis = RedisStore.connect(options);
        store = redis.onLoop("", rules, loop, System::currentTimeMillis);
    }

    static Asked at(RedisServer server) throws IOException {
        return new Asked(optionsFor(server));
    }

    static RedisOptions optionsFor(RedisServer server) {
        return RedisOptions.at("redis://127.0.0.1:" + server.port());
    }

    /** What was heard of a channel, each as a few words. */
    static final class Heard implements SharedStore.Follower {
        final BlockingQueue<String> all = new LinkedBlockingQueue<>();

        @Override
        public void said(SharedStore.Said said, long now) {
            LogEntry entry = said.entry();
            all.add("said " + entry.offset() + " " + entry.publication().data().text());
        }

        @Override
        public void joined(ClientInfo who) {
            all.add("+" + who.client());
        }

        @Override
        public void left(ClientInfo who) {
            all.add("-" + who.client());
        }

        @Override
        public void listening(long now) {
            all.add("listening");
        }

        @Override
        public void deaf(long now) {
            all.add("deaf");
        }

        /** The next that is heard. */
        String next() {
            try {
                String next = all.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
                if (next == null) throw new AssertionError("nothing was heard");
                return next;
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }

        /** Waits until something is heard; what comes before is left out. */
        void await(String news) {
            while (!next().equals(news)) {
                // What comes before does not matter.
            }
        }
    }

    Heard follow(String channel) {
        Heard heard = new Heard();
        loop.execute(() -> store.follow(channel, heard));
        heard.await("listening");
        return heard;
    }

    private <T extends @Nullable Object> CompletableFuture<T> begin(Consumer<LogStore.Answer<T>> question) {
        CompletableFuture<T> answer = new CompletableFuture<>();
        loop.execute(() -> question.accept((value, now) -> answer.complete(value)));
        return answer;
    }

    private <T extends @Nullable Object> T ask(Consumer<LogStore.Answer<T>> question) {
        return answer(this.begin(question));
    }

    static <T extends @Nullable Object> T answer(CompletableFuture<T> answer) {
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("no answer", e);
        }
    }

    /** Publishes without waiting for the answer. */
    CompletableFuture<Published> begin(ChannelOptions options, PublishRequest request) {
        return this.<Published>begin(answer -> store.publish(request, options, answer));
    }

    /** Waits until it is noticed that a server was killed: what is published before that is under way, and gets refused. */
    void awaitAway(RedisServer killed) {
        killed.await(
                "the connection to be lost",
                () -> redis.links().all().stream()
                        .filter(link -> redis.links() instanceof Links.One
                                || link.name().endsWith(":" + killed.port()))
                        .noneMatch(Link::canBeAsked));
    }

    Published publish(ChannelOptions options, PublishRequest request) {
        return this.<Published>ask(answer -> store.publish(request, options, answer));
    }

    StreamPosition publish(ChannelOptions options, String channel, String data) {
        Published published = publish(options, PublishRequest.of(channel, Payload.of(data)));
        if (published instanceof Published.At at) return at.position();
        throw new AssertionError("not published: " + published);
    }

    StreamPosition publishKeyed(ChannelOptions options, String channel, String key) {
        PublishRequest request = PublishRequest.of(channel, Payload.of("1")).tagged(Map.of("k", key));
        return ((Published.At) publish(options, request)).position();
    }

    SharedStore.@Nullable Part read(ChannelOptions options, String channel, HistoryQuery query) {
        return this.<SharedStore.@Nullable Part>ask(answer -> store.read(channel, options, query, answer));
    }

    SharedStore.Part all(ChannelOptions options, String channel) {
        SharedStore.Part part = read(options, channel, new HistoryQuery(null, 1_000, HistoryQuery.Direction.FORWARD));
        if (part == null) throw new AssertionError("can't be read");
        return part;
    }

    List<Long> offsets(ChannelOptions options, String channel, @Nullable Long since, int limit, boolean forward) {
        var direction = forward ? HistoryQuery.Direction.FORWARD : HistoryQuery.Direction.BACKWARD;
        var query = new HistoryQuery(since == null ? null : new StreamPosition(since, ""), limit, direction);
        SharedStore.Part part = read(options, channel, query);
        if (part == null) throw new AssertionError("can't be read");
        return part.entries().stream().map(LogEntry::offset).toList();
    }

    LogStore.Outcome clear(ChannelOptions options, String channel) {
        return this.<LogStore.Outcome>ask(answer -> store.clear(channel, options, answer));
    }

    void run(Consumer<SharedStore> task) {
        loop.execute(() -> task.accept(store));
    }

    @Nullable
    List<ClientInfo> presence(String channel) {
        return this.<@Nullable List<ClientInfo>>ask(answer -> store.presence(channel, answer));
    }

    @Nullable
    PresenceStats presenceStats(String channel) {
        return this.<@Nullable PresenceStats>ask(answer -> store.presenceStats(channel, answer));
    }

    @Override
    public void close() {
        redis.close();
        loop.shutdownNow();
    }
}
