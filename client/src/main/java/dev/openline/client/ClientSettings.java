package dev.openline.client;

import dev.openline.net.Backoff;
import dev.openline.protocol.Encoding;
import dev.openline.protocol.Payload;
import org.jspecify.annotations.Nullable;

/**
 * What a machine was told at birth; {@link OpenlineClientOptions} checks the values and has the defaults.
 *
 * @param name the client library's name, for the server
 * @param encoding what the lines speak
 * @param maxMessageBytes how large a message of the server may be, and the payload that a patch makes
 * @param credential the connection token and whether the application can be asked for another; belongs to the machine from now on
 * @param data for the server's application, or null
 * @param backoff delays of redials, and of subscribes that were refused for now
 * @param timing how long to wait for what
 * @param outbox what bounds the publishes under way
 */
// More than 4 parameters because settings are read by name.
record ClientSettings(
        String name,
        Encoding encoding,
        int maxMessageBytes,
        Credential credential,
        @Nullable Payload data,
        Backoff backoff,
        Timing timing,
        Outbox.Bounds outbox) {
    /**
     * @param commandMillis within which each command must be answered
     * @param pingSlackMillis by how much a ping of the server may be late before the line counts as dead
     * @param tokenMillis within which the application must answer when it is asked for a token
     */
    record Timing(long commandMillis, long pingSlackMillis, long tokenMillis) {}

    /** Without token and data: they don't belong in logs. */
    @Override
    public String toString() {
        return "ClientSettings[name=" + name + ", " + backoff + ", " + timing + "]";
    }
}
