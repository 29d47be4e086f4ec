package dev.openline.server;

import dev.openline.hub.LogStore;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** Where the logs of durable channels outlive the server, such as a directory on disk. */
@FunctionalInterface
public interface Logs {
    /**
     * The logs of the channels that live on one event loop. Called once for each, before the server listens.
     *
     * @param loop carries out tasks one after another in the order in which they came: all answers come on it
     * @param clockMillis the server's clock, in milliseconds since 1970
     */
    LogStore onLoop(Executor loop, LongSupplier clockMillis);
}
