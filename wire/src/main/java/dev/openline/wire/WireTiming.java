package dev.openline.wire;

import java.time.Duration;

/**
 * How long silence may last.
 *
 * @param pingInterval a line on which nothing was received for this long is pinged; {@link Duration#ZERO} means never
 * @param pongTimeout a pinged line on which nothing at all is received for this long is dead (1006)
 * @param closeTimeout how long our Close waits for its answer, and a client for the server to end the TCP connection
 */
public record WireTiming(Duration pingInterval, Duration pongTimeout, Duration closeTimeout) {
    // Stands first because the constructor of DEFAULT reads it.
    private static final Duration LONGEST = Duration.ofDays(365);

    /** Ping after 25 s (proxies cut idle lines at 60 s), dead 10 s later, 5 s for a closing handshake. */
    public static final WireTiming DEFAULT =
            new WireTiming(Duration.ofSeconds(25), Duration.ofSeconds(10), Duration.ofSeconds(5));

    /** @throws IllegalArgumentException when a time is negative, over a year, or zero where zero has no meaning */
    public WireTiming {
        if (!pingInterval.isZero()) {
            check("pingInterval", pingInterval);
        }
        check("pongTimeout", pongTimeout);
        check("closeTimeout", closeTimeout);
    }

    /** The same without pings: a peer that falls silent is then noticed by nobody but TCP. */
    public WireTiming withoutHeartbeat() {
        return new WireTiming(Duration.ZERO, pongTimeout, closeTimeout);
    }

    boolean hasHeartbeat() {
        return !pingInterval.isZero();
    }

    private static void check(String name, Duration time) {
        if (time.isZero() || time.isNegative() || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " " + time + " is not between 1 ns and " + LONGEST);
        }
    }
}
