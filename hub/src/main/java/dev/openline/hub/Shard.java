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
 * The home of some channels: their logs, their presence, and which event loops have subscribers. Each channel has exactly one home, see
 * {@link #homeOf}, so its publications have one order.
 *
 * <p>Two laws: one caller at a time, always the same event loop; and time is an argument, in milliseconds of any clock that does not
 * run backwards. It knows nothing of lines: a subscriber is a loop's number and a client's id.
 *
 * <p>The order to keep with a loop's {@link Fanout}: what {@link #subscribe} answers, what {@link #read} answers, and all
 * {@link ShardEffects} travel to that loop on one first-in-first-out path.
 */
public final class Shard {
    private final ChannelRules rules;
    private final ShardLimits limits;
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
        this.effects = new OrderedEffects(effects);
        this.journal = store == null ? null : new Journal(store, storeLimits, new Kept());
        this.channels = new OpenChannels(rules, limits, epochs, journal);
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

    /** Which of {@code shards} shards is the home of {@code channel}. */
    public static int homeOf(String channel, int shards) {
        int hash = channel.hashCode() * 0x9E3779B9;
        return Math.floorMod(hash ^ hash >>> 16, shards);
    }

    /**
     * Says something on a channel. The answer comes exactly once, within the call unless a store has to be asked. When it is {@link Published.At}, the
     * log has the publication, and the effect for subscribers has been called or, if this call was made within another effect, is called right after that
     * one.
     *
     * <p>Repeated keys and versions that the log covers cost nothing of the channel's {@linkplain PublishRates rate}. What is refused changes nothing.
     */
    public void publish(PublishRequest request, long now, Consumer<Published> answer) {
        Channel channel = channels.find(request.channel(), now);
        ErrorReply obstacle = channel == null ? channels.obstacle(request.channel()) : null;
        if (obstacle == null) obstacle = obstacle(request, channel);
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

    /**
     * Makes {@code loop} hear a channel on behalf of a client. {@code reply} is called exactly once, within this call unless a store has to be asked, before anybody hears
     * that the client joined: so the client's own join message follows its subscribe reply. That a channel is occupied is told before, since from then on it is. After {@link Subscribed.Accepted} exactly one
     * {@link #unsubscribe} must follow some day, after {@link Subscribed.Refused} none.
     *
     * @param loop number of the subscriber's event loop, from 0
     */
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

    /**
     * Ends a client's subscription. The loop's own {@link Cursor} must be detached already.
     *
     * @throws IllegalStateException if that loop has no subscriber of the channel
     */
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

    /**
     * What comes after {@code after}, for a cursor that catches up: in mode EVERY the next publications, contiguous, at most {@code limit};
     * in mode LATEST at most the newest, or with keys the newest of each key, at most {@code limit}, in the order of offsets. A page ends early
     * at {@link ShardLimits#pageBytes}.
     *
     * @param after an empty epoch stands for any
     */
    // More than 4 parameters because the time is one of them.
    public void read(String channelName, StreamPosition after, int limit, long now, Consumer<Page> answer) {
        Channel channel = channels.open(channelName, now);
        if (channel == null || !channel.options.logged()) {
            answer.accept(new Page.Refused(channels.refusalToRead(channelName)));
            return;
        }
        if (channels.opens(
                channel,
                then -> read(channelName, after, limit, then, answer),
                error -> answer.accept(new Page.Refused(error)))) return;
        Page page = channel.read(channel.openLog(), after, limit);
        if (page instanceof Page.Gap && journal != null && Journal.hasOlder(channel, after.offset()))
            journal.read(channel, after, limit, now, answer);
        else answer.accept(page);
    }

    /** What the log keeps, for whoever asks. A query since a position that is no longer kept begins with what is. */
    public void history(String channelName, HistoryQuery query, long now, Consumer<Page> answer) {
        Channel channel = channels.open(channelName, now);
        if (channel == null || !channel.options.logged()) {
            answer.accept(new Page.Refused(channels.refusalToRead(channelName)));
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

    /** Who is on the channel and {@linkplain SubscribeRequest#shown shown} to be, in the order of joining. */
    public List<ClientInfo> presence(String channelName) {
        Channel channel = channels.find(channelName);
        return channel == null ? List.of() : channel.presence();
    }

    /** How many are on the channel and {@linkplain SubscribeRequest#shown shown} to be. */
    public PresenceStats presenceStats(String channelName) {
        Channel channel = channels.find(channelName);
        return channel == null ? new PresenceStats(0, 0) : channel.presenceStats();
    }

    /**
     * Takes up what was said on another channel, as {@link ShardEffects#gathered} gave it, into the pattern channel {@code pattern}: it gets an
     * offset of that channel's own, unless it had none where it was said. Nothing happens if there is no such pattern channel, or no room for one.
     * Data, info and tags are shared with what the other channel keeps.
     */
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

    /**
     * Drops what the log keeps; offset and epoch stay, and so do keys and the version. A cursor that has not reached the top is told of the gap.
     * Nothing happens where there is no log.
     *
     * @param done called exactly once, with null or with why it could not be done; within the call unless a store has to be asked
     */
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

    /** The channels that have subscribers here and whose name {@code wanted} takes, with how many they have. Looks at every channel. */
    public Map<String, Integer> subscribers(Predicate<String> wanted) {
        return channels.subscribers(wanted);
    }

    /** Channels in memory now. */
    public int channelCount() {
        return channels.count();
    }

    /** When {@link #onTime} wants to be called, on the clock of the {@code now} arguments; {@link Long#MAX_VALUE} for never. */
    public long nextDeadline() {
        return channels.nextDeadline();
    }

    /**
     * Drops what is too old: items, keys, and channels that nobody needs. It visits a limited number of channels; if more are due,
     * {@link #nextDeadline} is not after {@code now}. Answers never depend on it, only memory does.
     */
    public void onTime(long now) {
        for (int visits = limits.channelsPerTick(); visits > 0; visits--) {
            Channel due = channels.takeDue(now);
            if (due == null) return;
            due.expire(now);
            channels.settle(due, now);
        }
    }

    /** What is wrong with a request in itself. */
    private @Nullable ErrorReply obstacle(PublishRequest request, @Nullable Channel channel) {
        String key = request.idempotencyKey();
        if (key != null && (key.isEmpty() || key.length() > limits.maxIdempotencyKeyChars()))
            return ErrorReply.BAD_REQUEST;
        ChannelOptions options = channel == null ? rules.optionsFor(request.channel()) : channel.options;
        // Only what is said elsewhere is heard there: offsets of a pattern channel are its own.
        if (channel == null ? rules.gathers(request.channel()) : channel.gathers) return ErrorReply.BAD_REQUEST;
        return options == null || options.format().accepts(request.data()) ? null : ErrorReply.BAD_REQUEST;
    }
}
