package dev.openline.store.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to one Redis server: one on which it is asked, and one on which it tells. Any thread.
 *
 * <p>Scripts are handed over once and called by their hashes. In each of them stands the name of the server's life, its replication id, which changes when it is
 * started again or takes over from another one: then it does not know them any more, is asked in which life it is, and gets them anew. So nothing is ever
 * carried out in a life that nobody here knows of. Calls that come meanwhile wait, in their order.
 */
final class Link {
    /** What the server tells; on a thread of its own. */
    interface Listener {
        void heard(byte[] channel, byte[] news);

        void listening(byte[] channel);

        /** Nothing can be heard from this server. */
        void deaf(Link link);

        /** A channel is not told of by this server any more, although nobody has asked for that. */
        void gone(Link link, byte[] channel);
    }

    private static final Logger log = LoggerFactory.getLogger(RedisStore.class);
    private static final Pattern LIFE = Pattern.compile("master_replid:(\\p{Alnum}+)");
    private static final Pattern ROLE = Pattern.compile("role:(\\p{Alpha}+)");
    private static final int MOST_WAITING = 100_000;
    private static final String TRUSTED = "kept";

    /** One call of a script. */
    private static final class Call implements Comparable<Call> {
        final long number;
        final Script script;
        final byte[][] keys;
        final byte[][] values;
        final CompletableFuture<List<Object>> answer = new CompletableFuture<>();
        /** With which scripts it was sent. */
        @Nullable
        Map<Script, String> sent;

        Call(long number, Script script, byte[][] keys, byte[][] values) {
            this.number = number;
            this.script = script;
            this.keys = keys;
            this.values = values;
        }

        @Override
        public int compareTo(Call other) {
            return Long.compare(number, other.number);
        }
    }

    private final String name;
    private final StatefulRedisConnection<byte[], byte[]> asking;
    private final StatefulRedisPubSubConnection<byte[], byte[]> hearing;
    private final boolean trusted;

    /** All below is guarded by this object's lock. The hashes of the scripts in the server's present life; null while they are not known to it. */
    private @Nullable Map<Script, String> scripts;

    private String life = "";
    private boolean loading;
    private long numbers;
    private final Queue<Call> waiting = new PriorityQueue<>();

    // More than 4 parameters because these are the five things that it is made of.
    Link(
            String name,
            StatefulRedisConnection<byte[], byte[]> asking,
            StatefulRedisPubSubConnection<byte[], byte[]> hearing,
            boolean trusted,
            Listener listener) {
        this.name = name;
        this.asking = asking;
        this.hearing = hearing;
        this.trusted = trusted;
        hearing.addListener(new RedisPubSubAdapter<byte[], byte[]>() {
            @Override
            public void smessage(byte[] channel, byte[] news) {
                listener.heard(channel, news);
            }

            @Override
            public void ssubscribed(byte[] channel, long count) {
                listener.listening(channel);
            }

            @Override
            public void sunsubscribed(byte[] channel, long count) {
                listener.gone(Link.this, channel);
            }
        });
        hearing.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> connection) {
                listener.deaf(Link.this);
            }
        });
    }

    String name() {
        return name;
    }

    boolean isOpen() {
        return asking.isOpen() && hearing.isOpen();
    }

    // --- what it tells
    // ----------------------------------------------------------------------------------------------------------------

    /** Asks to be told of a channel. */
    CompletionStage<Void> follow(byte[] channel) {
        return hearing.async().ssubscribe(channel);
    }

    void unfollow(byte[] channel) {
        hearing.async().sunsubscribe(channel);
    }

    // --- what it is asked
    // -------------------------------------------------------------------------------------------------------------

    CompletionStage<Long> say(byte[] channel, byte[] news) {
        return asking.async().spublish(channel, news);
    }

    StatefulRedisConnection<byte[], byte[]> connection() {
        return asking;
    }

    /** Has a script carried out; fails with what Redis says, or if no answer comes in time. */
    CompletionStage<List<Object>> run(Script script, byte[][] keys, byte[]... values) {
        Call call;
        synchronized (this) {
            call = new Call(numbers++, script, keys, values);
            if (scripts == null) hold(call);
            else send(call, scripts);
        }
        return call.answer;
    }

    private void hold(Call call) {
        if (waiting.size() >= MOST_WAITING) {
            call.answer.completeExceptionally(new RedisException("too many calls wait for " + name));
            return;
        }
        waiting.add(call);
        load();
    }

    private void send(Call call, Map<Script, String> with) {
        call.sent = with;
        String hash = Objects.requireNonNull(with.get(call.script));
        asking.async()
                .<List<Object>>evalsha(hash, ScriptOutputType.MULTI, call.keys, call.values)
                .whenComplete((answer, fault) -> answered(call, answer, fault));
    }

    private void answered(Call call, @Nullable List<Object> answer, @Nullable Throwable fault) {
        if (fault == null) {
            call.answer.complete(answer == null ? List.of() : answer);
            return;
        }
        Throwable cause = fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
        if (!(cause instanceof RedisNoScriptException)) {
            call.answer.completeExceptionally(cause);
            return;
        }
        synchronized (this) {
            if (scripts == call.sent) scripts = null;
            if (scripts == null) hold(call);
            else send(call, scripts);
        }
    }

    // --- lives
    // ------------------------------------------------------------------------------------------------------------------------

    /** Looks in which life the server is; also keeps the connections from being taken for dead. */
    void look() {
        hearing.async().ping();
        asking.async().info("replication").whenComplete((info, fault) -> {
            if (fault != null) return;
            synchronized (this) {
                if (scripts == null || lifeIn(info).equals(life)) return;
                scripts = null;
                load();
            }
        });
    }

    private String lifeIn(String info) {
        Matcher role = ROLE.matcher(info);
        if (role.find() && !role.group(1).equals("master"))
            throw new RedisException(name + " is a replica: it can't be written");
        Matcher id = LIFE.matcher(info);
        if (!id.find()) throw new RedisException(name + " does not say its replication id");
        return trusted ? TRUSTED : id.group(1);
    }

    private void load() {
        if (loading) return;
        loading = true;
        asking.async()
                .info("replication")
                .thenApply(this::lifeIn)
                .thenCompose(this::handOver)
                .whenComplete((hashes, fault) -> {
                    synchronized (this) {
                        loading = false;
                        List<Call> all = new ArrayList<>();
                        for (Call call = waiting.poll(); call != null; call = waiting.poll()) all.add(call);
                        if (fault == null) {
                            scripts = hashes;
                            for (Call call : all) send(call, hashes);
                        } else {
                            for (Call call : all) call.answer.completeExceptionally(fault);
                        }
                    }
                });
    }

    private CompletionStage<Map<Script, String>> handOver(String name) {
        synchronized (this) {
            if (!life.isEmpty() && !life.equals(name))
                log.warn("{} was started again or has taken over: logs go on in new epochs", this.name);
            life = name;
        }
        Map<Script, String> hashes = new EnumMap<>(Script.class);
        CompletionStage<Map<Script, String>> all = CompletableFuture.completedFuture(hashes);
        for (Script script : Script.values())
            all = all.thenCombine(asking.async().scriptLoad(script.in(name)), (some, hash) -> {
                some.put(script, hash);
                return some;
            });
        return all;
    }

    @Override
    public String toString() {
        return name;
    }
}
