package dev.openline.tokens;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The revocations in force. Checks take no lock and do no I/O: two look-ups. Changes come one at a time.
 *
 * <p>One user, and one token, has at most one entry; a further revocation extends it. So what is revoked stays so until the time that was
 * given, and memory is bounded by the number of entries.
 */
public final class Revocations {
    /** How long a revocation is remembered if nobody says: longer than most tokens live. */
    public static final Duration DEFAULT_TTL = Duration.ofDays(7);

    /** How many users and tokens together can be revoked at once, unless said otherwise; about 200 bytes each. */
    public static final int DEFAULT_MAX_ENTRIES = 100_000;

    /** What became of a revocation. */
    public enum Outcome {
        /** It is in force. */
        KEPT,
        /** Its time was over already; nothing was done. */
        OVER,
        /** There is no room. It is not in force: tell whoever asked for it. */
        FULL
    }

    /** An entry in the order in which entries end; the number tells those apart that end together. */
    private record Entry(Revocation revocation, long number) {}

    private final int maxEntries;
    private final RevocationJournal journal;
    private final Map<String, Entry> users = new ConcurrentHashMap<>();
    private final Map<String, Entry> tokens = new ConcurrentHashMap<>();
    private volatile Revocation.@Nullable OfAll all;

    /** All entries, the first to end first; guarded by this object's lock, as are all changes. */
    private final TreeSet<Entry> ends = new TreeSet<>(
            Comparator.comparing((Entry entry) -> entry.revocation.until()).thenComparingLong(Entry::number));

    private long numbers;

    private Revocations(int maxEntries, RevocationJournal journal) {
        if (maxEntries < 1) throw new IllegalArgumentException("maxEntries " + maxEntries + " < 1");
        this.maxEntries = maxEntries;
        this.journal = journal;
    }

    /** Revocations that end with the process, {@link #DEFAULT_MAX_ENTRIES} at most. */
    public static Revocations inMemory() {
        return new Revocations(DEFAULT_MAX_ENTRIES, RevocationJournal.none());
    }

    /**
     * Revocations that {@code journal} keeps, beginning with those that it has kept.
     *
     * @param now those that are over by then are left out, and the journal may forget them
     * @throws IllegalStateException if the journal holds more than {@code maxEntries} that are in force
     */
    public static Revocations over(RevocationJournal journal, int maxEntries, Instant now) {
        Revocations revocations = new Revocations(maxEntries, journal);
        journal.replay(revocation -> {
            Outcome outcome = revocations.load(revocation, now);
            if (outcome == Outcome.FULL)
                throw new IllegalStateException("the journal holds more than " + maxEntries + " revocations");
            if (outcome == Outcome.OVER) journal.forget(revocation);
        });
        return revocations;
    }

    /**
     * Puts in force what the journal has, such as what another server has kept there. Waits for the journal, so it is not for event loops.
     *
     * @throws IllegalStateException if the journal can't be read; what was in force stays so
     */
    public void reload(Instant now) {
        journal.replay(revocation -> load(revocation, now));
    }

    /** Whether a token is revoked. */
    public boolean isRevoked(String user, @Nullable String id, @Nullable Long issuedAt, Instant now) {
        Revocation everybody = all;
        if (everybody != null && now.isBefore(everybody.until()) && everybody.covers(user, id, issuedAt)) return true;
        if (id != null && isCovered(tokens.get(id), user, id, issuedAt, now)) return true;
        return isCovered(users.get(user), user, id, issuedAt, now);
    }

    // More than 4 parameters because a token's three are looked at with an entry and the time.
    private static boolean isCovered(
            @Nullable Entry entry, String user, @Nullable String id, @Nullable Long issuedAt, Instant now) {
        return entry != null && now.isBefore(entry.revocation.until()) && entry.revocation.covers(user, id, issuedAt);
    }

    /** Revokes all tokens that {@code user} has now, for {@link #DEFAULT_TTL}. */
    public CompletionStage<Outcome> revokeUser(String user, Instant now) {
        return revoke(new Revocation.OfUser(user, Revocation.after(now), now.plus(DEFAULT_TTL)), now);
    }

    /**
     * Puts a revocation in force, at once, and into the journal.
     *
     * @return completes when the journal has it, and exceptionally if it can't keep it; at once if there is nothing to keep
     */
    public synchronized CompletionStage<Outcome> revoke(Revocation revocation, Instant now) {
        Outcome outcome = load(revocation, now);
        if (outcome != Outcome.KEPT) return CompletableFuture.completedStage(outcome);
        return journal.append(inForce(revocation)).thenApply(kept -> outcome);
    }

    /** What a revocation has become together with an earlier one of the same kind. */
    private Revocation inForce(Revocation revocation) {
        Revocation.OfAll everybody = all;
        if (revocation instanceof Revocation.OfAll) return everybody == null ? revocation : everybody;
        Entry entry = mapOf(revocation).get(key(revocation));
        return entry == null ? revocation : entry.revocation;
    }

    private Map<String, Entry> mapOf(Revocation revocation) {
        return revocation instanceof Revocation.OfUser ? users : tokens;
    }

    /** Puts a revocation in force that needs not go into the journal, such as one that another server has kept. */
    public synchronized Outcome load(Revocation revocation, Instant now) {
        expire(now);
        if (!now.isBefore(revocation.until())) return Outcome.OVER;
        if (revocation instanceof Revocation.OfAll more) {
            Revocation.OfAll before = all;
            all = before == null
                    ? more
                    : new Revocation.OfAll(
                            later(before.issuedBefore(), more.issuedBefore()), later(before.until(), more.until()));
            return Outcome.KEPT;
        }
        Map<String, Entry> map = mapOf(revocation);
        String key = key(revocation);
        Entry before = map.get(key);
        if (before == null && ends.size() >= maxEntries) return Outcome.FULL;
        Entry entry = new Entry(before == null ? revocation : joined(before.revocation, revocation), numbers++);
        if (before != null) ends.remove(before);
        ends.add(entry);
        map.put(key, entry);
        return Outcome.KEPT;
    }

    private static String key(Revocation revocation) {
        if (revocation instanceof Revocation.OfUser user) return user.user();
        if (revocation instanceof Revocation.OfToken token) return token.id();
        throw new IllegalArgumentException("that of all has no key");
    }

    /** Both together. It may cover a token longer than either did, never shorter. */
    private static Revocation joined(Revocation one, Revocation other) {
        Instant until = later(one.until(), other.until());
        if (one instanceof Revocation.OfUser user && other instanceof Revocation.OfUser more)
            return new Revocation.OfUser(user.user(), later(user.issuedBefore(), more.issuedBefore()), until);
        return new Revocation.OfToken(key(one), until);
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    /** Forgets what is over. Each revocation does this too, so calling it is only of use to get memory back sooner. */
    public synchronized void expire(Instant now) {
        while (!ends.isEmpty() && !now.isBefore(ends.first().revocation.until())) {
            Entry over = ends.pollFirst();
            if (over == null) return;
            mapOf(over.revocation).remove(key(over.revocation));
            journal.forget(over.revocation);
        }
        Revocation.OfAll everybody = all;
        if (everybody == null || now.isBefore(everybody.until())) return;
        all = null;
        journal.forget(everybody);
    }

    /** What is in force, for a journal that wants to begin anew with it. */
    public synchronized List<Revocation> snapshot(Instant now) {
        expire(now);
        List<Revocation> snapshot = new ArrayList<>();
        Revocation.OfAll everybody = all;
        if (everybody != null) snapshot.add(everybody);
        for (Entry entry : ends) snapshot.add(entry.revocation);
        return snapshot;
    }

    /** How many users and tokens are revoked. */
    public synchronized int size() {
        return ends.size();
    }
}
