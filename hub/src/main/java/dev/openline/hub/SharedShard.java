// Longer than 400 lines because all that is asked of a channel which several servers have stands here, in one order.
package dev.openline.hub;

import dev.openline.hub.Members.Member;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The home of some channels of a server that has them together with others: their logs, and who is on them, are in a {@link SharedStore}. A channel is followed
 * here while it has subscribers on this server, and a little longer; a publish goes to the store in any case, and comes back to who follows.
 *
 * <p>While the store can't be heard, subscribers stay, and what is in memory is served; but not for longer than {@link SharedLimits#staleAfter}: then they are
 * told. Publishes are answered by the store, which says what becomes of them.
 */
public final class SharedShard implements ChannelHome {
    private final ChannelRules rules;
    private final ShardLimits limits;
    private final SharedLimits shared;
    private final ShardEffects effects;
    private final SharedStore store;
    private final Obstacles obstacles;
    private final OlderEntries older;

    private final Map<String, Followed> channels = new HashMap<>();
    /** Those whose subscribe is being answered: until then nobody has heard that they joined, nor will hear that they left. */
    private final Set<Joining> unannounced = new HashSet<>();
    /** Channels without subscribers, in the order in which they will be forgotten. */
    private final Deque<Lingering> lingering = new ArrayDeque<>();
    /** All channels, in the order in which they will be compared with the store. */
    private final Deque<Followed> rounds = new ArrayDeque<>();

    private final DeafChannels deaf = new DeafChannels();
    /** Channels that could not be read. */
    private final Set<Followed> failed = new LinkedHashSet<>();

    private long ticked;
    private int publishing;
    private int waiting;

    private record Joining(String channel, String client) {}

    private record Lingering(Followed channel, long until) {}

    // More than 4 parameters because these are the five things that it is made of; it is made in one place.
    public SharedShard(
            ChannelRules rules, ShardLimits limits, SharedLimits shared, ShardEffects effects, SharedStore store) {
        this.rules = rules;
        this.limits = limits;
        this.shared = shared;
        this.effects = new OrderedEffects(effects);
        this.store = store;
        this.obstacles = new Obstacles(rules, limits);
        this.older = new OlderEntries(this::readOlder, shared.olderBytes());
    }

    /** What becomes of what is heard. */
    private final class Heard implements Followed.Effects {
        @Override
        public void said(Followed followed, String epoch, Publication publication, @Nullable Publication previous) {
            Audience audience = followed.channel.audience;
            if (!audience.isEmpty())
                effects.publication(audience.loops(), followed.channel.name, epoch, publication, previous);
        }

        @Override
        public void advanced(Followed followed) {
            Audience audience = followed.channel.audience;
            if (!audience.isEmpty()) effects.advanced(audience.loops(), followed.channel.name, followed.channel.top());
        }

        @Override
        public void joined(Followed followed, ClientInfo who) {
            Audience audience = followed.channel.audience;
            if (!audience.isEmpty()) effects.joined(audience.loops(), followed.channel.name, who);
        }

        @Override
        public void left(Followed followed, ClientInfo who) {
            Audience audience = followed.channel.audience;
            if (!audience.isEmpty()) effects.left(audience.loops(), followed.channel.name, who);
        }

        @Override
        public void failed(Followed followed) {
            failed.add(followed);
        }

        @Override
        public void hears(Followed followed, boolean hears, long now) {
            if (hears) deaf.remove(followed);
            else deaf.add(followed, now);
        }

        @Override
        public boolean mayWait() {
            if (waiting >= shared.maxWaiting()) return false;
            waiting++;
            return true;
        }

        @Override
        public void waitLess(int count) {
            waiting -= count;
        }

        @Override
        public void renewed(Followed followed) {
            older.drop(followed.channel.name);
        }
    }

    @Override
    public void publish(PublishRequest request, long now, Consumer<Published> answer) {
        ErrorReply obstacle = obstacles.toName(request.channel());
        if (obstacle == null) obstacle = obstacles.toPublish(request, null);
        if (obstacle == null && publishing >= shared.maxWaiting()) obstacle = ErrorReply.TOO_MANY_REQUESTS;
        if (obstacle != null) {
            answer.accept(new Published.Refused(obstacle));
            return;
        }
        publishing++;
        store.publish(request, optionsOf(request.channel()), (published, then) -> {
            publishing--;
            answer.accept(published);
        });
    }

    private ChannelOptions optionsOf(String channel) {
        ChannelOptions options = rules.optionsFor(channel);
        if (options == null) throw new IllegalArgumentException("no such channel");
        return options;
    }

    // --- subscribers
    // ------------------------------------------------------------------------------------------------------------------

    @Override
    public void subscribe(int loop, SubscribeRequest request, long now, Consumer<Subscribed> reply) {
        subscribe(loop, request, now, reply, false);
    }

    /** @param fresh whether the channel was read after the request had come */
    // More than 4 parameters because it is the same with one more.
    private void subscribe(int loop, SubscribeRequest request, long now, Consumer<Subscribed> reply, boolean fresh) {
        String name = request.channel();
        Followed followed = channels.get(name);
        ErrorReply obstacle = followed == null ? obstacles.toNew(name, channels.size()) : null;
        if (followed != null && followed.channel.member(request.who().client()) != null)
            obstacle = ErrorReply.ALREADY_SUBSCRIBED;
        if (obstacle != null) {
            reply.accept(new Subscribed.Refused(obstacle));
            return;
        }
        if (followed == null) followed = follow(name, now);
        if (!followed.isOpen() || !fresh && followed.isBehind(request.recoverFrom()))
            followed.whenRead(
                    then -> subscribe(loop, request, then, reply, true),
                    error -> reply.accept(new Subscribed.Refused(error)));
        else join(followed.channel, loop, request, reply);
    }

    private void join(Channel channel, int loop, SubscribeRequest request, Consumer<Subscribed> reply) {
        ClientInfo who = request.who();
        Member member = channel.add(loop, request);
        if (channel.audience.size() == 1) effects.occupied(channel.name);
        if (member.isPresent()) store.enter(channel.name, who);
        var joining = new Joining(channel.name, who.client());
        if (member.isAnnounced()) unannounced.add(joining);
        reply.accept(new Subscribed.Accepted(channel.options, channel.top(), channel.recover(request.recoverFrom())));
        // Whoever took the reply may have unsubscribed at once.
        if (unannounced.remove(joining)) store.announce(channel.name, who, true);
    }

    @Override
    public void unsubscribe(int loop, String name, String client, long now) {
        Followed followed = channels.get(name);
        if (followed == null) throw new IllegalStateException("nobody is subscribed to this channel");
        Channel channel = followed.channel;
        Member member = channel.remove(loop, client);
        if (member != null && member.isPresent()) store.leave(name, member.who());
        if (member != null && member.isAnnounced() && !unannounced.remove(new Joining(name, client)))
            store.announce(name, member.who(), false);
        if (!channel.audience.isEmpty()) return;
        effects.vacated(name);
        linger(followed, now);
    }

    private Followed follow(String name, long now) {
        Channel channel = new Channel(name, optionsOf(name), limits, null);
        channel.gathers = rules.gathers(name);
        Followed followed = new Followed(channel, store, shared, new Heard());
        channels.put(name, followed);
        rounds.add(followed);
        linger(followed, now);
        store.follow(name, followed);
        return followed;
    }

    private void linger(Followed followed, long now) {
        followed.channel.touch(now);
        lingering.add(new Lingering(followed, now + shared.linger().toMillis()));
        // Names that somebody makes up must not fill the memory: those that were left first go early.
        if (lingering.size() <= limits.maxNeverPublished()) return;
        Followed first = lingering.remove().channel();
        if (!isKnown(first) || !first.channel.audience.isEmpty()) return;
        if (first.isWaitedFor())
            lingering.add(new Lingering(first, now + shared.linger().toMillis()));
        else forget(first);
    }

    // --- logs
    // -------------------------------------------------------------------------------------------------------------------------

    @Override
    // More than 4 parameters because the time is one of them.
    public void read(String name, StreamPosition after, int limit, long now, Consumer<Page> answer) {
        Followed followed = channels.get(name);
        if (followed == null || !followed.channel.options.logged()) {
            answer.accept(new Page.Refused(obstacles.toRead(name)));
            return;
        }
        if (!followed.isOpen()) {
            followed.whenRead(
                    then -> read(name, after, limit, then, answer), error -> answer.accept(new Page.Refused(error)));
            return;
        }
        Channel channel = followed.channel;
        channel.expire(now);
        Page page = channel.read(channel.openLog(), after, limit);
        if (page instanceof Page.Gap && channel.hasOlder(after.offset())) readOlder(channel, after, limit, now, answer);
        else answer.accept(page);
    }

    /** A page for a cursor that is further back than memory reaches. Of all who are at about the same place, one asks the store. */
    // More than 4 parameters because the time is one of them.
    private void readOlder(Channel channel, StreamPosition after, int limit, long asked, Consumer<Page> answer) {
        long from = after.offset() + 1;
        older.read(channel.name, from, asked, (entries, now) -> {
            Log log = channel.log;
            if (entries == null || log == null) {
                answer.accept(new Page.Refused(Journal.NOT_READ));
                return;
            }
            List<Publication> page = new ArrayList<>(Math.min(limit, entries.size()));
            for (LogEntry entry : entries) {
                if (entry.offset() < from) continue;
                if (!entry.epoch().equals(log.epoch()) || entry.offset() != from + page.size()) break;
                page.add(entry.publication());
                if (page.size() >= limit) break;
            }
            answer.accept(page.isEmpty() ? new Page.Gap(log.top()) : new Page.Found(channel.bounded(page), log.top()));
        });
    }

    private void readOlder(String name, long from, int limit, LogStore.Answer<@Nullable List<LogEntry>> answer) {
        var query = new HistoryQuery(new StreamPosition(from - 1, ""), limit, HistoryQuery.Direction.FORWARD);
        store.read(name, optionsOf(name), query, (part, now) -> answer.take(part == null ? null : part.entries(), now));
    }

    @Override
    public void history(String name, HistoryQuery query, long now, Consumer<Page> answer) {
        ChannelOptions options = rules.optionsFor(name);
        if (options == null || !options.logged() || obstacles.toName(name) != null) {
            answer.accept(new Page.Refused(obstacles.toRead(name)));
            return;
        }
        store.read(name, options, query, (part, then) -> answer.accept(pageOf(query, part, limits.historyBytes())));
    }

    private static Page pageOf(HistoryQuery query, SharedStore.@Nullable Part part, int most) {
        if (part == null) return new Page.Refused(Journal.NOT_READ);
        StreamPosition top = new StreamPosition(part.top(), part.epoch());
        StreamPosition since = query.since();
        boolean otherLife =
                since != null && !since.epoch().isEmpty() && !since.epoch().equals(part.epoch());
        if (otherLife) return new Page.NewEpoch(top);
        List<Publication> found = new ArrayList<>(part.entries().size());
        for (LogEntry entry : part.entries()) found.add(entry.publication());
        return new Page.Found(Channel.bounded(found, most), top);
    }

    @Override
    public void removeHistory(String name, long now, Consumer<@Nullable ErrorReply> done) {
        ChannelOptions options = rules.optionsFor(name);
        if (options == null || !options.logged()) {
            done.accept(null);
            return;
        }
        store.clear(name, options, (outcome, then) -> {
            Followed followed = channels.get(name);
            if (followed != null) followed.check(then);
            done.accept(outcome == LogStore.Outcome.KEPT ? null : Journal.NOT_KEPT);
        });
    }

    // --- who is there
    // -----------------------------------------------------------------------------------------------------------------

    @Override
    public void presence(String channel, Consumer<@Nullable List<ClientInfo>> answer) {
        store.presence(channel, (all, now) -> answer.accept(all));
    }

    @Override
    public void presenceStats(String channel, Consumer<@Nullable PresenceStats> answer) {
        store.presenceStats(channel, (stats, now) -> answer.accept(stats));
    }

    /** Nothing is to be done here: the store {@linkplain SharedStore#publish has done it}. */
    @Override
    public void gather(String pattern, Publication publication, long now) {}

    @Override
    public Map<String, Integer> subscribers(Predicate<String> wanted) {
        Map<String, Integer> found = new HashMap<>();
        for (Followed followed : channels.values()) {
            Channel channel = followed.channel;
            if (!channel.audience.isEmpty() && wanted.test(channel.name))
                found.put(channel.name, channel.audience.size());
        }
        return found;
    }

    @Override
    public int channelCount() {
        return channels.size();
    }

    // --- time
    // ------------------------------------------------------------------------------------------------------------------------

    @Override
    public long nextDeadline() {
        return channels.isEmpty() ? Long.MAX_VALUE : Long.MIN_VALUE;
    }

    /** Forgets channels that nobody needs, and compares some with the store, so that each has its turn within {@link SharedLimits#check}. */
    @Override
    public void onTime(long now) {
        List<Followed> again = List.copyOf(failed);
        failed.clear();
        for (Followed followed : again) if (isKnown(followed)) followed.retry();
        endStale(now);
        while (true) {
            Lingering next = lingering.peek();
            if (next == null || next.until() > now) break;
            lingering.remove();
            forgetIfIdle(next.channel(), now);
        }
        long passed = ticked == 0 ? 0 : Math.max(0, now - ticked);
        ticked = now;
        long share = (rounds.size() * passed + shared.check().toMillis() - 1)
                / shared.check().toMillis();
        for (long turns = Math.min(share, limits.channelsPerTick()); turns > 0; turns--) {
            Followed followed = rounds.poll();
            if (followed == null) return;
            if (!isKnown(followed)) continue;
            rounds.add(followed);
            followed.check(now);
        }
    }

    /** Tells those who have heard nothing for too long. Not all at once: they come back. */
    private void endStale(long now) {
        for (Followed followed : deaf.takeThoseSince(now - shared.staleAfter().toMillis(), limits.channelsPerTick())) {
            followed.turnStale();
            Audience audience = followed.channel.audience;
            if (isKnown(followed) && !audience.isEmpty()) effects.stale(audience.loops(), followed.channel.name);
        }
    }

    private boolean isKnown(Followed followed) {
        return channels.get(followed.channel.name) == followed;
    }

    private void forgetIfIdle(Followed followed, long now) {
        Channel channel = followed.channel;
        if (!isKnown(followed) || !channel.audience.isEmpty()) return;
        // Others have come and gone meanwhile: it has another place in the queue.
        if (!channel.idleSince(now - shared.linger().toMillis())) return;
        if (followed.isWaitedFor()) {
            linger(followed, now);
            return;
        }
        forget(followed);
    }

    private void forget(Followed followed) {
        Channel channel = followed.channel;
        channels.remove(channel.name);
        deaf.remove(followed);
        older.drop(channel.name);
        store.unfollow(channel.name);
    }
}
