package dev.openline.server;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.IntFunction;

/**
 * Carries out numbered tasks in their order, so many at once, and collects what they answer in that order too. Tasks may complete on any
 * thread, also before their stage is returned: then the stack doesn't grow with their number.
 *
 * @param <T> what a task answers
 */
final class Window<T> {
    private final int size;
    private final IntFunction<? extends CompletionStage<? extends T>> task;
    private final T[] answers;
    private final CompletableFuture<List<T>> all = new CompletableFuture<>();

    // Guarded by this.
    private int next;
    private int running;
    private int done;
    private boolean starting;

    @SuppressWarnings("unchecked") // nobody but this class sees the array
    private Window(int count, int size, IntFunction<? extends CompletionStage<? extends T>> task) {
        this.size = size;
        this.task = task;
        this.answers = (T[]) new Object[count];
    }

    /**
     * The answers of {@code count} tasks.
     *
     * @param size how many may be under way at once
     * @param task what makes the stage of the task with a number; if one fails, so does all, and what was not yet begun is not
     */
    static <T> CompletionStage<List<T>> of(
            int count, int size, IntFunction<? extends CompletionStage<? extends T>> task) {
        Window<T> window = new Window<>(count, size, task);
        if (count == 0) window.all.complete(List.of());
        else window.start();
        return window.all;
    }

    /** Starts what may be started. Who comes while another one does so leaves it to him. */
    private void start() {
        synchronized (this) {
            if (starting) return;
            starting = true;
        }
        for (int index = claim(); index >= 0; index = claim()) {
            int number = index;
            stageOf(number).whenComplete((answer, fault) -> {
                if (fault != null) fail(fault);
                else answered(number, answer);
            });
        }
    }

    /** The number of the next task; below 0 if none may be started now. */
    private synchronized int claim() {
        if (next < answers.length && running < size) {
            running++;
            return next++;
        }
        starting = false;
        return -1;
    }

    private CompletionStage<? extends T> stageOf(int number) {
        try {
            return task.apply(number);
        } catch (RuntimeException fault) {
            return CompletableFuture.failedStage(fault);
        }
    }

    private void fail(Throwable fault) {
        synchronized (this) {
            next = answers.length;
        }
        all.completeExceptionally(fault);
    }

    private void answered(int number, T answer) {
        boolean last;
        synchronized (this) {
            answers[number] = answer;
            running--;
            last = ++done == answers.length;
        }
        if (last) all.complete(Collections.unmodifiableList(Arrays.asList(answers)));
        else start();
    }
}
