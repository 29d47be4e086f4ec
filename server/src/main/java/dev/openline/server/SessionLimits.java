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
 * @param maxWaitingCommands commands that may wait behind one that takes time; reading stops at this many
 * @param maxRpcInFlight calls of one session that handlers haven't answered yet; more are answered with error 111
 */
public record SessionLimits(
        Duration staleTimeout,
        Duration pingInterval,
        Duration pongTimeout,
        int maxSubscriptions,
        int maxHistoryPage,
        int maxWaitingCommands,
        int maxRpcInFlight) {
    public static final SessionLimits DEFAULT =
            new SessionLimits(Duration.ofSeconds(10), Duration.ofSeconds(25), Duration.ofSeconds(8), 128, 300, 256, 64);

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
        atLeastOne("maxWaitingCommands", maxWaitingCommands);
        atLeastOne("maxRpcInFlight", maxRpcInFlight);
    }

    /** The same with other times for the heartbeat. */
    public SessionLimits withHeartbeat(Duration interval, Duration timeout) {
        return new SessionLimits(
                staleTimeout, interval, timeout, maxSubscriptions, maxHistoryPage, maxWaitingCommands, maxRpcInFlight);
    }

    private static void positive(String name, Duration value) {
        if (value.isNegative() || value.isZero())
            throw new IllegalArgumentException(name + " " + value + " is not positive");
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) throw new IllegalArgumentException(name + " " + value + " < 1");
    }
}
