package dev.openline.store.redis;

import dev.openline.hub.ChannelRules;
import dev.openline.hub.SharedStore;
import dev.openline.tokens.RevocationJournal;
import io.lettuce.core.RedisException;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs, and who is on a channel, in Redis 7 or newer, or Valkey: for any number of servers.
 *
 * <p>A publish is one script: it gives the publication its offset, keeps it, remembers its idempotency key, forgets what is too old and tells who follows the channel, or
 * does nothing of it. Servers hear of a channel by sharded pub/sub, which may lose: then the next news, or the next look, shows it, and the log is read.
 *
 * <p>All methods may be called from any thread.
 */
public final class RedisStore implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(RedisStore.class);

    /** How often it is looked whether each Redis is there, and in which life. */
    static final Duration LOOK = Duration.ofSeconds(1);

    /** Before a question is asked again. */
    static final long PAUSE_MILLIS = 100;

    private final RedisOptions options;
    private final Connecting.Connected connected;
    private final Roll roll;
    private final String epochs = chance();
    private final AtomicLong epochNumbers = new AtomicLong();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "openline-redis");
        thread.setDaemon(true);
        return thread;
    });
    private final AtomicLong numbers = new AtomicLong();
    private final Queue<Asking> again = new PriorityBlockingQueue<>();

    private final Hearing hearing = new Hearing(clock, this::links);
    private volatile Object arrangement = "";
    private final LongAdder published = new LongAdder();
    private final LongAdder refused = new LongAdder();

    // More than 4 parameters because they are what a question is.
    private record Asking(
            long number, byte[] key, Link.Question question, long until, CompletableFuture<List<Object>> answer)
            implements Comparable<Asking> {
        @Override
        public int compareTo(Asking other) {
            return Long.compare(number, other.number);
        }
    }

    private RedisStore(RedisOptions options, @Nullable EventLoopGroup loops) throws IOException {
        this.options = options;
        this.roll = new Roll(this, options.presenceTtl().toMillis());
        this.connected = Connecting.to(options, loops, hearing);
        this.arrangement = connected.links().arrangement();
        clock.scheduleWithFixedDelay(this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
        long keeping = options.presenceTtl().toMillis() / 3;
        clock.scheduleWithFixedDelay(roll::keep, keeping, keeping, TimeUnit.MILLISECONDS);
    }

    /**
     * Connects, and looks whether it can be used.
     *
     * @throws IOException with a sentence that says why it can't: nothing is there, the password is wrong, it is too old, it would forget logs
     */
    public static RedisStore connect(RedisOptions options) throws IOException {
        return connected(options, null);
    }

    /**
     * The same, on the event loops of a server. They are to be ended after this store is closed.
     *
     * @param loops such as the {@linkplain io.netty.channel.EventLoop#parent() parent} of one of them
     */
    public static RedisStore connect(RedisOptions options, EventLoopGroup loops) throws IOException {
        return connected(options, loops);
    }

    private static RedisStore connected(RedisOptions options, @Nullable EventLoopGroup loops) throws IOException {
        RedisStore store = new RedisStore(options, loops);
        log.info("keeping logs in {}", Whereabouts.of(options));
        return store;
    }

    /**
     * All of it as one event loop sees it.
     *
     * @param part names in one part have nothing to do with those in another; empty for that of the clients
     * @param rules the same for all who have them together: which pattern channel gathers a channel says also where it is kept
     * @param loop carries out tasks in the order in which they came
     */
    public SharedStore onLoop(String part, ChannelRules rules, Executor loop, LongSupplier clockMillis) {
        return new View(this, new Naming(options.prefix(), part, rules), loop, clockMillis);
    }

    /** Where revocations of tokens are kept: for {@link dev.openline.tokens.Revocations#over}. */
    public RevocationJournal revocations() {
        return new SharedRevocations(this);
    }

    /** Whether every Redis that is in use can be reached, and does not refuse everything, as one that reads its data does. */
    public boolean isReachable() {
        return connected.links().all().stream().allMatch(Link::isOpen);
    }

    /** What has been done since it was connected. */
    public Statistics statistics() {
        return new Statistics(
                published.sum(),
                refused.sum(),
                hearing.heard.sum(),
                hearing.disconnects.sum(),
                hearing.size(),
                isReachable());
    }

    /**
     * Counts.
     *
     * @param published publishes that were answered
     * @param refused publishes that could not be carried out, or whose answer did not come
     * @param heard news that came
     * @param disconnects how often a connection was lost
     * @param followed channels that are followed now
     * @param reachable whether every Redis that is in use can be reached
     */
    public record Statistics(
            long published, long refused, long heard, long disconnects, long followed, boolean reachable) {}

    /** Stops telling and asking. */
    @Override
    public void close() {
        clock.shutdownNow();
        connected.end().run();
    }

    // --- for what is in this package
    // -----------------------------------------------------------------------------------------------

    RedisOptions options() {
        return options;
    }

    Roll roll() {
        return roll;
    }

    Links links() {
        return connected.links();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static byte[] bytes(long number) {
        return bytes(Long.toString(number));
    }

    /** A name for the life of a log that may begin: 72 bits of chance, drawn once, and a number. Few of them are ever used, so they cost little. */
    byte[] epoch() {
        return bytes(epochs + '.' + Long.toString(epochNumbers.getAndIncrement(), Character.MAX_RADIX));
    }

    private static String chance() {
        byte[] chance = new byte[9];
        new SecureRandom().nextBytes(chance);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(chance);
    }

    void counts(boolean done) {
        (done ? published : refused).increment();
    }

    /** Has a script carried out where its keys are. */
    CompletionStage<List<Object>> run(Script script, byte[][] where, byte[]... values) {
        return run(where[0], Link.of(script, where, values));
    }

    /** Asks where a key is. Who is sent on, asks again, as long as an answer is waited for. */
    CompletionStage<List<Object>> run(byte[] key, Link.Question question) {
        Asking asking = new Asking(
                numbers.getAndIncrement(),
                key,
                question,
                System.nanoTime() + options.timeout().toNanos(),
                new CompletableFuture<>());
        ask(asking);
        return asking.answer;
    }

    private void ask(Asking asking) {
        links().to(asking.key).thenCompose(link -> link.run(asking.question)).whenComplete((done, fault) -> {
            if (fault == null) {
                asking.answer.complete(done);
                return;
            }
            Throwable why = cause(fault);
            links().learn(why).whenComplete((useful, problem) -> {
                if (problem == null && useful && System.nanoTime() < asking.until) askLater(asking);
                else asking.answer.completeExceptionally(why);
            });
        });
    }

    private void askLater(Asking asking) {
        if (again.size() >= Link.MOST_WAITING) {
            asking.answer.completeExceptionally(new RedisException("too many calls wait to be asked elsewhere"));
            return;
        }
        again.add(asking);
        try {
            clock.schedule(this::askAgain, PAUSE_MILLIS, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException ended) {
            asking.answer.completeExceptionally(ended);
        }
    }

    /** All that were sent on at about the same time, in the order in which they were asked. */
    private void askAgain() {
        List<Asking> all = new ArrayList<>();
        for (Asking next = again.poll(); next != null; next = again.poll()) all.add(next);
        for (Asking asking : all) ask(asking);
    }

    static Throwable cause(Throwable fault) {
        return fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
    }

    Hearing hearing() {
        return hearing;
    }

    /** Looks after the connections, and whether channels have moved to other servers. */
    private void look() {
        try {
            for (Link link : links().all()) link.look();
            links().look();
            Object now = links().arrangement();
            if (now.equals(arrangement)) return;
            arrangement = now;
            hearing.move();
        } catch (RuntimeException fault) {
            log.warn("looking after Redis failed: {}", fault.toString());
        }
    }
}
