package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The home of some channels on a server: what is known of them, and which event loops have subscribers. Each channel has exactly one home, see {@link #homeOf},
 * so its publications have one order.
 *
 * <p>Two laws: one caller at a time, always the same event loop; and time is an argument, in milliseconds of any clock that does not
 * run backwards. It knows nothing of lines: a subscriber is a loop's number and a client's id.
 *
 * <p>The order to keep with a loop's {@link Fanout}: what {@link #subscribe} answers, what {@link #read} answers, and all
 * {@link ShardEffects} travel to that loop on one first-in-first-out path.
 */
public sealed interface ChannelHome permits Shard, SharedShard {
    /** Which of {@code homes} homes is that of {@code channel}. */
    static int homeOf(String channel, int homes) {
        int hash = channel.hashCode() * 0x9E3779B9;
        return Math.floorMod(hash ^ hash >>> 16, homes);
    }

    /**
     * Says something on a channel. The answer comes exactly once, within the call unless a store has to be asked. When it is {@link Published.At}, the
     * log has the publication, and the effect for subscribers of this server has been called or, if this call was made within another effect, is called right after that
     * one.
     *
     * <p>Repeated keys and versions that the log covers cost nothing of the channel's {@linkplain PublishRates rate}. What is refused changes nothing.
     */
    void publish(PublishRequest request, long now, Consumer<Published> answer);

    /**
     * Makes {@code loop} hear a channel on behalf of a client. {@code reply} is called exactly once, within this call unless a store has to be asked, before anybody hears
     * that the client joined: so the client's own join message follows its subscribe reply. That a channel is occupied is told before, since from then on it is. After {@link Subscribed.Accepted} exactly one
     * {@link #unsubscribe} must follow some day, after {@link Subscribed.Refused} none.
     *
     * @param loop number of the subscriber's event loop, from 0
     */
    void subscribe(int loop, SubscribeRequest request, long now, Consumer<Subscribed> reply);

    /**
     * Ends a client's subscription. The loop's own {@link Cursor} must be detached already.
     *
     * @throws IllegalStateException if that loop has no subscriber of the channel
     */
    void unsubscribe(int loop, String channel, String client, long now);

    /**
     * What comes after {@code after}, for a cursor that catches up: in mode EVERY the next publications, contiguous, at most {@code limit};
     * in mode LATEST at most the newest, or with keys the newest of each key, at most {@code limit}, in the order of offsets. A page ends early
     * at {@link ShardLimits#pageBytes}.
     *
     * @param after an empty epoch stands for any
     */
    // More than 4 parameters because the time is one of them.
    void read(String channel, StreamPosition after, int limit, long now, Consumer<Page> answer);

    /** What the log keeps, for whoever asks. A query since a position that is no longer kept begins with what is. */
    void history(String channel, HistoryQuery query, long now, Consumer<Page> answer);

    /** Who is on the channel and {@linkplain SubscribeRequest#shown shown} to be, in the order of joining; null if that can't be told now. */
    void presence(String channel, Consumer<@Nullable List<ClientInfo>> answer);

    /** How many are on the channel and {@linkplain SubscribeRequest#shown shown} to be; null if that can't be told now. */
    void presenceStats(String channel, Consumer<@Nullable PresenceStats> answer);

    /**
     * Takes up what was said on another channel, as {@link ShardEffects#gathered} gave it, into the pattern channel {@code pattern}: it gets an
     * offset of that channel's own, unless it had none where it was said. Nothing happens if there is no such pattern channel, or no room for one.
     * Data, info and tags are shared with what the other channel keeps.
     */
    void gather(String pattern, Publication publication, long now);

    /**
     * Drops what the log keeps; offset and epoch stay, and so do keys and the version. A cursor that has not reached the top is told of the gap.
     * Nothing happens where there is no log.
     *
     * @param done called exactly once, with null or with why it could not be done; within the call unless a store has to be asked
     */
    void removeHistory(String channel, long now, Consumer<@Nullable ErrorReply> done);

    /** The channels that have subscribers here and whose name {@code wanted} takes, with how many they have. Looks at every channel. */
    Map<String, Integer> subscribers(Predicate<String> wanted);

    /** Channels in memory now. */
    int channelCount();

    /** When {@link #onTime} wants to be called, on the clock of the {@code now} arguments; {@link Long#MAX_VALUE} for never. */
    long nextDeadline();

    /**
     * Drops what is too old: items, keys, and channels that nobody needs. It visits a limited number of channels; if more are due,
     * {@link #nextDeadline} is not after {@code now}. Answers never depend on it, only memory does.
     */
    void onTime(long now);
}
