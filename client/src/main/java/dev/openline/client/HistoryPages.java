package dev.openline.client;

import dev.openline.protocol.Direction;
import dev.openline.protocol.Publication;
import dev.openline.protocol.Result;
import dev.openline.protocol.StreamPosition;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A walk through a channel's log, page by page, each of which is fetched when it is asked for. Oldest first it ends at the newest
 * publication there is when its page is read; newest first, at the oldest.
 *
 * <p>What falls out of the log while it is walked is missing, which the offsets tell. If the log is lost meanwhile (a new epoch), the next page
 * fails with {@link CallRefused} and error 112.
 *
 * <p>For one reader: the next page may be asked for when the one before has come, from any thread.
 */
public final class HistoryPages {
    private final Function<@Nullable StreamPosition, CompletionStage<Result.HistoryResult>> read;
    private final Direction direction;
    private volatile @Nullable StreamPosition since;
    private volatile boolean ended;

    /** @param read reads the page after (newest first: before) a position */
    HistoryPages(
            Function<@Nullable StreamPosition, CompletionStage<Result.HistoryResult>> read,
            Direction direction,
            @Nullable StreamPosition since) {
        this.read = read;
        this.direction = direction;
        this.since = since;
    }

    /**
     * The next page; empty after the last one. A page that failed may be asked for again.
     *
     * @return completes on the client's event loop
     */
    public CompletionStage<List<Publication>> next() {
        if (ended) return CompletableFuture.completedFuture(List.of());
        return read.apply(since).thenApply(this::turn);
    }

    private List<Publication> turn(Result.HistoryResult page) {
        List<Publication> publications = page.publications();
        long last = publications.isEmpty()
                ? 0
                : publications.get(publications.size() - 1).offset();
        boolean isLast =
                direction == Direction.OLDEST_FIRST ? last >= page.position().offset() : last <= 1;
        ended = publications.isEmpty() || isLast;
        if (last > 0) since = new StreamPosition(last, page.position().epoch());
        return publications;
    }

    /**
     * Walks to the end, and hands over each publication. The next page is fetched when this one has been handed over.
     *
     * @param reader called on the client's event loop, so it must not block; what it throws ends the walk
     * @return completes after the last publication, or exceptionally with what ended the walk
     */
    public CompletionStage<@Nullable Void> forEach(Consumer<Publication> reader) {
        CompletableFuture<@Nullable Void> walked = new CompletableFuture<>();
        walk(reader, walked);
        return walked;
    }

    private void walk(Consumer<Publication> reader, CompletableFuture<@Nullable Void> walked) {
        next().thenAccept(page -> {
                    page.forEach(reader);
                    if (ended) walked.complete(null);
                    else walk(reader, walked);
                })
                .whenComplete((done, fault) -> {
                    if (fault != null) walked.completeExceptionally(Failures.cause(fault));
                });
    }
}
