package dev.openline.hub;

import dev.openline.protocol.ErrorReply;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The channels that a shard has in memory: brings them to life, from the store if that keeps them, and lets them go. */
final class OpenChannels {
    private final ChannelRules rules;
    private final ShardLimits limits;
    private final Obstacles obstacles;
    private final Supplier<String> epochs;
    private final @Nullable Journal journal;
    private final long idleMillis;
    private final Map<String, Channel> channels = new HashMap<>();
    private final Deadlines deadlines = new Deadlines();
    /** Those that are {@linkplain Channel#isLeftUnsaid left unsaid}, in the order in which they were. */
    private final Set<Channel> unsaid = new LinkedHashSet<>();

    // More than 4 parameters because these are the five things that channels come from; it is made in one place.
    OpenChannels(
            ChannelRules rules,
            ShardLimits limits,
            Obstacles obstacles,
            Supplier<String> epochs,
            @Nullable Journal journal) {
        this.rules = rules;
        this.limits = limits;
        this.obstacles = obstacles;
        this.epochs = epochs;
        this.journal = journal;
        this.idleMillis = journal == null ? 0 : journal.limits().idle().toMillis();
    }

    int count() {
        return channels.size();
    }

    Map<String, Integer> subscribers(Predicate<String> wanted) {
        Map<String, Integer> found = new HashMap<>();
        for (Channel channel : channels.values())
            if (!channel.audience.isEmpty() && wanted.test(channel.name))
                found.put(channel.name, channel.audience.size());
        return found;
    }

    long nextDeadline() {
        return deadlines.next();
    }

    /** Takes the visit out that is due first; {@link #settle} plans the next. Null if none is due. */
    @Nullable
    Channel takeDue(long now) {
        return deadlines.takeDue(now);
    }

    /** As it is, too old or not. */
    @Nullable
    Channel find(String channelName) {
        return channels.get(channelName);
    }

    /** The channel for a reader, who brings its log to life if need be. */
    @Nullable
    Channel open(String channelName, long now) {
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

    @Nullable
    Channel find(String channelName, long now) {
        Channel channel = channels.get(channelName);
        if (channel == null) return null;
        channel.expire(now);
        if (!channel.isDead(now, idleMillis)) return channel;
        forget(channel);
        return null;
    }

    /** Why there can be no new channel of this name. */
    @Nullable
    ErrorReply obstacle(String channelName) {
        return obstacles.toNew(channelName, channels.size());
    }

    boolean isDurable(String channelName, ChannelOptions options) {
        return journal != null && options.has(Feature.DURABLE) && !rules.gathers(channelName);
    }

    Channel create(String channelName) {
        ChannelOptions options = rules.optionsFor(channelName);
        if (options == null) throw new IllegalArgumentException("no such channel");
        Durable durable = isDurable(channelName, options) ? new Durable() : null;
        Channel channel = new Channel(channelName, options, limits, durable);
        if (durable == null && options.logged()) channel.log = Log.of(epochs.get(), options);
        channel.pattern = rules.patternOf(channelName);
        channel.gathers = rules.gathers(channelName);
        channels.put(channelName, channel);
        if (journal != null && durable != null) journal.open(channel, durable);
        return channel;
    }

    /** Whether the store must first say what it has of a channel; then one of the two is called when it has. */
    boolean opens(Channel channel, LongConsumer go, Consumer<ErrorReply> refuse) {
        Durable durable = channel.durable;
        if (durable == null || journal == null) return false;
        if (durable.isOpening()) journal.later(durable, go, refuse);
        else if (channel.log == null) refuse.accept(Journal.NOT_READ);
        return channel.log == null;
    }

    /** Leaves the channel with a visit planned, or forgets it. */
    void settle(Channel channel, long now) {
        if (channel.isDead(now, idleMillis)) forget(channel);
        else {
            deadlines.atLatest(channel, channel.deadline(idleMillis));
            settleUnsaid(channel);
        }
    }

    /** Of channels that are nothing but names somebody made up, a limited number is remembered. */
    private void settleUnsaid(Channel channel) {
        if (channel.unsaid) unsaid.remove(channel);
        channel.unsaid = channel.isLeftUnsaid();
        if (!channel.unsaid) return;
        unsaid.add(channel);
        if (unsaid.size() > limits.maxNeverPublished()) forget(unsaid.iterator().next());
    }

    /** Takes it out of memory, as if it had never been. */
    void remove(Channel channel) {
        channels.remove(channel.name);
        deadlines.remove(channel);
        if (channel.unsaid) unsaid.remove(channel);
    }

    private void forget(Channel channel) {
        remove(channel);
        if (journal != null && channel.durable != null) journal.release(channel, channel.durable);
    }
}
