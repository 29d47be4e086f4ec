package dev.openline.server;

import dev.openline.hub.SharedStore;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** What several servers have together: all logs, who is on a channel, and a way to tell each other things; such as a Redis. */
public interface SharedLogs {
    /** Names in one part have nothing to do with those in the other. */
    enum Part {
        /** The channels of clients. */
        CHANNELS,
        /** What servers tell each other. */
        SERVERS
    }

    /**
     * One part, as it is seen on one event loop. Called before the server listens.
     *
     * @param loop carries out tasks one after another in the order in which they came: all answers come on it
     * @param clockMillis the server's clock, in milliseconds since 1970
     */
    SharedStore onLoop(Part part, Executor loop, LongSupplier clockMillis);

    /** Whether they can be reached: while they can't, the server's readiness is off. Any thread; does not block. */
    default boolean areReachable() {
        return true;
    }
}
