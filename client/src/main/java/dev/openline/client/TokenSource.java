package dev.openline.client;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where tokens come from: usually a request to the application's own server. Called on the client's event loop whenever a token is missing
 * or about to be worth nothing, so it must not block. One question is open at a time for the connection, and one for each subscription.
 */
@FunctionalInterface
public interface TokenSource {
    /**
     * The next token.
     *
     * @return completes within the token timeout, on any thread: with a token; with null or an empty string if there is none for this user,
     *     which ends what it was for ({@link Cause#UNAUTHORIZED}); or exceptionally if there is none for now, after which it is asked
     *     again, a little later each time
     */
    CompletionStage<@Nullable String> token();
}
