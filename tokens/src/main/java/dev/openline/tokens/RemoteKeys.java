package dev.openline.tokens;

import dev.openline.tokens.KeySet.Finding;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An issuer's keys, kept and renewed. There is no timer: tokens bring the time, and the first that finds the keys old has them fetched.
 *
 * <pre>
 *   age of the keys     0 ────── refreshAfter ────── ttl ─────────── maxStale ──────▶
 *   a token is checked  with them   with them,        after a fetch;    after a fetch,
 *                                   a fetch begins    with them if it   or not at all
 *                                                     fails
 * </pre>
 *
 * <p>A token that these keys can't judge, for it names another one, also waits for a fetch. What strangers can cause by inventing names is
 * bounded: one fetch at a time, shared by all who wait, and none sooner than {@code minFetchInterval} after the last one began.
 *
 * <p>From any thread; the lock is held for a few assignments.
 */
final class RemoteKeys {
    private static final Logger log = LoggerFactory.getLogger(RemoteKeys.class);

    /** What came of looking for a key. */
    enum Outcome {
        GOOD,
        BAD,
        /** The keys at hand don't tell, and newer ones can't be had now. */
        UNAVAILABLE
    }

    /** Keys, and when they were asked for: they are at least as new as that. */
    private record Fetched(KeySet keys, Instant at) {}

    private final JwksOptions options;
    private final KeySource source;
    private final AtomicInteger waiting = new AtomicInteger();
    private final Object lock = new Object();
    private volatile @Nullable Fetched fetched;

    /** The fetch under way, guarded by the lock: its value is whether it brought keys. It never fails. */
    private @Nullable CompletableFuture<Boolean> running;

    /** When the last fetch began, guarded by the lock. */
    private @Nullable Instant begun;

    RemoteKeys(JwksOptions options, KeySource source) {
        this.options = options;
        this.source = source;
    }

    /** Fetches keys if it is time to; true if there are usable ones afterwards. */
    CompletionStage<Boolean> prepare(Instant now) {
        if (youngerThan(options.refreshAfter(), now) != null) return CompletableFuture.completedFuture(true);
        CompletableFuture<Boolean> fetch = fetch(now);
        if (fetch == null) return CompletableFuture.completedFuture(youngerThan(options.maxStale(), now) != null);
        return fetch.thenApply(ignored -> youngerThan(options.maxStale(), now) != null);
    }

    /** Completed on return if the keys at hand tell; otherwise on the thread that brings newer ones. */
    CompletionStage<Outcome> check(SignedToken token, Instant now) {
        KeySet keys = youngerThan(options.ttl(), now);
        if (keys != null) {
            if (youngerThan(options.refreshAfter(), now) == null) fetch(now);
            Finding finding = keys.check(token);
            if (finding == Finding.GOOD) return CompletableFuture.completedFuture(Outcome.GOOD);
            if (finding == Finding.BAD) return CompletableFuture.completedFuture(Outcome.BAD);
        }
        CompletableFuture<Boolean> fetch = fetch(now);
        if (fetch == null) return CompletableFuture.completedFuture(checkAtLast(token, now, false));
        if (waiting.incrementAndGet() > options.maxWaiting()) {
            waiting.decrementAndGet();
            return CompletableFuture.completedFuture(Outcome.UNAVAILABLE);
        }
        return fetch.thenApply(renewed -> {
            waiting.decrementAndGet();
            return checkAtLast(token, now, renewed);
        });
    }

    /** With whatever keys there are; only if they were just renewed an unknown one is certainly not the issuer's. */
    private Outcome checkAtLast(SignedToken token, Instant now, boolean renewed) {
        KeySet keys = youngerThan(options.maxStale(), now);
        if (keys == null) return Outcome.UNAVAILABLE;
        return switch (keys.check(token)) {
            case GOOD -> Outcome.GOOD;
            case BAD -> Outcome.BAD;
            case UNKNOWN -> renewed ? Outcome.BAD : Outcome.UNAVAILABLE;
        };
    }

    private @Nullable KeySet youngerThan(Duration age, Instant now) {
        Fetched current = fetched;
        return current != null && Duration.between(current.at, now).abs().compareTo(age) < 0 ? current.keys : null;
    }

    /** The fetch under way, or a new one; null if it is too early for one. */
    private @Nullable CompletableFuture<Boolean> fetch(Instant now) {
        CompletableFuture<Boolean> fetch;
        synchronized (lock) {
            if (running != null) return running;
            if (isTooEarly(now)) return null;
            begun = now;
            fetch = new CompletableFuture<>();
            running = fetch;
        }
        begin(fetch, now);
        return fetch;
    }

    /** A clock that was set back by far must not stop fetches until it has caught up. */
    private boolean isTooEarly(Instant now) {
        return begun != null && Duration.between(begun, now).abs().compareTo(options.minFetchInterval()) < 0;
    }

    private void begin(CompletableFuture<Boolean> fetch, Instant now) {
        CompletionStage<byte[]> answer;
        try {
            answer = source.fetch();
        } catch (RuntimeException e) {
            answer = CompletableFuture.failedFuture(e);
        }
        answer.whenComplete((json, fault) -> {
            boolean renewed = fault == null ? take(json, now) : missed(fault);
            synchronized (lock) {
                running = null;
            }
            fetch.complete(renewed);
        });
    }

    private boolean take(byte[] json, Instant now) {
        try {
            KeySet keys = KeySet.parse(json, options.maxKeys());
            fetched = new Fetched(keys, now);
            if (keys.leftOut() > 0)
                log.warn("{} of the keys from {} are of no use here", keys.leftOut(), options.endpoint());
            log.debug("fetched {} keys from {}", keys.size(), options.endpoint());
            return true;
        } catch (ParseException | RuntimeException e) {
            return missed(e);
        }
    }

    private boolean missed(Throwable fault) {
        Throwable cause = fault instanceof CompletionException && fault.getCause() != null ? fault.getCause() : fault;
        log.warn("no keys from {}: {}", options.endpoint(), cause.toString());
        return false;
    }
}
