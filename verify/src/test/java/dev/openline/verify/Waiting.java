package dev.openline.verify;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** How long a test waits for what must come; longer than the slowest machine needs, and never waited out when all is well. */
final class Waiting {
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private Waiting() {}

    static <T> T forNext(BlockingQueue<T> queue, String what) {
        try {
            T next = queue.poll(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            if (next == null) throw new AssertionError("no " + what + " within " + PATIENCE);
            return next;
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for " + what, e);
        }
    }

    static <T> T forAnswer(CompletionStage<T> stage) throws ExecutionException {
        try {
            return stage.toCompletableFuture().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("no answer within " + PATIENCE, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted while waiting for an answer", e);
        }
    }
}
