package dev.openline.tokens;

import org.jspecify.annotations.Nullable;

/**
 * What a token says about one subscription in place of its namespace's options. Null leaves it to the namespace.
 *
 * @param presence whether the subscriber shows in presence
 * @param joinLeave whether the subscriber's coming and going is told
 * @param forceRecovery whether the subscription recovers without asking for it
 * @param forcePositioning whether the subscription watches its position without asking for it
 * @param forcePushJoinLeave whether the subscriber is told who comes and goes without asking for it
 */
public record Overrides(
        @Nullable Boolean presence,
        @Nullable Boolean joinLeave,
        @Nullable Boolean forceRecovery,
        @Nullable Boolean forcePositioning,
        @Nullable Boolean forcePushJoinLeave) {
    /** Leaves everything to the namespace. */
    public static final Overrides NONE = new Overrides(null, null, null, null, null);
}
