package dev.openline.client;

import java.util.Comparator;
import java.util.PriorityQueue;

/** A clock that only moves when the next thing happens. */
final class VirtualTime {
    private record Happening(long time, long order, Runnable what) {}

    private final PriorityQueue<Happening> ahead =
            new PriorityQueue<>(Comparator.comparingLong(Happening::time).thenComparingLong(Happening::order));
    private long now = 1_000_000;
    private long order;

    long now() {
        return now;
    }

    /** Lets this happen in so many milliseconds; behind what was planned for the same moment before. */
    void in(long millis, Runnable what) {
        ahead.add(new Happening(now + millis, order++, what));
    }

    void runUntil(long end) {
        while (!ahead.isEmpty() && ahead.peek().time <= end) {
            Happening next = ahead.poll();
            now = next.time;
            next.what.run();
        }
        now = end;
    }
}
