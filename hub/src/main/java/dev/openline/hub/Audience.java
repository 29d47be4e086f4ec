package dev.openline.hub;

import java.util.Arrays;

/** How many subscribers one channel has on each event loop. The set of loops is kept ready, because every publication needs it. */
final class Audience {
    private static final int[] NOBODY = {};

    /** Subscribers by loop; as long as the highest loop so far needs. */
    private int[] counts = NOBODY;

    private LoopSet loops = LoopSet.of();
    private int size;

    LoopSet loops() {
        return loops;
    }

    /** Subscribers on all loops. */
    int size() {
        return size;
    }

    boolean isEmpty() {
        return loops.isEmpty();
    }

    void add(int loop) {
        if (loop >= counts.length) counts = Arrays.copyOf(counts, loop + 1);
        size++;
        if (counts[loop]++ == 0) loops = loops.plus(loop);
    }

    /** @throws IllegalStateException if nobody on {@code loop} is subscribed: one unsubscribe too many would silence another */
    void remove(int loop) {
        if (!loops.contains(loop))
            throw new IllegalStateException("loop " + loop + " has no subscriber of this channel");
        size--;
        if (--counts[loop] == 0) loops = loops.minus(loop);
        if (loops.isEmpty()) counts = NOBODY;
    }
}
