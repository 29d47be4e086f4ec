package dev.openline.client;

import dev.openline.net.Backoff;
import dev.openline.protocol.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What a machine was told at birth; {@link OpenlineClientOptions} checks the values and has the defaults.
 *
 * @param name the client library's name, for the server
 * @param token the connection token; empty if none
 * @param data for the server's application, or null
 * @param backoff delays of redials, and of subscribes that were refused for now
 * @param timing how long to wait for what
 */
// More than 4 parameters because settings are read by name.
record ClientSettings(String name, String token, @Nullable Payload data, Backoff backoff, Timing timing) {
    /**
     * @param commandMillis within which each command must be answered
     * @param pingSlackMillis by how much a ping of the server may be late before the line counts as dead
     */
    record Timing(long commandMillis, long pingSlackMillis) {}

    /** Without token and data: they don't belong in logs. */
    @Override
    public String toString() {
        return "ClientSettings[name=" + name + ", " + backoff + ", " + timing + "]";
    }
}
