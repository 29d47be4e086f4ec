package dev.openline.hub;

import dev.openline.protocol.Publication;
import org.jspecify.annotations.Nullable;

/**
 * What one subscriber wants of what passes on a channel. Immutable; subscribers who want the same may share one.
 *
 * @param joinLeave whether it wants to hear who joins and leaves
 * @param skip publications that it is spared, though its cursor passes them; null for none
 * @param patches whether it takes patches instead of whole publications
 */
public record Reader(JoinLeave joinLeave, @Nullable Skip skip, Patches patches) {
    /** Whether a subscriber takes patches, see {@link Step}. */
    public enum Patches {
        TAKEN,
        NOT_TAKEN
    }

    /** All publications, and nothing of joins and leaves. */
    public static final Reader PUBLICATIONS = new Reader(JoinLeave.UNWANTED, null);

    /** All publications, and who joins and leaves. */
    public static final Reader EVERYTHING = new Reader(JoinLeave.WANTED, null);

    /** A reader of whole publications. */
    public Reader(JoinLeave joinLeave, @Nullable Skip skip) {
        this(joinLeave, skip, Patches.NOT_TAKEN);
    }

    /** Decides about one publication; called for each on an event loop, so it must be quick. */
    @FunctionalInterface
    public interface Skip {
        boolean skips(Publication publication);
    }

    boolean skips(Publication publication) {
        return skip != null && skip.skips(publication);
    }
}
