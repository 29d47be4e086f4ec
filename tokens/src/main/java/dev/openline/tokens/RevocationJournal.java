package dev.openline.tokens;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Where revocations outlive the process. Called by one thread at a time, which must not be made to wait: it may be an event loop. */
public interface RevocationJournal {
    /**
     * Keeps a revocation, instead of an earlier one of the same user, of the same token, or of all.
     *
     * @return completes when it is kept, and exceptionally if it can't be; it is in force in any case, until the process ends
     */
    CompletionStage<Void> append(Revocation revocation);

    /** A revocation is over and need not be kept any more. */
    void forget(Revocation revocation);

    /**
     * Hands over all that was kept, in any order; what is over may be among it. Called before anything else, and again where others may have kept something
     * meanwhile; may wait.
     */
    void replay(Consumer<Revocation> into);

    /** A journal that keeps nothing. */
    static RevocationJournal none() {
        return new RevocationJournal() {
            @Override
            public CompletionStage<Void> append(Revocation revocation) {
                return CompletableFuture.completedStage(null);
            }

            @Override
            public void forget(Revocation revocation) {}

            @Override
            public void replay(Consumer<Revocation> into) {}
        };
    }
}
