package dev.openline.hub;

import dev.openline.protocol.ClientInfo;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What several servers have together: logs, and who is on a channel, as one {@link SharedShard} sees them. It gives out offsets and epochs itself, remembers
 * idempotency keys and versions, keeps to rates, and tells who follows a channel of what is said there, whichever server it was said on.
 *
 * <p>Laws of every such store:
 *
 * <ul>
 *   <li>Each question is answered exactly once, on the shard's own path, within the call or later, and within a bounded time.
 *   <li>A publish is carried out whole or not at all. One that is answered with a refusal may have been carried out all the same, if the answer was lost; with an
 *       idempotency key, asking again tells.
 *   <li>What a read answers is not older than anything that was answered or told to anybody, on any server, before it was asked. Where the store can't be sure
 *       of that, because it may have lost what it had, the log has another epoch.
 *   <li>What is told of a channel comes in the order of its offsets, and may be missing or come twice: followers compare.
 * </ul>
 *
 * <p>Called by the shard's caller alone, and must not block it.
 */
public interface SharedStore {
    /** Hears of a channel; on the shard's own path. Not called any more after {@link #unfollow}. */
    interface Follower {
        /**
         * Something was said.
         *
         * @param epoch of the log that it is in; empty if it is in none, then its offset is 0
         */
        void said(Said said, long now);

        /** Somebody joined, on some server. */
        void joined(ClientInfo who);

        /** Somebody left, on some server. */
        void left(ClientInfo who);

        /**
         * From now on everything is heard. What was before may have been missed: after {@link #follow}, which this answers, and again each time after the
         * store could not be heard. Also when something became of the log that is told in no other way.
         */
        void listening(long now);

        /** The store can't be heard; nothing is told until it {@linkplain #listening can}. */
        void deaf(long now);
    }

    /**
     * Something that was said.
     *
     * @param entry with its epoch, its offset and the time that the store's clock told; epoch empty and offset 0 if it is in no log
     * @param patched whether subscribers who take patches should get one to the publication before
     */
    record Said(LogEntry entry, boolean patched) {}

    /**
     * A part of a log.
     *
     * @param epoch the life of the log
     * @param first nothing before this offset is complete any more; at least 1, and one more than {@code top} if nothing is kept
     * @param top offset of the newest publication ever appended; 0 before the first
     * @param entries what was asked for, in the direction that was asked for
     */
    record Part(String epoch, long first, long top, List<LogEntry> entries) {
        public Part {
            entries = List.copyOf(entries);
        }
    }

    /** Begins to hear a channel. One follower follows it at a time. */
    void follow(String channel, Follower follower);

    /** Ends that. */
    void unfollow(String channel);

    /**
     * Says something on a channel, on all servers; and in the same stroke on the {@linkplain ChannelRules#patternOf pattern channel} that gathers it, if there is
     * one, as {@link ChannelHome#gather} would.
     *
     * @param options of the channel
     */
    void publish(PublishRequest request, ChannelOptions options, LogStore.Answer<Published> answer);

    /**
     * Reads from a log, which begins its life if there was none.
     *
     * @param query its epoch is not looked at; a limit of 0 asks for the position only
     * @param answer gets null if it can't be read now
     */
    void read(String channel, ChannelOptions options, HistoryQuery query, LogStore.Answer<@Nullable Part> answer);

    /** Drops what a log keeps. Position, keys and version stay. */
    void clear(String channel, ChannelOptions options, LogStore.Answer<LogStore.Outcome> answer);

    /** A log has turned out to have lost what it had: unless it has another epoch by now, it begins a new one. */
    void giveUp(String channel, String epoch);

    /** Puts a client of this server on the list of who is on a channel, and keeps it there until {@link #leave}, or until this server is gone. */
    void enter(String channel, ClientInfo who);

    /** Takes it off the list. */
    void leave(String channel, ClientInfo who);

    /** Tells followers of a channel, on all servers, that somebody joined or left. */
    void announce(String channel, ClientInfo who, boolean joined);

    /** Who is on the list of a channel, in the order of joining; null if that can't be told now. */
    void presence(String channel, LogStore.Answer<@Nullable List<ClientInfo>> answer);

    /** How many are on the list of a channel; null if that can't be told now. */
    void presenceStats(String channel, LogStore.Answer<@Nullable PresenceStats> answer);
}
