package dev.openline.server;

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
 */
record SessionRules(
        Permissions.Policy policy,
        SessionLimits limits,
        @Nullable String personalNamespace,
        boolean singleConnection,
        @Nullable SubscribeHook subscribeHook,
        @Nullable PublishHook publishHook,
        @Nullable RefreshHook refreshHook,
        boolean serverTime) {}
