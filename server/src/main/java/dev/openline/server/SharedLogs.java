package dev.openline.server;

import dev.openline.hub.ChannelRules;
import dev.openline.hub.SharedStore;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;

/** What several servers have together: all logs, who is on a channel, and a way to tell each other things; such as a Redis. */
@FunctionalInterface
public interface SharedLogs {
    /** The part in which servers tell each other things. */
    String SERVERS = "servers";

    /**
     * All of it, as it is seen on one event loop. Called before the server listens.
     *
     * @param part names in one part have nothing to do with those in another: empty for the channels of clients, or {@link #SERVERS}
     * @param rules of the channels in that part
     * @param loop carries out tasks one after another in the order in which they came: all answers come on it
     * @param clockMillis the server's clock, in milliseconds since 1970
     */
    SharedStore onLoop(String part, ChannelRules rules, Executor loop, LongSupplier clockMillis);
}
