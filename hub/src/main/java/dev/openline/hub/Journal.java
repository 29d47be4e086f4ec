package dev.openline.hub;

import dev.openline.hub.Durable.Appending;
import dev.openline.hub.Durable.Waiting;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.Publication;
import dev.openline.protocol.StreamPosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A shard's dealings with its {@link LogStore}: opens channels, hands publications over, and reads what memory no longer has.
 *
 * <p>The law: an offset is given out when a publication is handed over, and the log in memory takes it when the store has it. So all who
 * read the log, or hear of it, only ever see what is kept.
 */
final class Journal {
    /** What the shard does with what became of things. */
    interface Effects {
        /** The store has a publication and the log has taken it: subscribers should see it. */
        void kept(Channel channel, Log log, Appending appended, long now);

        /** Something changed that may let the channel go. */
        void settle(Channel channel, long now);

        /** The channel could not be opened. */
        void forget(Channel channel);
    }

    /** Not to be asked again at once, but soon: what was wrong is the server's, not the client's. */
    static final ErrorReply NOT_KEPT = new ErrorReply(ErrorReply.INTERNAL.code(), "the log can't be written now", true);

    static final ErrorReply NOT_READ = new ErrorReply(ErrorReply.INTERNAL.code(), "the log can't be read now", true);

    /** Fewer entries than this are not worth a trim of their own. */
    private static final int TRIM_STEP = 64;

    private final LogStore store;
    private final StoreLimits limits;
    private final Effects effects;
    private final OlderEntries older;

    private int waiting;
    private int appending;

    Journal(LogStore store, StoreLimits limits, Effects effects) {
        this.store = store;
        this.limits = limits;
        this.effects = effects;
        this.older = new OlderEntries(store::read, limits.olderBytes());
    }

    StoreLimits limits() {
        return limits;
    }

    // --- opening
    // -----------------------------------------------------------------------------------------------------------------

    /** Asks the store for a channel that has just been made. */
    void open(Channel channel, Durable durable) {
        int tail = channel.options.keyed() ? channel.options.historySize() : limits.tail();
        store.open(channel.name, tail, (stored, now) -> opened(channel, durable, stored, now));
    }

    private void opened(Channel channel, Durable durable, @Nullable StoredLog stored, long now) {
        Deque<Waiting> all = durable.waiting == null ? new ArrayDeque<>() : durable.waiting;
        durable.waiting = null;
        waiting -= all.size();
        if (stored == null) {
            effects.forget(channel);
            for (Waiting one : all) one.refuse().accept(NOT_READ);
            return;
        }
        channel.restore(stored, limits.tail());
        channel.storedFirst = stored.first();
        channel.touch(now);
        for (Waiting one : all) one.go().accept(now);
        effects.settle(channel, now);
    }

    /** Carries out a request once the channel is open. */
    void later(Durable durable, LongConsumer go, Consumer<ErrorReply> refuse) {
        if (durable.waiting == null) throw new IllegalStateException("the channel is open");
        if (waiting >= limits.maxWaiting()) {
            refuse.accept(ErrorReply.TOO_MANY_REQUESTS);
            return;
        }
        waiting++;
        durable.waiting.add(new Waiting(go, refuse));
    }

    /** The channel is not needed in memory any more. */
    void release(Channel channel, Durable durable) {
        trim(channel, durable, 1);
        older.drop(channel.name);
        store.release(channel.name);
    }

    // --- publishing
    // --------------------------------------------------------------------------------------------------------------

    /** Hands a publication over that nothing in itself forbids, on a channel that is open. */
    // More than 4 parameters because a record for them would be made for every publication.
    void publish(Channel channel, Durable durable, Log log, PublishRequest request, long now, Consumer<Published> to) {
        String key = request.idempotencyKey();
        Appending same = key == null ? null : durable.keyed.get(key);
        if (same != null) {
            same.alsoTell(to);
            return;
        }
        if (isCovered(durable, request)) {
            durable.appending.getLast().alsoTell(published -> {
                if (key != null && published instanceof Published.At) channel.remember(key, published, now);
                to.accept(published);
            });
            return;
        }
        if (!channel.mayPublish(now) || appending >= limits.maxWaiting()) {
            to.accept(new Published.Refused(ErrorReply.TOO_MANY_REQUESTS));
            return;
        }
        Appending last = durable.appending.peekLast();
        long offset = log.nextOffset() + durable.appending.size();
        var publication = new Publication(offset, request.data(), request.info(), request.tags());
        Publication previous = last == null ? log.newest() : last.publication;
        var next = new Appending(request, publication, channel.patches(request) ? previous : null, now, to);
        durable.appending.add(next);
        appending++;
        if (key != null) durable.keyed.put(key, next);
        if (request.version() != null) durable.version = request.version();
        List<Long> overtaken = durable.overtaken.isEmpty() ? List.of() : durable.overtaken;
        if (!overtaken.isEmpty()) durable.overtaken = new ArrayList<>();
        int life = durable.life;
        channel.touch(now);
        store.append(
                channel.name,
                new LogEntry(log.epoch(), publication, now, key, request.version(), overtaken),
                (outcome, then) -> {
                    if (life == durable.life) appended(channel, durable, outcome, then);
                });
    }

    private static boolean isCovered(Durable durable, PublishRequest request) {
        PublishRequest.Version version = request.version();
        return durable.version != null && version != null && version.isCoveredBy(durable.version);
    }

    private void appended(Channel channel, Durable durable, LogStore.Outcome outcome, long now) {
        if (outcome == LogStore.Outcome.FAILED) {
            failed(channel, durable, now);
            return;
        }
        Appending next = durable.appending.remove();
        appending--;
        String key = next.request.idempotencyKey();
        if (key != null) durable.keyed.remove(key);
        if (durable.appending.isEmpty()) durable.version = null;
        Log log = channel.openLog();
        long overtaken = channel.append(log, next.publication, next.request.version(), next.time);
        if (overtaken > 0) durable.overtaken.add(overtaken);
        trim(channel, durable, TRIM_STEP);
        effects.kept(channel, log, next, now);
    }

    /** Whatever was handed over after it has failed too, or will. */
    private void failed(Channel channel, Durable durable, long now) {
        List<Appending> all = List.copyOf(durable.appending);
        durable.life++;
        durable.appending.clear();
        durable.keyed.clear();
        durable.version = null;
        appending -= all.size();
        for (Appending one : all) one.tell(new Published.Refused(NOT_KEPT));
        effects.settle(channel, now);
    }

    // --- trimming
    // ----------------------------------------------------------------------------------------------------------------

    /** Tells the store what it need not keep, if that is at least {@code step} offsets. */
    private void trim(Channel channel, Durable durable, int step) {
        Log log = channel.log;
        if (log == null) return;
        long first = channel.options.keyed() ? log.first() : log.topOffset() - channel.options.historySize() + 1;
        if (first - channel.storedFirst < step) return;
        channel.storedFirst = first;
        // Should it fail, the next one makes up for it.
        store.trim(channel.name, first, (outcome, now) -> {});
    }

    /** Drops what is kept. */
    void clear(Channel channel, Durable durable, Log log, Consumer<@Nullable ErrorReply> done) {
        log.clear();
        older.drop(channel.name);
        channel.storedFirst = log.nextOffset();
        store.trim(
                channel.name,
                channel.storedFirst,
                (outcome, now) -> done.accept(outcome == LogStore.Outcome.KEPT ? null : NOT_KEPT));
    }

    // --- reading what memory no longer has
    // -----------------------------------------------------------------------------------------

    /** A page for a cursor that is further back than memory reaches. Of all who are at about the same place, one asks the store. */
    // More than 4 parameters because the time is one of them.
    void read(Channel channel, StreamPosition after, int limit, long asked, Consumer<Page> answer) {
        long from = after.offset() + 1;
        older.read(channel.name, from, asked, (entries, now) -> {
            Log log = channel.log;
            if (entries == null || log == null) {
                answer.accept(new Page.Refused(NOT_READ));
                return;
            }
            long oldEnough = now - channel.options.historyTtl().toMillis();
            List<Publication> page = new ArrayList<>(Math.min(limit, entries.size()));
            for (LogEntry entry : entries) {
                if (entry.offset() < from) continue;
                if (entry.timeMillis() <= oldEnough || entry.offset() != from + page.size()) break;
                page.add(entry.publication());
                if (page.size() >= limit) break;
            }
            answer.accept(page.isEmpty() ? new Page.Gap(log.top()) : new Page.Found(channel.bounded(page), log.top()));
        });
    }

    /** What a query asks for, where memory does not have all of it; answers false where it has. */
    boolean history(Channel channel, HistoryQuery query, Consumer<Page> answer) {
        Durable durable = channel.durable;
        Log log = channel.log;
        if (durable == null || log == null || channel.options.keyed() || query.limit() == 0) return false;
        StreamPosition since = query.since();
        long oldest = channel.oldest();
        boolean forward = query.direction() == HistoryQuery.Direction.FORWARD;
        // The first that is wanted, and the one after the last.
        long from = forward ? Math.max(oldest, since == null ? 1 : since.offset() + 1) : oldest;
        long end = forward || since == null ? log.nextOffset() : Math.min(since.offset(), log.nextOffset());
        if (forward) end = Math.min(end, from + query.limit());
        else from = Math.max(from, end - query.limit());
        if (from >= log.first() || from >= end) return false;
        long upTo = end;
        store.read(channel.name, from, (int) (end - from), (entries, now) -> {
            if (entries == null) {
                answer.accept(new Page.Refused(NOT_READ));
                return;
            }
            long oldEnough = now - channel.options.historyTtl().toMillis();
            List<Publication> found = new ArrayList<>(entries.size());
            for (LogEntry entry : entries)
                if (entry.offset() < upTo && entry.timeMillis() > oldEnough) found.add(entry.publication());
            if (!forward) Collections.reverse(found);
            answer.accept(new Page.Found(channel.boundedHistory(found), log.top()));
        });
        return true;
    }
}
