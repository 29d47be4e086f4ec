package dev.openline.server;

import java.util.ArrayDeque;

/**
 * What a session has to do, one thing after the other: commands of the client, and in between what the server does by itself. While one is
 * {@linkplain #hold held}, because its answer takes time, the others wait.
 */
final class Turns {
    private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
    private boolean held;
    private boolean draining;
    private boolean ended;

    /** Takes its turn now, or behind what waits. */
    void add(Runnable turn) {
        if (ended) return;
        waiting.add(turn);
        drain();
    }

    /** The turn under way is not over when it returns. */
    void hold() {
        held = true;
    }

    /** The turn that was held is over. */
    void resume() {
        held = false;
        drain();
    }

    boolean isHeld() {
        return held;
    }

    /** How many wait. */
    int size() {
        return waiting.size();
    }

    /** Nothing more happens. */
    void end() {
        ended = true;
        waiting.clear();
    }

    private void drain() {
        // A turn may add others, or resume at once: they are taken by the loop that is under way.
        if (draining) return;
        draining = true;
        try {
            while (!held && !ended) {
                Runnable next = waiting.poll();
                if (next == null) return;
                next.run();
            }
        } finally {
            draining = false;
        }
    }
}
