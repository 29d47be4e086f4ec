package dev.openline.tokens;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That certain tokens are not valid any more, although nothing in them says so. A token that does not tell when it was made ({@code iat})
 * counts as made before any time: it can't show that it is newer.
 *
 * <p>{@code iat} has whole seconds. A revocation "now" should name the next full second ({@link #after}), so that a token of this very
 * second is covered too.
 */
public sealed interface Revocation {
    /** From then on this need not be remembered: the tokens that it covers must have expired by themselves. */
    Instant until();

    /** Whether it covers a token. */
    boolean covers(String user, @Nullable String id, @Nullable Long issuedAt);

    /** The first full second after {@code now}, to be given as {@code issuedBefore}. */
    static Instant after(Instant now) {
        return Instant.ofEpochSecond(now.getEpochSecond() + 1);
    }

    /**
     * All tokens of a user made before a time.
     *
     * @param user the id of the user; empty for the anonymous ones
     * @param issuedBefore tokens made from then on are not covered; whole seconds, a part of a second is dropped
     */
    record OfUser(String user, Instant issuedBefore, Instant until) implements Revocation {
        @Override
        public boolean covers(String user, @Nullable String id, @Nullable Long issuedAt) {
            return this.user.equals(user) && isBefore(issuedAt, issuedBefore);
        }
    }

    /**
     * One token.
     *
     * @param id its {@code jti}
     * @param until when the token expires
     */
    record OfToken(String id, Instant until) implements Revocation {
        @Override
        public boolean covers(String user, @Nullable String id, @Nullable Long issuedAt) {
            return this.id.equals(id);
        }
    }

    /**
     * Everybody's tokens made before a time.
     *
     * @param issuedBefore tokens made from then on are not covered; whole seconds, a part of a second is dropped
     */
    record OfAll(Instant issuedBefore, Instant until) implements Revocation {
        @Override
        public boolean covers(String user, @Nullable String id, @Nullable Long issuedAt) {
            return isBefore(issuedAt, issuedBefore);
        }
    }

    private static boolean isBefore(@Nullable Long issuedAt, Instant time) {
        return issuedAt == null || issuedAt < time.getEpochSecond();
    }
}
