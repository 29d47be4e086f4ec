package dev.openline.store.redis;

import dev.openline.hub.ChannelOptions;
import dev.openline.hub.PublishRequest;
import dev.openline.protocol.Publication;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Has Redis say things: on a channel, and in the same stroke on the pattern channel that gathers it. */
final class Publishing {
    private static final byte[] NOTHING = {};
    private static final byte[] YES = {'1'};
    private static final byte[] NO = {'0'};

    private final RedisStore store;
    private final Naming naming;

    Publishing(RedisStore store, Naming naming) {
        this.store = store;
        this.naming = naming;
    }

    CompletionStage<List<Object>> publish(PublishRequest request, ChannelOptions options) {
        var publication = new Publication(0, request.data(), request.info(), request.tags());
        String pattern = naming.patternOf(request.channel());
        Keys keys = naming.keys(request.channel(), pattern);
        Gathered gathered = pattern == null ? null : gathered(pattern, publication.saidOn(request.channel()));
        byte[] said = Spoken.of(publication);
        return options.logged() && request.history() == PublishRequest.History.KEEP
                ? append(request, options, new Said(keys, said, gathered))
                : say(request, options, new Said(keys, said, gathered));
    }

    private record Said(
            Keys keys, byte[] publication, @Nullable Gathered gathered) {}

    /** What is said on a pattern channel. */
    private record Gathered(Keys keys, ChannelOptions options, byte[] publication, String key) {}

    private @Nullable Gathered gathered(String pattern, Publication publication) {
        ChannelOptions options = naming.rules().optionsFor(pattern);
        if (options == null) return null;
        // No name of a channel has a line's end in it.
        String key = options.keyed() ? publication.channel() + '\n' + keyOf(options, publication.tags()) : "";
        return new Gathered(naming.keys(pattern, null), options, Spoken.of(publication), key);
    }

    private static String keyOf(ChannelOptions options, Map<String, String> tags) {
        return tags.getOrDefault(options.latestKey(), "");
    }

    private CompletionStage<List<Object>> append(PublishRequest request, ChannelOptions options, Said said) {
        List<byte[]> where = new ArrayList<>(8);
        Collections.addAll(where, said.keys().log(options));
        String once = request.idempotencyKey();
        if (once != null) where.add(said.keys().once(once));
        PublishRequest.Version version = request.version();
        String key = options.keyed() ? keyOf(options, request.tags()) : "";
        List<byte[]> values = new ArrayList<>(20);
        values.add(store.epoch());
        values.add(said.keys().news());
        values.add(said.publication());
        values.add(RedisStore.bytes(options.historySize()));
        values.add(RedisStore.bytes(options.historyTtl().toMillis()));
        values.add(RedisStore.bytes(options.historyMetaTtl().toMillis()));
        values.add(RedisStore.bytes(store.options().idempotencyTtl().toMillis()));
        values.add(request.encoding() == PublishRequest.Encoding.DELTA ? YES : NO);
        values.add(version == null ? NOTHING : RedisStore.bytes(version.number()));
        values.add(version == null ? NOTHING : RedisStore.bytes(version.epoch()));
        values.add(RedisStore.bytes(options.rates().perChannel()));
        values.add(options.keyed() ? YES : NO);
        values.add(RedisStore.bytes(key));
        Gathered gathered = said.gathered();
        if (gathered != null) gather(gathered, where, values);
        return store.run(Script.PUBLISH, where.toArray(new byte[0][]), values.toArray(new byte[0][]));
    }

    private static void gather(Gathered gathered, List<byte[]> where, List<byte[]> values) {
        ChannelOptions options = gathered.options();
        values.add(RedisStore.bytes(where.size() + 1));
        Collections.addAll(where, gathered.keys().log(options));
        values.add(gathered.keys().news());
        values.add(gathered.publication());
        values.add(options.logged() ? RedisStore.bytes(options.historySize()) : NO);
        values.add(RedisStore.bytes(options.historyTtl().toMillis()));
        values.add(RedisStore.bytes(options.historyMetaTtl().toMillis()));
        values.add(RedisStore.bytes(gathered.key()));
    }

    private CompletionStage<List<Object>> say(PublishRequest request, ChannelOptions options, Said said) {
        byte[] news = news('u', said.publication());
        byte[] channel = said.keys().news();
        Gathered gathered = said.gathered();
        String once = request.idempotencyKey();
        int rate = options.rates().perChannel();
        if (once == null && rate == 0 && gathered == null) return tell(channel, news);
        List<byte[]> where = new ArrayList<>(2);
        where.add(said.keys().rate());
        if (once != null) where.add(said.keys().once(once));
        List<byte[]> values = new ArrayList<>(6);
        values.add(channel);
        values.add(news);
        values.add(RedisStore.bytes(store.options().idempotencyTtl().toMillis()));
        values.add(RedisStore.bytes(rate));
        if (gathered != null) {
            values.add(gathered.keys().news());
            values.add(news('u', gathered.publication()));
        }
        return store.run(Script.SAY, where.toArray(new byte[0][]), values.toArray(new byte[0][]));
    }

    /** Tells followers of a channel that somebody has come or gone. */
    void announce(String channel, byte[] who) {
        tell(naming.keys(channel).news(), news('j', who));
    }

    private CompletionStage<List<Object>> tell(byte[] channel, byte[] news) {
        return store.run(
                channel,
                (redis, hashes) ->
                        redis.spublish(channel, news).thenApply(receivers -> List.of(RedisStore.bytes("said"))));
    }

    private static byte[] news(char kind, byte[] said) {
        byte[] news = new byte[said.length + 1];
        news[0] = (byte) kind;
        System.arraycopy(said, 0, news, 1, said.length);
        return news;
    }
}
