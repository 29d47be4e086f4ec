package dev.openline.server;

import dev.openline.hub.PublishRequest;
import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import java.util.concurrent.CompletionStage;

/** The application's say in what clients publish. */
@FunctionalInterface
public interface PublishHook {
    /** The answer: exactly one of four. */
    sealed interface Decision {
        /** The channel's permissions decide. */
        Decision BY_PERMISSIONS = new ByPermissions();

        /**
         * It is published, whatever the permissions of the channel say.
         *
         * @param request what is published instead, on the same channel
         */
        record Allowed(PublishRequest request) implements Decision {}

        /** The command is answered with an error. */
        record Denied(ErrorReply error) implements Decision {}

        /** The line is closed with this code. */
        record Dropped(Disconnect disconnect) implements Decision {}

        /** See {@link #BY_PERMISSIONS}. */
        record ByPermissions() implements Decision {}
    }

    /**
     * Called on an event loop, so it must not block; the stage may complete on any thread. A failed stage, or an exception, is answered
     * with error 100. The client's further commands wait meanwhile.
     *
     * @param request what the client wants to publish, with its info
     */
    CompletionStage<Decision> publish(Client client, PublishRequest request);
}
