package dev.openline.hub;

import dev.openline.hub.Members.Member;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All that a shard knows of one channel. It may be forgotten once it {@linkplain #isDead is dead}. */
final class Channel {
    /** The four possibilities, so that no member needs a set of its own. */
    private static final List<Set<Feature>> SHOWN = List.of(
            Set.of(),
            Set.of(Feature.PRESENCE),
            Set.of(Feature.JOIN_LEAVE),
            Set.of(Feature.PRESENCE, Feature.JOIN_LEAVE));

    final String name;
    final ChannelOptions options;
    /** Null in mode TRANSIENT, and while the channel {@linkplain Durable#isOpening is being opened}. */
    @Nullable
    Log log;
    /** What it has under way in the store; null if none keeps it. */
    final @Nullable Durable durable;

    /** Nothing before this offset can be read from a store. */
    long storedFirst = Long.MAX_VALUE;

    /** The channel that gathers what is said here; null if none does. Like the next, set once by the shard. */
    @Nullable
    String pattern;
    /** Whether this is such a channel itself. */
    boolean gathers;

    final Audience audience = new Audience();
    /** All subscribers, where the channel offers presence or join messages; elsewhere those who are shown all the same. */
    private @Nullable Members members;
    /** What others learn of a subscriber that says nothing about it: some of PRESENCE and JOIN_LEAVE. */
    private final Set<Feature> offered;
    /** When {@link Deadlines} visits this channel; never later than {@link #deadline}, often earlier. */
    long visitAt = Long.MAX_VALUE;
    /** Whether it is among those of {@link OpenChannels} that are {@linkplain #isLeftUnsaid left unsaid}. */
    boolean unsaid;
    /** Place in the heap of {@link Deadlines}, which alone uses it. */
    int heapIndex;

    private final ShardLimits limits;
    private @Nullable RememberedKeys keys;
    /** Of the last publication in the log that had one; lives as long as the position. */
    private PublishRequest.@Nullable Version version;
    /** What {@link PublishRates#perChannel} leaves; null while all of it is left. */
    private @Nullable TokenBucket rate;
    /** When it was last published to or read. */
    private long touched = Long.MIN_VALUE;

    Channel(String name, ChannelOptions options, ShardLimits limits, @Nullable Durable durable) {
        this.name = name;
        this.options = options;
        this.limits = limits;
        this.durable = durable;
        offered = shown(options.features());
    }

    /** Takes up what a store has kept. */
    void restore(StoredLog stored, int tail) {
        log = Log.of(stored, options, tail);
        version = stored.version();
        for (StoredLog.Key key : stored.keys()) {
            var position = new StreamPosition(key.offset(), stored.epoch());
            remember(key.key(), new Published.At(position), key.timeMillis());
        }
    }

    /** The log of a channel that has one and is open. */
    Log openLog() {
        if (log == null) throw new IllegalStateException("there is no log");
        return log;
    }

    void touch(long now) {
        touched = Math.max(touched, now);
    }

    boolean idleSince(long time) {
        return touched <= time;
    }

    StreamPosition top() {
        return log == null ? new StreamPosition(0, "") : log.top();
    }

    /** Whether subscribers who take patches should get one of this publication. */
    boolean patches(PublishRequest request) {
        return options.has(Feature.DELTA)
                && (options.has(Feature.DELTA_PUBLISH) || request.encoding() == PublishRequest.Encoding.DELTA);
    }

    private static Set<Feature> shown(Set<Feature> wanted) {
        int presence = wanted.contains(Feature.PRESENCE) ? 1 : 0;
        int joinLeave = wanted.contains(Feature.JOIN_LEAVE) ? 2 : 0;
        return SHOWN.get(presence + joinLeave);
    }

    @Nullable
    Member member(String client) {
        return members == null ? null : members.find(client);
    }

    /** Takes a subscriber in, who may be shown or not. */
    Member add(int loop, SubscribeRequest request) {
        Set<Feature> wanted = request.shown();
        var member = new Member(request.who(), wanted == null ? offered : shown(wanted));
        audience.add(loop);
        if (offered.isEmpty() && member.shown().isEmpty()) return member;
        if (members == null) members = new Members();
        members.add(member);
        return member;
    }

    /**
     * Lets a subscriber go; answers what others knew of it, or null if nothing.
     *
     * @throws IllegalStateException if there is no such subscriber
     */
    @Nullable
    Member remove(int loop, String client) {
        Member member = member(client);
        if (member == null && !offered.isEmpty()) throw new IllegalStateException("this client is not subscribed");
        audience.remove(loop);
        if (member == null || members == null) return null;
        members.remove(member);
        if (members.isEmpty()) members = null;
        return member;
    }

    List<ClientInfo> presence() {
        return members == null ? List.of() : members.present();
    }

    PresenceStats presenceStats() {
        return members == null ? new PresenceStats(0, 0) : members.stats();
    }

    /** Whether the log has what this describes, or something newer. */
    boolean covers(PublishRequest request) {
        return version != null && request.version() != null && request.version().isCoveredBy(version);
    }

    /** Takes what one publication costs; false if too many came before it. */
    boolean mayPublish(long now) {
        int perSecond = options.rates().perChannel();
        if (perSecond == 0) return true;
        if (rate == null) rate = new TokenBucket(perSecond, now);
        return rate.take(now);
    }

    /** Puts a publication into the log; answers the offset of the one that it has overtaken, or 0. */
    long append(Log log, Publication publication, PublishRequest.@Nullable Version count, long now) {
        if (count != null) version = count;
        return log.append(publication, now);
    }

    @Nullable
    Published remembered(String key) {
        return keys == null ? null : keys.find(key);
    }

    void remember(String key, Published published, long now) {
        if (keys == null) keys = new RememberedKeys(limits);
        keys.remember(key, published, now);
    }

    /** Drops items and keys whose time is over. */
    void expire(long now) {
        if (log != null) log.expire(now);
        if (rate != null && rate.fullAt() <= now) rate = null;
        if (keys == null) return;
        keys.expire(now);
        if (keys.isEmpty()) keys = null;
    }

    /** Whether nobody reads it, and all there is of it is that nothing was ever said. */
    boolean isLeftUnsaid() {
        boolean idle = audience.isEmpty() && rate == null && keys == null && (durable == null || !durable.isBusy());
        return idle && log != null && log.topOffset() == 0;
    }

    /**
     * Whether nothing would be lost by forgetting the channel: nobody listens, no key is remembered, no rate is used up and the position's time
     * is over. A position outlives the keys that point to it, and an epoch never changes under a subscriber. Where a store keeps it, nothing is lost
     * either once it has been idle. Call {@link #expire} before.
     *
     * @param idleMillis how long a channel stays that a store keeps
     */
    boolean isDead(long now, long idleMillis) {
        if (!audience.isEmpty() || rate != null) return false;
        if (durable != null) return !durable.isBusy() && touched + idleMillis <= now;
        return keys == null && positionExpiry() <= now;
    }

    /** When {@link #expire} or {@link #isDead} has something new to say; {@link Long#MAX_VALUE} for never. */
    long deadline(long idleMillis) {
        long deadline = log == null ? Long.MAX_VALUE : log.nextExpiry();
        if (keys != null) deadline = Math.min(deadline, keys.nextExpiry());
        if (rate != null) deadline = Math.min(deadline, rate.fullAt());
        if (durable != null) {
            boolean idles = audience.isEmpty() && rate == null && !durable.isBusy();
            return idles ? Math.min(deadline, touched + idleMillis) : deadline;
        }
        boolean onlyPosition = audience.isEmpty() && keys == null && rate == null;
        return onlyPosition ? Math.min(deadline, positionExpiry()) : deadline;
    }

    private long positionExpiry() {
        if (log == null) return Long.MIN_VALUE;
        long life = options.historyMetaTtl().toMillis();
        if (log.topOffset() == 0)
            life = Math.min(life, limits.neverPublishedTtl().toMillis());
        return touched + life;
    }

    /** Whether a store may have what comes after {@code after}, and memory has not. */
    boolean hasOlder(long after) {
        if (log == null || options.keyed()) return false;
        return after + 1 >= oldest() && after + 1 < log.first();
    }

    /** The first offset that the channel's options still want, of those that can be read from a store. */
    long oldest() {
        return Math.max(storedFirst, openLog().topOffset() - options.historySize() + 1);
    }

    /** The answer to a subscriber who hands {@code from} back, or nothing. */
    Recovery recover(@Nullable StreamPosition from) {
        if (log == null) return from == null ? new Recovery.NotAsked() : new Recovery.Gap();
        if (from == null) return options.has(Feature.AUTO_RECOVER) ? recoverState(log) : new Recovery.NotAsked();
        if (options.mode() == Mode.LATEST && !options.keyed()) return recoverNewest(log, from);
        if (!sameLife(log, from)) return new Recovery.NewEpoch();
        // Whoever has nothing misses nothing of what was dropped: the newest of each key is all there is to know.
        if (options.keyed() && from.offset() == 0 && from.epoch().isEmpty()) return recoverState(log);
        // An offset beyond the top was never given out in this epoch: whoever holds it is not where it believes to be.
        if (log.reachesBackTo(from.offset())) return firstPage(log, from.offset());
        return hasOlder(from.offset()) ? new Recovery.Later(from.offset()) : new Recovery.Gap();
    }

    /** In mode LATEST, all that somebody needs who knows nothing: the newest, or the newest of each key. */
    private Recovery recoverState(Log log) {
        return firstPage(log, options.keyed() ? 0 : log.topOffset() - 1);
    }

    private Recovery firstPage(Log log, long after) {
        List<Publication> page = bounded(log.after(after, limits.pageLimit()));
        boolean more = !page.isEmpty() && page.get(page.size() - 1).offset() < log.topOffset();
        return new Recovery.Complete(page, more);
    }

    /** As much of {@code page} as may travel at once. */
    List<Publication> bounded(List<Publication> page) {
        return bounded(page, limits.pageBytes());
    }

    /** As much of {@code page} as has so many bytes, and the one that goes beyond. */
    static List<Publication> bounded(List<Publication> page, int most) {
        long bytes = 0;
        for (int i = 0; i < page.size(); i++) {
            bytes += page.get(i).data().size();
            if (bytes >= most) return page.subList(0, i + 1);
        }
        return page;
    }

    /** In mode LATEST the newest publication makes up for anything, whatever life of the log the cursor comes from. */
    private static Recovery recoverNewest(Log log, StreamPosition from) {
        if (from.offset() == log.topOffset() && from.epoch().equals(log.epoch()))
            return new Recovery.Complete(List.of(), false);
        if (log.size() > 0) return new Recovery.Complete(log.after(log.topOffset() - 1, 1), false);
        return sameLife(log, from) ? new Recovery.Gap() : new Recovery.NewEpoch();
    }

    /** What comes after {@code after}, for a cursor that catches up. */
    Page read(Log log, StreamPosition after, int limit) {
        if (!sameLife(log, after)) return new Page.NewEpoch(log.top());
        if (options.mode() == Mode.LATEST && !options.keyed())
            return new Page.Found(log.after(Math.max(after.offset(), log.topOffset() - 1), 1), log.top());
        if (!log.reachesBackTo(after.offset())) return new Page.Gap(log.top());
        return new Page.Found(bounded(log.after(after.offset(), limit)), log.top());
    }

    Page history(Log log, HistoryQuery query) {
        StreamPosition since = query.since();
        if (since != null && !sameLife(log, since)) return new Page.NewEpoch(log.top());
        var found = switch (query.direction()) {
            case FORWARD -> log.after(since == null ? 0 : since.offset(), query.limit());
            case BACKWARD -> log.before(since == null ? Long.MAX_VALUE : since.offset(), query.limit());
        };
        return new Page.Found(boundedHistory(found), log.top());
    }

    List<Publication> boundedHistory(List<Publication> found) {
        return bounded(found, limits.historyBytes());
    }

    private static boolean sameLife(Log log, StreamPosition position) {
        return position.epoch().isEmpty() || position.epoch().equals(log.epoch());
    }
}
