package dev.openline.server;

import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.SubscribeRequest;
import java.util.concurrent.CompletionStage;

/**
 * The application's say in who hears a channel. Asked for subscriptions that neither a token nor the channel's name decides, be they made by
 * a command or wished for in a {@code connect}.
 */
@FunctionalInterface
public interface SubscribeHook {
    /** The answer: exactly one of four. */
    sealed interface Decision {
        /** The channel's permissions decide. */
        Decision BY_PERMISSIONS = new ByPermissions();

        /** It may, whatever the permissions of the channel say. */
        record Allowed(Grant grant) implements Decision {}

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
     */
    CompletionStage<Decision> subscribe(Client client, SubscribeRequest request);

    /**
     * A subscription whose {@link Grant} was to be refreshed by the server has come to its end.
     *
     * @return the new grant, of which the end counts and the info, unless it is null; {@link Decision.Denied}, {@link Decision.Dropped} or an
     *     end that is over already end the subscription, {@link Decision.ByPermissions} lets it go on for ever. A failed stage is asked again
     *     in a minute
     */
    default CompletionStage<Decision> refresh(Client client, String channel) {
        return java.util.concurrent.CompletableFuture.completedStage(new Decision.Denied(ErrorReply.EXPIRED));
    }

    /**
     * Whether {@link #refresh} is asked about subscriptions to this channel that a token has opened, too. Then their clients need no new
     * token and are not told of an end. By default it is not, and the client has to bring a new token in time.
     */
    default boolean coversTokens(String channel) {
        return false;
    }
}
