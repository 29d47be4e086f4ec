package dev.openline.store.redis;

import io.lettuce.core.RedisChannelHandler;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.RedisConnectionStateListener;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisLoadingException;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import io.lettuce.core.pubsub.RedisPubSubAdapter;
import io.lettuce.core.pubsub.StatefulRedisPubSubConnection;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connections to one Redis server: one on which it is asked, and one on which it tells. Any thread.
 *
 * <p>Scripts are handed over once and called by their hashes. In each of them stands the name of the server's life, its replication id, which changes when it is
 * started again or takes over from another one: then it does not know them any more, is asked in which life it is, and gets them anew. It is also asked after each
 * time that the connection was lost. So nothing is ever carried out in a life that nobody here knows of. Calls that come meanwhile wait here, in their order, no
 * longer than an answer is waited for; Lettuce has only what has been sent, and gives that up when the connection is lost: it may have been carried out.
 */
final class Link {
    /** What the server tells; must not block. */
    interface Listener {
        void heard(byte[] channel, byte[] news);

        void listening(Link link, byte[] channel);

        /** Nothing can be heard from this server, until it is {@link #back}. */
        void deaf(Link link);

        /** It can be heard again, once it has been asked to tell. */
        void back(Link link);

        /** A channel is not told of by this server any more. */
        void gone(Link link, byte[] channel);
    }

    /** Something that can be asked as soon as the hashes of the scripts are known. */
    interface Question {
        CompletionStage<List<Object>> ask(RedisAsyncCommands<byte[], byte[]> redis, Map<Script, String> hashes);
    }

    /** It has to be asked of another server. */
    static final class Elsewhere extends RedisException {
        Elsewhere(String why) {
            super(why);
        }
    }

    private static final Logger log = LoggerFactory.getLogger(RedisStore.class);
    private static final Pattern LIFE = Pattern.compile("master_replid:(\\p{Alnum}+)");
    private static final Pattern ROLE = Pattern.compile("role:(\\p{Alpha}+)");
    private static final Pattern LOADING = Pattern.compile("(?m)^loading:1");
    private static final Pattern KEEPS = Pattern.compile("(?m)^aof_enabled:1");
    private static final Duration BETWEEN_COMPLAINTS = Duration.ofMinutes(1);
    static final int MOST_WAITING = 100_000;
    private static final String TRUSTED = "kept";

    private static final class Call implements Comparable<Call> {
        final long number;
        final Question question;
        final CompletableFuture<List<Object>> answer = new CompletableFuture<>();
        /** With which scripts it was sent. */
        @Nullable
        Map<Script, String> sent;

        Call(long number, Question question) {
            this.number = number;
            this.question = question;
        }

        @Override
        public int compareTo(Call other) {
            return Long.compare(number, other.number);
        }
    }

    private final String name;
    private final StatefulRedisConnection<byte[], byte[]> asking;
    private final StatefulRedisPubSubConnection<byte[], byte[]> hearing;
    private final RedisOptions options;

    /** All below is guarded by this object's lock. The hashes of the scripts in the server's present life; null while they are not known to it. */
    private @Nullable Map<Script, String> scripts;

    private String life = "";
    private boolean loading;
    /** It has refused the scripts, such as while it reads its data. */
    private volatile boolean unfit;

    private boolean closed;
    private boolean complained;
    private long complainedAt;
    private long numbers;
    private final Queue<Call> waiting = new PriorityQueue<>();

    // More than 4 parameters because these are the five things that it is made of.
    Link(
            String name,
            StatefulRedisConnection<byte[], byte[]> asking,
            StatefulRedisPubSubConnection<byte[], byte[]> hearing,
            RedisOptions options,
            Listener listener) {
        this.name = name;
        this.asking = asking;
        this.hearing = hearing;
        this.options = options;
        hearing.addListener(new RedisPubSubAdapter<byte[], byte[]>() {
            @Override
            public void smessage(byte[] channel, byte[] news) {
                listener.heard(channel, news);
            }

            @Override
            public void ssubscribed(byte[] channel, long count) {
                listener.listening(Link.this, channel);
            }

            @Override
            public void sunsubscribed(byte[] channel, long count) {
                listener.gone(Link.this, channel);
            }
        });
        // With TLS, it is said of each attempt in vain that the connection is lost.
        AtomicBoolean heard = new AtomicBoolean(true);
        Runnable back = () -> {
            heard.set(true);
            listener.back(this);
        };
        onState(hearing, back, () -> {
            if (heard.getAndSet(false)) listener.deaf(this);
        });
        onState(asking, this::connected, this::disconnected);
    }

    private static void onState(StatefulRedisConnection<byte[], byte[]> connection, Runnable on, Runnable off) {
        connection.addListener(new RedisConnectionStateListener() {
            @Override
            public void onRedisConnected(RedisChannelHandler<?, ?> handler, SocketAddress address) {
                on.run();
            }

            @Override
            public void onRedisDisconnected(RedisChannelHandler<?, ?> handler) {
                off.run();
            }
        });
    }

    String name() {
        return name;
    }

    /** Whether all that it is there for can be had of it. */
    boolean isOpen() {
        return canBeAsked() && hearing.isOpen() && !unfit;
    }

    boolean canBeAsked() {
        return asking.isOpen();
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

    /** The question whether a script is carried out. */
    static Question of(Script script, byte[][] keys, byte[]... values) {
        return (redis, hashes) ->
                redis.evalsha(Objects.requireNonNull(hashes.get(script)), ScriptOutputType.MULTI, keys, values);
    }

    /** Asks; fails with what Redis says, or if no answer comes in time. */
    CompletionStage<List<Object>> run(Question question) {
        Call call;
        synchronized (this) {
            call = new Call(numbers++, question);
            Map<Script, String> known = scripts;
            if (known == null || !canBeAsked()) hold(call);
            else send(call, known);
        }
        return call.answer;
    }

    private void hold(Call call) {
        if (closed) {
            call.answer.completeExceptionally(new Elsewhere(name + " is not used any more"));
            return;
        }
        if (!canBeAsked() && options.whenAway() == RedisOptions.WhenAway.REFUSE) {
            call.answer.completeExceptionally(new RedisException(name + " can't be reached"));
            return;
        }
        // The oldest have waited longest.
        while (!waiting.isEmpty() && waiting.peek().answer.isDone()) waiting.remove();
        if (waiting.size() >= MOST_WAITING) {
            call.answer.completeExceptionally(new RedisException("too many calls wait for " + name));
            return;
        }
        waiting.add(call);
        call.answer.orTimeout(options.timeout().toMillis(), TimeUnit.MILLISECONDS);
        load();
    }

    private void send(Call call, Map<Script, String> with) {
        call.sent = with;
        call.question.ask(asking.async(), with).whenComplete((answer, fault) -> answered(call, answer, fault));
    }

    private void answered(Call call, @Nullable List<Object> answer, @Nullable Throwable fault) {
        if (fault == null) {
            call.answer.complete(answer == null ? List.of() : answer);
            return;
        }
        Throwable cause = RedisStore.cause(fault);
        if (!(cause instanceof RedisNoScriptException)) {
            if (Links.isRefusal(cause)) complain(cause);
            call.answer.completeExceptionally(cause);
            return;
        }
        synchronized (this) {
            if (scripts == call.sent) scripts = null;
            Map<Script, String> known = scripts;
            if (known == null) hold(call);
            else send(call, known);
        }
    }

    /** Says why it refuses something, such as that it is full; not for each publish. */
    private synchronized void complain(Throwable why) {
        long now = System.nanoTime();
        if (complained && now - complainedAt < BETWEEN_COMPLAINTS.toNanos()) return;
        complained = true;
        complainedAt = now;
        log.warn("{} refuses what it is asked: {}", name, why.getMessage());
    }

    // --- lives
    // ------------------------------------------------------------------------------------------------------------------------

    /** Looks in which life the server is; also keeps the connections from being taken for dead. */
    void look() {
        if (hearing.isOpen()) hearing.async().ping();
        if (!canBeAsked()) return;
        life().whenComplete((name, fault) -> {
            if (fault == null) seen(name);
            else if (RedisStore.cause(fault) instanceof Elsewhere) leave();
        });
    }

    private synchronized void seen(String name) {
        if (scripts != null && life.equals(name)) return;
        scripts = null;
        load();
    }

    /** Where there are sentinels, they say with each new connection who is the master now. */
    private synchronized void leave() {
        scripts = null;
        asking.async().quit();
        hearing.async().quit();
    }

    private synchronized void connected() {
        load();
    }

    /** Whoever is there next may be in another life. */
    private synchronized void disconnected() {
        scripts = null;
        if (options.whenAway() == RedisOptions.WhenAway.REFUSE) refuse(new RedisException(name + " can't be reached"));
    }

    private void refuse(Throwable why) {
        for (Call call = waiting.poll(); call != null; call = waiting.poll()) call.answer.completeExceptionally(why);
    }

    private CompletionStage<String> life() {
        CompletionStage<String> life = asking.async().info("replication").thenApply(info -> {
            Matcher role = ROLE.matcher(info);
            if (role.find() && !role.group(1).equals("master"))
                throw new Elsewhere(name + " is a replica: it can't be written");
            Matcher id = LIFE.matcher(info);
            if (!id.find()) throw new RedisException(name + " does not say its replication id");
            return id.group(1);
        });
        if (options.restarts() != RedisOptions.Restarts.LOSE_NOTHING) return life;
        return life.thenCombine(asking.async().info("persistence"), this::trusted);
    }

    /** What is promised of a Redis holds only while it keeps everything. Whether it does can't be known while it reads its data. */
    private String trusted(String id, String persistence) {
        if (LOADING.matcher(persistence).find()) throw new RedisLoadingException("LOADING " + name + " reads its data");
        return KEEPS.matcher(persistence).find() ? TRUSTED : id;
    }

    private void load() {
        if (loading || !canBeAsked()) return;
        loading = true;
        life().thenCompose(this::handOver).whenComplete((hashes, fault) -> {
            if (fault == null) loaded(hashes);
            else notLoaded(RedisStore.cause(fault));
        });
    }

    private synchronized void loaded(Map<Script, String> hashes) {
        loading = false;
        if (unfit) log.warn("{} can be used again", name);
        unfit = false;
        scripts = hashes;
        List<Call> all = new ArrayList<>();
        for (Call call = waiting.poll(); call != null; call = waiting.poll()) all.add(call);
        for (Call call : all) if (!call.answer.isDone()) send(call, hashes);
    }

    private synchronized void notLoaded(Throwable why) {
        loading = false;
        if (why instanceof RedisCommandExecutionException) {
            if (!unfit) log.warn("{} can't be used now: {}", name, why.getMessage());
            unfit = true;
        }
        // Otherwise they wait: the next look, or the next connection, tries again.
        if (why instanceof Elsewhere || options.whenAway() == RedisOptions.WhenAway.REFUSE) refuse(why);
    }

    private CompletionStage<Map<Script, String>> handOver(String name) {
        synchronized (this) {
            if (!life.isEmpty() && !life.equals(name))
                log.warn("{} was started again or has taken over: logs go on in new epochs", this.name);
            boolean promised = options.restarts() == RedisOptions.Restarts.LOSE_NOTHING;
            if (promised && !name.equals(TRUSTED) && !name.equals(life))
                log.warn("{} has no append-only file (appendonly yes) any more: it may lose something", this.name);
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

    /** Ends both connections; what waits has to be asked elsewhere. */
    void close() {
        synchronized (this) {
            closed = true;
            scripts = null;
            refuse(new Elsewhere(name + " is not used any more"));
        }
        asking.closeAsync();
        hearing.closeAsync();
    }

    @Override
    public String toString() {
        return name;
    }
}
