package dev.openline.server;

import java.time.Duration;

/**
 * What bounds one session.
 *
 * @param staleTimeout how long a line may be open without a successful {@code connect}; closed with 3502 then
 * @param pingInterval between the server's pings, in whole seconds because clients are told so; the first comes at a random time in
 *     the second half of it
 * @param pongTimeout how long a client may take to answer a ping, shorter than the interval; closed with 3012 then, unless it is still
 *     reading what was sent before the ping
 * @param maxSubscriptions channels of one session; more are answered with error 106
 * @param maxHistoryPage publications in one answer to {@code history}; more are not sent
 * @param maxReadsPerSecond subscribes, and questions for history and presence, of one session in a second; more are answered with error 111, which is temporary.
 *     Each may be about a channel of its own, which then has to be kept in mind
 * @param maxWaitingCommands commands that may wait behind one that takes time; reading stops at this many
 * @param expiredCloseDelay how long a connection that has expired may still be refreshed; closed with 3005 then
 * @param expiredSubscriptionCloseDelay how long a subscription that has expired may still be refreshed; ended with 2501 then
 * @param maxConnectionsPerUser connections of one user that has a name; more are closed with 3504. 0 for no limit
 * @param maxRpcInFlight calls of one session that handlers haven't answered yet; more are answered with error 111
 */
public record SessionLimits(
        Duration staleTimeout,
        Duration pingInterval,
        Duration pongTimeout,
        int maxSubscriptions,
        int maxHistoryPage,
        int maxReadsPerSecond,
        int maxWaitingCommands,
        int maxRpcInFlight,
        Duration expiredCloseDelay,
        Duration expiredSubscriptionCloseDelay,
        int maxConnectionsPerUser) {
    public static final SessionLimits DEFAULT = new SessionLimits(
            Duration.ofSeconds(10),
            Duration.ofSeconds(25),
            Duration.ofSeconds(8),
            128,
            300,
            500,
            256,
            64,
            Duration.ofSeconds(25),
            Duration.ofSeconds(25),
            0);

    public SessionLimits {
        positive("staleTimeout", staleTimeout);
        if (pingInterval.toSeconds() < 1 || pingInterval.toMillisPart() != 0) {
            throw new IllegalArgumentException("pingInterval " + pingInterval + " is not whole seconds, at least one");
        }
        positive("pongTimeout", pongTimeout);
        if (pongTimeout.compareTo(pingInterval) >= 0) {
            throw new IllegalArgumentException("pongTimeout " + pongTimeout + " >= pingInterval " + pingInterval);
        }
        atLeastOne("maxSubscriptions", maxSubscriptions);
        atLeastOne("maxHistoryPage", maxHistoryPage);
        atLeastOne("maxReadsPerSecond", maxReadsPerSecond);
        atLeastOne("maxWaitingCommands", maxWaitingCommands);
        atLeastOne("maxRpcInFlight", maxRpcInFlight);
        notNegative("expiredCloseDelay", expiredCloseDelay);
        notNegative("expiredSubscriptionCloseDelay", expiredSubscriptionCloseDelay);
        if (maxConnectionsPerUser < 0)
            throw new IllegalArgumentException("maxConnectionsPerUser " + maxConnectionsPerUser + " < 0");
    }

    /** The same with other times for the heartbeat. */
    public SessionLimits withHeartbeat(Duration interval, Duration timeout) {
        return new SessionLimits(
                staleTimeout,
                interval,
                timeout,
                maxSubscriptions,
                maxHistoryPage,
                maxReadsPerSecond,
                maxWaitingCommands,
                maxRpcInFlight,
                expiredCloseDelay,
                expiredSubscriptionCloseDelay,
                maxConnectionsPerUser);
    }

    /** The same with another time within which a client must have connected. */
    public SessionLimits withStaleTimeout(Duration timeout) {
        return new SessionLimits(
                timeout,
                pingInterval,
                pongTimeout,
                maxSubscriptions,
                maxHistoryPage,
                maxReadsPerSecond,
                maxWaitingCommands,
                maxRpcInFlight,
                expiredCloseDelay,
                expiredSubscriptionCloseDelay,
                maxConnectionsPerUser);
    }

    /** The same with other times for what has expired and is still refreshed: connections, and subscriptions. */
    public SessionLimits withExpiry(Duration connections, Duration subscriptions) {
        return new SessionLimits(
                staleTimeout,
                pingInterval,
                pongTimeout,
                maxSubscriptions,
                maxHistoryPage,
                maxReadsPerSecond,
                maxWaitingCommands,
                maxRpcInFlight,
                connections,
                subscriptions,
                maxConnectionsPerUser);
    }

    /** The same with another number of channels of one session. */
    public SessionLimits withMaxSubscriptions(int channels) {
        return new SessionLimits(
                staleTimeout,
                pingInterval,
                pongTimeout,
                channels,
                maxHistoryPage,
                maxReadsPerSecond,
                maxWaitingCommands,
                maxRpcInFlight,
                expiredCloseDelay,
                expiredSubscriptionCloseDelay,
                maxConnectionsPerUser);
    }

    /** The same with another number of subscribes and questions in a second. */
    public SessionLimits withMaxReadsPerSecond(int reads) {
        return new SessionLimits(
                staleTimeout,
                pingInterval,
                pongTimeout,
                maxSubscriptions,
                maxHistoryPage,
                reads,
                maxWaitingCommands,
                maxRpcInFlight,
                expiredCloseDelay,
                expiredSubscriptionCloseDelay,
                maxConnectionsPerUser);
    }

    /** The same with another number of publications in one answer. */
    public SessionLimits withMaxHistoryPage(int publications) {
        return new SessionLimits(
                staleTimeout,
                pingInterval,
                pongTimeout,
                maxSubscriptions,
                publications,
                maxReadsPerSecond,
                maxWaitingCommands,
                maxRpcInFlight,
                expiredCloseDelay,
                expiredSubscriptionCloseDelay,
                maxConnectionsPerUser);
    }

    /** The same with another number of connections of one user; 0 for no limit. */
    public SessionLimits withMaxConnectionsPerUser(int connections) {
        return new SessionLimits(
                staleTimeout,
                pingInterval,
                pongTimeout,
                maxSubscriptions,
                maxHistoryPage,
                maxReadsPerSecond,
                maxWaitingCommands,
                maxRpcInFlight,
                expiredCloseDelay,
                expiredSubscriptionCloseDelay,
                connections);
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero())
            throw new IllegalArgumentException(name + " " + value + " is not positive");
    }

    private static void notNegative(String name, Duration value) {
        if (value.isNegative()) throw new IllegalArgumentException(name + " " + value + " is negative");
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) throw new IllegalArgumentException(name + " " + value + " < 1");
    }
}
