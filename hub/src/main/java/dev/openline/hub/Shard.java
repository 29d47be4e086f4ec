package dev.openline.hub;

import dev.openline.hub.Members.Member;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The home of some channels of a server that is alone: their logs, their presence, and which event loops have subscribers. What several servers have together
 * is the matter of a {@link SharedShard}.
 */
public final class Shard implements ChannelHome {
    private final ChannelRules rules;
    private final ShardLimits limits;
    private final Obstacles obstacles;
    private final ShardEffects effects;
    /** Null where no log outlives the process. */
    private final @Nullable Journal journal;

    private final OpenChannels channels;
    /** Those whose subscribe is being answered: until then nobody has heard that they joined, nor will hear that they left. */
    private final Set<Joining> unannounced = new HashSet<>();

    private record Joining(String channel, String client) {}

    /** @param epochs names for lives of logs: strong random, at least 64 bits, never empty */
    public Shard(ChannelRules rules, ShardLimits limits, Supplier<String> epochs, ShardEffects effects) {
        this(rules, limits, epochs, effects, null, StoreLimits.DEFAULT);
    }

    /**
     * The same, with a home for the logs of {@linkplain Feature#DURABLE durable} channels.
     *
     * @param epochs for the other channels; a store names the lives of its logs itself
     */
    // More than 4 parameters because these are the six things a shard is made of; it is made in one place.
    public Shard(
            ChannelRules rules,
            ShardLimits limits,
            Supplier<String> epochs,
            ShardEffects effects,
            @Nullable LogStore store,
            StoreLimits storeLimits) {
        this.rules = rules;
        this.limits = limits;
        this.obstacles = new Obstacles(rules, limits);
        this.effects = new OrderedEffects(effects);
        this.journal = store == null ? null : new Journal(store, storeLimits, new Kept());
        this.channels = new OpenChannels(rules, limits, obstacles, epochs, journal);
    }

    /** What becomes of what was handed to the store. */
    private final class Kept implements Journal.Effects {
        @Override
        public void kept(Channel channel, Log log, Durable.Appending appended, long now) {
            Published published = new Published.At(log.top());
            keep(channel, appended.request.idempotencyKey(), published, now);
            say(channel, log, appended.publication, appended.previous);
            appended.tell(published);
        }

        @Override
        public void settle(Channel channel, long now) {
            if (channels.find(channel.name) == channel) channels.settle(channel, now);
        }

        @Override
        public void forget(Channel channel) {
            channels.remove(channel);
        }
    }

    @Override
    public void publish(PublishRequest request, long now, Consumer<Published> answer) {
        Channel channel = channels.find(request.channel(), now);
        ErrorReply obstacle = channel == null ? channels.obstacle(request.channel()) : null;
        if (obstacle == null) obstacle = obstacles.toPublish(request, channel);
        if (obstacle != null) {
            answer.accept(new Published.Refused(obstacle));
            return;
        }
        if (channel == null) channel = channels.create(request.channel());
        if (channels.opens(channel, then -> publish(request, then, answer), error -> answer.accept(refused(error))))
            return;
        Published known = known(channel, request, now);
        Durable durable = channel.durable;
        if (known != null) answer.accept(known);
        else if (journal != null && durable != null && keeps(request))
            journal.publish(channel, durable, channel.openLog(), request, now, answer);
        else answer.accept(publishAtOnce(channel, keeps(request) ? channel.log : null, request, now));
    }

    private static boolean keeps(PublishRequest request) {
        return request.history() == PublishRequest.History.KEEP;
    }

    private static Published refused(ErrorReply error) {
        return new Published.Refused(error);
    }

    /** What has become of the same publish before, or of one that covers it; null if nothing has. */
    private @Nullable Published known(Channel channel, PublishRequest request, long now) {
        String key = request.idempotencyKey();
        Published before = key == null ? null : channel.remembered(key);
        if (before != null) return before;
        Log log = keeps(request) ? channel.log : null;
        // What is on its way into the store counts before what is there.
        boolean settled = channel.durable == null || channel.durable.version == null;
        if (log == null || !settled || !channel.covers(request)) return null;
        return keep(channel, key, new Published.At(log.top()), now);
    }

    private Published publishAtOnce(Channel channel, @Nullable Log log, PublishRequest request, long now) {
        if (!channel.mayPublish(now)) return refused(ErrorReply.TOO_MANY_REQUESTS);
        long offset = log == null ? 0 : log.nextOffset();
        var publication = new Publication(offset, request.data(), request.info(), request.tags());
        Publication previous = log == null || !channel.patches(request) ? null : log.newest();
        if (log != null) channel.append(log, publication, request.version(), now);
        Published published = log == null ? new Published.Unlogged() : new Published.At(log.top());
        keep(channel, request.idempotencyKey(), published, now);
        say(channel, log, publication, previous);
        return published;
    }

    private void say(Channel channel, @Nullable Log log, Publication publication, @Nullable Publication previous) {
        if (!channel.audience.isEmpty())
            effects.publication(
                    channel.audience.loops(), channel.name, log == null ? "" : log.epoch(), publication, previous);
        if (channel.pattern != null) effects.gathered(channel.pattern, publication.saidOn(channel.name));
    }

    /** Remembers what became of a publish, if it has a key. */
    private Published keep(Channel channel, @Nullable String key, Published published, long now) {
        channel.touch(now);
        if (key != null) channel.remember(key, published, now);
        channels.settle(channel, now);
        return published;
    }

    @Override
    public void subscribe(int loop, SubscribeRequest request, long now, Consumer<Subscribed> reply) {
        ClientInfo who = request.who();
        Channel channel = channels.find(request.channel(), now);
        ErrorReply obstacle = channel == null ? channels.obstacle(request.channel()) : null;
        if (channel != null && channel.member(who.client()) != null) obstacle = ErrorReply.ALREADY_SUBSCRIBED;
        if (obstacle != null) {
            reply.accept(new Subscribed.Refused(obstacle));
            return;
        }
        if (channel == null) channel = channels.create(request.channel());
        if (channels.opens(
                channel,
                then -> subscribe(loop, request, then, reply),
                error -> reply.accept(new Subscribed.Refused(error)))) return;
        channel.touch(now);
        Member member = channel.add(loop, request);
        channels.settle(channel, now);
        if (channel.audience.size() == 1) effects.occupied(channel.name);
        var recovery = channel.recover(request.recoverFrom());
        var accepted = new Subscribed.Accepted(channel.options, channel.top(), recovery);
        var joining = new Joining(channel.name, who.client());
        if (member.isAnnounced()) unannounced.add(joining);
        reply.accept(accepted);
        // Whoever took the reply may have unsubscribed at once.
        if (unannounced.remove(joining)) effects.joined(channel.audience.loops(), channel.name, who);
    }

    @Override
    public void unsubscribe(int loop, String channelName, String client, long now) {
        Channel channel = channels.find(channelName, now);
        if (channel == null) throw new IllegalStateException("nobody is subscribed to this channel");
        Member member = channel.remove(loop, client);
        channel.touch(now);
        channels.settle(channel, now);
        if (channel.audience.isEmpty()) {
            unannounced.remove(new Joining(channelName, client));
            effects.vacated(channelName);
        } else if (member != null && member.isAnnounced() && !unannounced.remove(new Joining(channelName, client))) {
            effects.left(channel.audience.loops(), channelName, member.who());
        }
    }

    @Override
    // More than 4 parameters because the time is one of them.
    public void read(String channelName, StreamPosition after, int limit, long now, Consumer<Page> answer) {
        Channel channel = channels.open(channelName, now);
        if (channel == null || !channel.options.logged()) {
            answer.accept(new Page.Refused(obstacles.toRead(channelName)));
            return;
        }
        if (channels.opens(
                channel,
                then -> read(channelName, after, limit, then, answer),
                error -> answer.accept(new Page.Refused(error)))) return;
        Page page = channel.read(channel.openLog(), after, limit);
        if (page instanceof Page.Gap && journal != null && channel.hasOlder(after.offset()))
            journal.read(channel, after, limit, now, answer);
        else answer.accept(page);
    }

    @Override
    public void history(String channelName, HistoryQuery query, long now, Consumer<Page> answer) {
        Channel channel = channels.open(channelName, now);
        if (channel == null || !channel.options.logged()) {
            answer.accept(new Page.Refused(obstacles.toRead(channelName)));
            return;
        }
        if (channels.opens(
                channel,
                then -> history(channelName, query, then, answer),
                error -> answer.accept(new Page.Refused(error)))) return;
        Page page = channel.history(channel.openLog(), query);
        boolean asksStore = page instanceof Page.Found && journal != null && journal.history(channel, query, answer);
        if (!asksStore) answer.accept(page);
    }

    List<ClientInfo> presence(String channelName) {
        Channel channel = channels.find(channelName);
        return channel == null ? List.of() : channel.presence();
    }

    @Override
    public void presence(String channel, Consumer<@Nullable List<ClientInfo>> answer) {
        answer.accept(presence(channel));
    }

    PresenceStats presenceStats(String channelName) {
        Channel channel = channels.find(channelName);
        return channel == null ? new PresenceStats(0, 0) : channel.presenceStats();
    }

    @Override
    public void presenceStats(String channel, Consumer<@Nullable PresenceStats> answer) {
        answer.accept(presenceStats(channel));
    }

    @Override
    public void gather(String pattern, Publication publication, long now) {
        Channel channel = channels.find(pattern, now);
        if (channel == null) {
            if (!rules.gathers(pattern) || channels.obstacle(pattern) != null) return;
            channel = channels.create(pattern);
        }
        if (!channel.gathers) return;
        Log log = publication.offset() > 0 ? channel.log : null;
        long offset = log == null ? 0 : log.nextOffset();
        var gathered = new Publication(
                offset,
                publication.data(),
                publication.info(),
                publication.tags(),
                publication.coding(),
                publication.channel());
        if (log != null) channel.append(log, gathered, null, now);
        channel.touch(now);
        channels.settle(channel, now);
        if (!channel.audience.isEmpty())
            effects.publication(channel.audience.loops(), channel.name, log == null ? "" : log.epoch(), gathered, null);
    }

    @Override
    public void removeHistory(String channelName, long now, Consumer<@Nullable ErrorReply> done) {
        ChannelOptions options = rules.optionsFor(channelName);
        boolean stored = options != null && channels.isDurable(channelName, options);
        Channel channel = stored ? channels.open(channelName, now) : channels.find(channelName, now);
        if (channel == null || !channel.options.logged()) {
            done.accept(null);
            return;
        }
        if (channels.opens(channel, then -> removeHistory(channelName, then, done), done::accept)) return;
        if (journal != null && channel.durable != null)
            journal.clear(channel, channel.durable, channel.openLog(), done);
        else {
            channel.openLog().clear();
            done.accept(null);
        }
    }

    @Override
    public Map<String, Integer> subscribers(Predicate<String> wanted) {
        return channels.subscribers(wanted);
    }

    @Override
    public int channelCount() {
        return channels.count();
    }

    @Override
    public long nextDeadline() {
        return channels.nextDeadline();
    }

    @Override
    public void onTime(long now) {
        for (int visits = limits.channelsPerTick(); visits > 0; visits--) {
            Channel due = channels.takeDue(now);
            if (due == null) return;
            due.expire(now);
            channels.settle(due, now);
        }
    }
}
