package dev.openline.hub;

import dev.openline.hub.Members.Member;
import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.HashMap;
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
    private final Supplier<String> epochs;
    private final ShardEffects effects;
    private final Map<String, Channel> channels = new HashMap<>();
    private final Deadlines deadlines = new Deadlines();
    /** Those whose subscribe is being answered: until then nobody has heard that they joined, nor will hear that they left. */
    private final Set<Joining> unannounced = new HashSet<>();

    private record Joining(String channel, String client) {}

    /** @param epochs names for lives of logs: strong random, at least 64 bits, never empty */
    public Shard(ChannelRules rules, ShardLimits limits, Supplier<String> epochs, ShardEffects effects) {
        this.rules = rules;
        this.limits = limits;
        this.epochs = epochs;
        this.effects = new OrderedEffects(effects);
    }

    /** Which of {@code shards} shards is the home of {@code channel}. */
    public static int homeOf(String channel, int shards) {
        int hash = channel.hashCode() * 0x9E3779B9;
        return Math.floorMod(hash ^ hash >>> 16, shards);
    }

    /**
     * Says something on a channel. When it answers {@link Published.At}, the log has it, and the effect for subscribers has been called
     * or, if this call was made within another effect, is called right after that one.
     *
     * <p>Repeated keys and versions that the log covers cost nothing of the channel's {@linkplain PublishRates rate}. What is refused changes nothing.
     */
    public Published publish(PublishRequest request, long now) {
        Channel channel = find(request.channel(), now);
        ErrorReply obstacle = channel == null ? obstacle(request.channel()) : null;
        if (obstacle == null) obstacle = obstacle(request, channel);
        if (obstacle != null) return new Published.Refused(obstacle);
        if (channel == null) channel = create(request.channel());
        String key = request.idempotencyKey();
        Published before = key == null ? null : channel.remembered(key);
        if (before != null) return before;
        Log log = request.history() == PublishRequest.History.KEEP ? channel.log : null;
        if (log != null && channel.covers(request)) return keep(channel, key, new Published.At(log.top()), now);
        if (!channel.mayPublish(now)) return new Published.Refused(ErrorReply.TOO_MANY_REQUESTS);
        return say(channel, log, request, now);
    }

    private Published say(Channel channel, @Nullable Log log, PublishRequest request, long now) {
        long offset = log == null ? 0 : log.nextOffset();
        var publication = new Publication(offset, request.data(), request.info(), request.tags());
        Publication previous = log == null || !channel.patches(request) ? null : log.newest();
        if (log != null) channel.append(log, publication, request.version(), now);
        Published published = log == null ? new Published.Unlogged() : new Published.At(log.top());
        keep(channel, request.idempotencyKey(), published, now);
        if (!channel.audience.isEmpty())
            effects.publication(
                    channel.audience.loops(), channel.name, log == null ? "" : log.epoch(), publication, previous);
        if (channel.pattern != null) effects.gathered(channel.pattern, publication.saidOn(channel.name));
        return published;
    }

    /** Remembers what became of a publish, if it has a key. */
    private Published keep(Channel channel, @Nullable String key, Published published, long now) {
        channel.touch(now);
        if (key != null) channel.remember(key, published, now);
        settle(channel, now);
        return published;
    }

    /**
     * Makes {@code loop} hear a channel on behalf of a client. {@code reply} is called exactly once, within this call, before anybody hears
     * that the client joined: so the client's own join message follows its subscribe reply. That a channel is occupied is told before, since from then on it is. After {@link Subscribed.Accepted} exactly one
     * {@link #unsubscribe} must follow some day, after {@link Subscribed.Refused} none.
     *
     * @param loop number of the subscriber's event loop, from 0
     */
    public void subscribe(int loop, SubscribeRequest request, long now, Consumer<Subscribed> reply) {
        ClientInfo who = request.who();
        Channel channel = find(request.channel(), now);
        ErrorReply obstacle = channel == null ? obstacle(request.channel()) : null;
        if (channel != null && channel.member(who.client()) != null) obstacle = ErrorReply.ALREADY_SUBSCRIBED;
        if (obstacle != null) {
            reply.accept(new Subscribed.Refused(obstacle));
            return;
        }
        if (channel == null) channel = create(request.channel());
        channel.touch(now);
        Member member = channel.add(loop, request);
        settle(channel, now);
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
        Channel channel = find(channelName, now);
        if (channel == null) throw new IllegalStateException("nobody is subscribed to this channel");
        Member member = channel.remove(loop, client);
        channel.touch(now);
        settle(channel, now);
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
    public Page read(String channelName, StreamPosition after, int limit, long now) {
        Channel channel = open(channelName, now);
        if (channel == null || channel.log == null) return new Page.Refused(refusalToRead(channelName));
        return channel.read(channel.log, after, limit);
    }

    /** What the log keeps, for whoever asks. A query since a position that is no longer kept begins with what is. */
    public Page history(String channelName, HistoryQuery query, long now) {
        Channel channel = open(channelName, now);
        if (channel == null || channel.log == null) return new Page.Refused(refusalToRead(channelName));
        return channel.history(channel.log, query);
    }

    /** Who is on the channel and {@linkplain SubscribeRequest#shown shown} to be, in the order of joining. */
    public List<ClientInfo> presence(String channelName) {
        Channel channel = channels.get(channelName);
        return channel == null ? List.of() : channel.presence();
    }

    /** How many are on the channel and {@linkplain SubscribeRequest#shown shown} to be. */
    public PresenceStats presenceStats(String channelName) {
        Channel channel = channels.get(channelName);
        return channel == null ? new PresenceStats(0, 0) : channel.presenceStats();
    }

    /**
     * Takes up what was said on another channel, as {@link ShardEffects#gathered} gave it, into the pattern channel {@code pattern}: it gets an
     * offset of that channel's own, unless it had none where it was said. Nothing happens if there is no such pattern channel, or no room for one.
     * Data, info and tags are shared with what the other channel keeps.
     */
    public void gather(String pattern, Publication publication, long now) {
        Channel channel = find(pattern, now);
        if (channel == null) {
            if (!rules.gathers(pattern) || obstacle(pattern) != null) return;
            channel = create(pattern);
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
        settle(channel, now);
        if (!channel.audience.isEmpty())
            effects.publication(channel.audience.loops(), channel.name, log == null ? "" : log.epoch(), gathered, null);
    }

    /**
     * Drops what the log keeps; offset and epoch stay, and so do keys and the version. A cursor that has not reached the top is told of the gap.
     * Nothing happens where there is no log.
     */
    public void removeHistory(String channelName, long now) {
        Channel channel = find(channelName, now);
        if (channel != null && channel.log != null) channel.log.clear();
    }

    /** The channels that have subscribers here and whose name {@code wanted} takes, with how many they have. Looks at every channel. */
    public Map<String, Integer> subscribers(Predicate<String> wanted) {
        Map<String, Integer> found = new HashMap<>();
        for (Channel channel : channels.values())
            if (!channel.audience.isEmpty() && wanted.test(channel.name))
                found.put(channel.name, channel.audience.size());
        return found;
    }

    /** Channels in memory now. */
    public int channelCount() {
        return channels.size();
    }

    /** When {@link #onTime} wants to be called, on the clock of the {@code now} arguments; {@link Long#MAX_VALUE} for never. */
    public long nextDeadline() {
        return deadlines.next();
    }

    /**
     * Drops what is too old: items, keys, and channels that nobody needs. It visits a limited number of channels; if more are due,
     * {@link #nextDeadline} is not after {@code now}. Answers never depend on it, only memory does.
     */
    public void onTime(long now) {
        for (int visits = limits.channelsPerTick(); visits > 0; visits--) {
            Channel due = deadlines.takeDue(now);
            if (due == null) return;
            due.expire(now);
            settle(due, now);
        }
    }

    /** The channel for a reader, who brings its log to life if need be. */
    private @Nullable Channel open(String channelName, long now) {
        Channel channel = find(channelName, now);
        if (channel == null) {
            ChannelOptions options = rules.optionsFor(channelName);
            if (options == null || !options.logged() || obstacle(channelName) != null) return null;
            channel = create(channelName);
        }
        channel.touch(now);
        settle(channel, now);
        return channel;
    }

    private ErrorReply refusalToRead(String channelName) {
        ChannelOptions options = rules.optionsFor(channelName);
        if (options == null) return ErrorReply.UNKNOWN_CHANNEL;
        if (!rules.allowsName(channelName, options)) return ErrorReply.BAD_REQUEST;
        return options.logged() ? ErrorReply.LIMIT_EXCEEDED : ErrorReply.NOT_AVAILABLE;
    }

    private @Nullable Channel find(String channelName, long now) {
        Channel channel = channels.get(channelName);
        if (channel == null) return null;
        channel.expire(now);
        if (!channel.isDead(now)) return channel;
        forget(channel);
        return null;
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

    /** Why there can be no new channel of this name. */
    private @Nullable ErrorReply obstacle(String channelName) {
        ChannelOptions options = rules.optionsFor(channelName);
        if (options == null) return ErrorReply.UNKNOWN_CHANNEL;
        if (!rules.allowsName(channelName, options)) return ErrorReply.BAD_REQUEST;
        return channels.size() >= limits.maxChannels() ? ErrorReply.LIMIT_EXCEEDED : null;
    }

    private Channel create(String channelName) {
        ChannelOptions options = rules.optionsFor(channelName);
        if (options == null) throw new IllegalArgumentException("no such channel");
        Log log = options.logged() ? Log.of(epochs.get(), options) : null;
        Channel channel = new Channel(channelName, options, limits, log);
        channel.pattern = rules.patternOf(channelName);
        channel.gathers = rules.gathers(channelName);
        channels.put(channelName, channel);
        return channel;
    }

    /** Leaves the channel with a visit planned, or forgets it. */
    private void settle(Channel channel, long now) {
        if (channel.isDead(now)) forget(channel);
        else deadlines.atLatest(channel, channel.deadline());
    }

    private void forget(Channel channel) {
        channels.remove(channel.name);
        deadlines.remove(channel);
    }
}
