package dev.openline.tokens;

import org.jspecify.annotations.Nullable;

/**
 * What came of looking at a token: exactly one of four.
 *
 * @param <T> what a valid token says
 */
public sealed interface Verdict<T> {
    /** Calls the method of {@code cases} that fits; the compiler sees that none is forgotten. */
    <R extends @Nullable Object> R with(Cases<T, R> cases);

    /** One answer for each verdict. */
    interface Cases<T, R extends @Nullable Object> {
        R valid(T token);

        R expired();

        R invalid(String rule);

        R unavailable(String rule);
    }

    /** The token is what it claims to be. */
    record Valid<T>(T token) implements Verdict<T> {
        @Override
        public <R extends @Nullable Object> R with(Cases<T, R> cases) {
            return cases.valid(token);
        }
    }

    /** Genuine, but its time is over ({@code exp}) or has not come yet ({@code nbf}). Clients are asked for a fresh one: error 109. */
    record Expired<T>() implements Verdict<T> {
        @Override
        public <R extends @Nullable Object> R with(Cases<T, R> cases) {
            return cases.expired();
        }
    }

    /**
     * Not a token of ours, not for this use, or revoked; trying again with it is of no use.
     *
     * @param rule what it breaks, for logs: a fixed text and at most the name of a claim, never what the token says
     */
    record Invalid<T>(String rule) implements Verdict<T> {
        @Override
        public <R extends @Nullable Object> R with(Cases<T, R> cases) {
            return cases.invalid(rule);
        }
    }

    /**
     * Nobody can tell now, for the key that the token needs could not be fetched. The same token may be valid in a moment, so who brought
     * it should be told to try again, not be turned away for good.
     *
     * @param rule what is missing, for logs; never what the token says
     */
    record Unavailable<T>(String rule) implements Verdict<T> {
        @Override
        public <R extends @Nullable Object> R with(Cases<T, R> cases) {
            return cases.unavailable(rule);
        }
    }
}
