package dev.openline.server;

import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What holds for all sessions of a server. More components than four because they are handed around together.
 *
 * @param policy whether all is allowed that nothing forbids
 * @param limits what bounds each session
 * @param personalNamespace the namespace of the channels that users are subscribed to by themselves, {@code namespace:#user}; empty for
 *     names without one; null for no such channels
 * @param singleConnection whether a user's newest connection ends the others
 * @param subscribeHook asked before the permissions, or null
 * @param publishHook asked before the permissions, or null
 * @param refreshHook asked at the end of connections that the server refreshes, or null
 * @param serverTime whether clients are told the server's time
 * @param refusals what clients that only listen are told when their connect fails, by the error's code, where it is not what is usual
 */
record SessionRules(
        Permissions.Policy policy,
        SessionLimits limits,
        @Nullable String personalNamespace,
        boolean singleConnection,
        @Nullable SubscribeHook subscribeHook,
        @Nullable PublishHook publishHook,
        @Nullable RefreshHook refreshHook,
        boolean serverTime,
        Map<Integer, Disconnect> refusals) {
    private static final Map<Integer, Disconnect> USUAL_REFUSALS = Map.of(
            ErrorReply.TOKEN_EXPIRED.code(), Disconnect.EXPIRED,
            ErrorReply.EXPIRED.code(), Disconnect.EXPIRED,
            ErrorReply.TOO_MANY_REQUESTS.code(), Disconnect.TOO_MANY_REQUESTS,
            ErrorReply.PERMISSION_DENIED.code(), Disconnect.PERMISSION_DENIED);

    /** What a client that only listens is told when its connect fails with this error. */
    Disconnect refusal(ErrorReply error) {
        Disconnect said = refusals.get(error.code());
        return said != null ? said : USUAL_REFUSALS.getOrDefault(error.code(), Disconnect.INTERNAL_ERROR);
    }
}
