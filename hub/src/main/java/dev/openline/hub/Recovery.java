package dev.openline.hub;

import dev.openline.protocol.Publication;
import java.util.List;

/** Whether a subscriber who hands its cursor back misses nothing. Exactly one of these is the answer. */
public sealed interface Recovery {
    /** It handed no cursor back, and the channel does not recover by itself. */
    record NotAsked() implements Recovery {}

    /**
     * All it missed can be had; or it handed no cursor back and the channel has {@link Feature#AUTO_RECOVER}, so that it is given what is kept.
     *
     * @param page the first of it, for the subscribe reply; in mode LATEST at most the newest publication, or with keys the newest of each
     * @param more whether more follows this page, which a {@link Fanout} reads and pushes
     */
    record Complete(List<Publication> page, boolean more) implements Recovery {
        public Complete {
            page = List.copyOf(page);
        }
    }

    /**
     * All it missed can be had, but not at once: nothing of it is for the subscribe reply, a {@link Fanout} reads and pushes all of it.
     *
     * @param after where the cursor is, above 0 or at it
     */
    record Later(long after) implements Recovery {}

    /** Whether nothing is missed, as far as is known now: should the log turn out to have less, the cursor is lost. */
    default boolean missesNothing() {
        return this instanceof Complete || this instanceof Later;
    }

    /**
     * The log no longer has, or never had, what comes after the cursor. With keys: something after it was dropped for lack of room or age.
     */
    record Gap() implements Recovery {}

    /** The cursor belongs to another life of the log. */
    record NewEpoch() implements Recovery {}
}
