package dev.openline.server;

import dev.openline.protocol.Payload;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Says whether a connection that was admitted for a time, to be refreshed by the server, may stay; with {@link #coversTokens} one that a token
 * has admitted, too.
 */
@FunctionalInterface
public interface RefreshHook {
    /** The answer: exactly one of two. */
    sealed interface Decision {
        /**
         * It may stay.
         *
         * @param expireAtSeconds until when, in seconds since 1970; null for ever
         * @param info what others are shown of it from now on; null to leave that as it is
         * @param meta what hooks are told of it from now on; null to leave that as it is
         */
        record Until(
                @Nullable Long expireAtSeconds,
                @Nullable Payload info,
                @Nullable Payload meta) implements Decision {
            /** The hooks are told what they were told before. */
            public Until(@Nullable Long expireAtSeconds, @Nullable Payload info) {
                this(expireAtSeconds, info, null);
            }
        }

        /** It is closed with 3005. */
        record Expired() implements Decision {}
    }

    /**
     * Called on an event loop when the time has come, so it must not block; the stage may complete on any thread. After a failed stage, or
     * an exception, it is asked again in a minute, and the connection stays. An end that is over already ends it.
     */
    CompletionStage<Decision> refresh(Client client);

    /**
     * Whether this is asked about connections that a token has admitted, too. Then their clients need no new token and are not told of an
     * end. By default it is not, and the client has to bring a new token in time.
     */
    default boolean coversTokens() {
        return false;
    }
}
