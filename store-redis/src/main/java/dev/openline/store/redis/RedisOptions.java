package dev.openline.store.redis;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where a Redis is and how it is used.
 *
 * @param kind what stands behind the addresses
 * @param addresses of the Redis, or of some servers of a cluster, or of the sentinels: {@code redis://[[user]:password@]host[:port][/database]}, with TLS {@code
 *     rediss://}, all of them or none
 * @param sentinelMaster the name under which sentinels know the Redis; null unless there are sentinels
 * @param prefix stands before every key, so that others may use the same Redis. Default {@code openline}
 * @param timeout how long an answer is waited for; then a publish is refused with a temporary error, although it may have been carried out. Default 5 s
 * @param whenAway what becomes of publishes while no Redis can be reached, or it reads its data. Default {@link WhenAway#WAIT}
 * @param restarts what a Redis still has after it was started again, or after another one has taken over. Default {@link Restarts#MAY_LOSE}
 * @param presenceTtl how long somebody stays on the list of who is there whose server is gone without a word; 3 s at least. Default 1 minute
 * @param idempotencyTtl how long an idempotency key is remembered. Default 5 minutes
 * @param neverPublishedTtl how long offset 0 and epoch of a channel without any publication are kept. Default 1 hour
 * @param tls whom TLS trusts, and what it shows. Default {@link RedisTls#USUAL}
 */
public record RedisOptions(
        Kind kind,
        List<String> addresses,
        @Nullable String sentinelMaster,
        String prefix,
        Duration timeout,
        WhenAway whenAway,
        Restarts restarts,
        Duration presenceTtl,
        Duration idempotencyTtl,
        Duration neverPublishedTtl,
        RedisTls tls) {
    /** What stands behind the addresses. */
    public enum Kind {
        /** One Redis. */
        ALONE,
        /** One Redis and replicas, one of which takes over if sentinels say so. */
        SENTINEL,
        /** Many that have the channels among them. */
        CLUSTER
    }

    /** What becomes of publishes while no Redis can be reached. */
    public enum WhenAway {
        /** They wait, as long as for any answer. */
        WAIT,
        /** They are refused at once. */
        REFUSE
    }

    /** What a Redis still has after it was started again, or after another one has taken over. */
    public enum Restarts {
        /** Perhaps not everything that it had answered: all logs go on in new epochs then, and everybody is told. */
        MAY_LOSE,
        /** All that it had answered: one Redis without replicas that writes everything to its append-only file before it answers. Logs keep their epochs. */
        LOSE_NOTHING
    }

    /** @throws IllegalArgumentException if there is no address, a time is out of its range, or TLS is spoken with some of the addresses only */
    public RedisOptions {
        Objects.requireNonNull(kind, "kind");
        addresses = List.copyOf(addresses);
        if (addresses.isEmpty()) throw new IllegalArgumentException("no address of a Redis");
        if ((kind == Kind.SENTINEL) != (sentinelMaster != null))
            throw new IllegalArgumentException("sentinels need the name of a master, and nothing else does");
        if (kind == Kind.ALONE && addresses.size() > 1) throw new IllegalArgumentException("one Redis has one address");
        atLeast("timeout", timeout, Duration.ofMillis(100));
        atLeast("presenceTtl", presenceTtl, Duration.ofSeconds(3));
        atLeast("idempotencyTtl", idempotencyTtl, Duration.ofMillis(1));
        atLeast("neverPublishedTtl", neverPublishedTtl, Duration.ofSeconds(1));
        if (restarts == Restarts.LOSE_NOTHING && kind != Kind.ALONE)
            throw new IllegalArgumentException("where another Redis takes over, what was answered last may be lost");
        boolean encrypted = isEncrypted(addresses.get(0));
        if (addresses.stream().anyMatch(address -> isEncrypted(address) != encrypted))
            throw new IllegalArgumentException("either all addresses begin with rediss://, or none of them does");
        // Who gives one believes that TLS is spoken.
        if (!tls.equals(RedisTls.USUAL) && !encrypted)
            throw new IllegalArgumentException("certificates are for addresses that begin with rediss://");
    }

    private static boolean isEncrypted(String address) {
        return address.startsWith("rediss://");
    }

    private static void atLeast(String name, Duration time, Duration least) {
        if (time.compareTo(least) < 0) throw new IllegalArgumentException(name + " " + time + " < " + least);
    }

    private static RedisOptions of(Kind kind, List<String> addresses, @Nullable String master) {
        return new RedisOptions(
                kind,
                addresses,
                master,
                "openline",
                Duration.ofSeconds(5),
                WhenAway.WAIT,
                Restarts.MAY_LOSE,
                Duration.ofMinutes(1),
                Duration.ofMinutes(5),
                Duration.ofHours(1),
                RedisTls.USUAL);
    }

    /** One Redis. */
    public static RedisOptions at(String address) {
        return of(Kind.ALONE, List.of(address), null);
    }

    /** A Redis that sentinels know under a name. */
    public static RedisOptions sentinels(String master, List<String> addresses) {
        return of(Kind.SENTINEL, addresses, master);
    }

    /** A cluster. */
    public static RedisOptions cluster(List<String> addresses) {
        return of(Kind.CLUSTER, addresses, null);
    }

    public RedisOptions withPrefix(String prefix) {
        return copy(prefix, timeout, whenAway, restarts, presenceTtl, tls);
    }

    public RedisOptions withTimeout(Duration timeout) {
        return copy(prefix, timeout, whenAway, restarts, presenceTtl, tls);
    }

    public RedisOptions withWhenAway(WhenAway whenAway) {
        return copy(prefix, timeout, whenAway, restarts, presenceTtl, tls);
    }

    public RedisOptions withRestarts(Restarts restarts) {
        return copy(prefix, timeout, whenAway, restarts, presenceTtl, tls);
    }

    public RedisOptions withPresenceTtl(Duration presenceTtl) {
        return copy(prefix, timeout, whenAway, restarts, presenceTtl, tls);
    }

    public RedisOptions withTls(RedisTls tls) {
        return copy(prefix, timeout, whenAway, restarts, presenceTtl, tls);
    }

    // More than 4 parameters because these are the members that the methods above change.
    private RedisOptions copy(
            String prefix, Duration timeout, WhenAway whenAway, Restarts restarts, Duration presenceTtl, RedisTls tls) {
        return new RedisOptions(
                kind,
                addresses,
                sentinelMaster,
                prefix,
                timeout,
                whenAway,
                restarts,
                presenceTtl,
                idempotencyTtl,
                neverPublishedTtl,
                tls);
    }

    /** Without addresses, which may have a password in them. */
    @Override
    public String toString() {
        return "RedisOptions[" + kind + " " + prefix + "]";
    }
}
