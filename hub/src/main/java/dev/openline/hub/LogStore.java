package dev.openline.hub;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the logs of {@linkplain Feature#DURABLE durable} channels outlive the process, as one {@link Shard} sees it. Nobody hears of a
 * publication before its store has it.
 *
 * <p>Laws of every store:
 *
 * <ul>
 *   <li>Each question is answered exactly once, on the shard's own path, within the call or later. Appends of one channel are answered in the
 *       order in which they were handed in.
 *   <li>An append is kept whole or not at all: publication, idempotency key and version together. After one has failed, later ones of the same
 *       channel fail too, until one with the failed offset is handed in again: a log never has a hole. What failed is never seen by a later
 *       {@link #open}, unless the process ended before it could be undone.
 *   <li>It may forget what is older than the channel's options want, or than its own limits allow; then the oldest first. The top and the epoch it
 *       forgets only of a channel that is not open.
 * </ul>
 *
 * <p>Called by the shard's caller alone, and must not block it.
 */
public interface LogStore {
    /** Takes an answer. */
    @FunctionalInterface
    interface Answer<T> {
        /** @param now the time, on the shard's clock */
        void take(T value, long now);
    }

    /** What became of an append or a trim. */
    enum Outcome {
        /** It is kept, as well as this store keeps anything. */
        KEPT,
        /** It is not, and has left nothing. */
        FAILED
    }

    /**
     * Asks what is kept of a channel, before anything else about it.
     *
     * @param tail how many of the newest entries are wanted
     * @param answer gets null if it can't be read now
     */
    void open(String channel, int tail, Answer<@Nullable StoredLog> answer);

    /** Appends to an open channel. */
    void append(String channel, LogEntry entry, Answer<Outcome> answer);

    /**
     * Reads entries of an open channel.
     *
     * @param from the first offset that is wanted
     * @param limit how many at most
     * @param answer gets them, oldest first, with the first that is still kept; null if they can't be read now
     */
    void read(String channel, long from, int limit, Answer<@Nullable List<LogEntry>> answer);

    /** Nothing before {@code first} of an open channel is needed any more; the next append keeps its offset. */
    void trim(String channel, long first, Answer<Outcome> answer);

    /** The shard has forgotten the channel, which must be opened anew before it is used again. */
    void release(String channel);
}
