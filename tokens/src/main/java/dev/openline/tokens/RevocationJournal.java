package dev.openline.tokens;

import java.util.function.Consumer;

/** Where revocations outlive the process. */
public interface RevocationJournal {
    /**
     * Keeps a revocation before it returns. Called by one thread at a time, while other revocations wait; checks of tokens don't.
     *
     * @throws RuntimeException if it can't be kept; the revocation is in force nevertheless, until the process ends
     */
    void append(Revocation revocation);

    /** Hands over all that was kept, in any order; what is over may be among it. Called once, before the first {@link #append}. */
    void replay(Consumer<Revocation> into);

    /** A journal that keeps nothing. */
    static RevocationJournal none() {
        return new RevocationJournal() {
            @Override
            public void append(Revocation revocation) {}

            @Override
            public void replay(Consumer<Revocation> into) {}
        };
    }
}
