package dev.openline.server;

import dev.openline.protocol.Payload;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Says whether a connection that was admitted for a time, to be refreshed by the server, may stay. */
@FunctionalInterface
public interface RefreshHook {
    /** The answer: exactly one of two. */
    sealed interface Decision {
        /**
         * It may stay.
         *
         * @param expireAtSeconds until when, in seconds since 1970; null for ever
         * @param info what others are shown of it from now on; null to leave that as it is
         */
        record Until(
                @Nullable Long expireAtSeconds, @Nullable Payload info) implements Decision {}

        /** It is closed with 3005. */
        record Expired() implements Decision {}
    }

    /**
     * Called on an event loop when the time has come, so it must not block; the stage may complete on any thread. After a failed stage, or
     * an exception, it is asked again in a minute, and the connection stays.
     */
    CompletionStage<Decision> refresh(Client client);
}
