package dev.openline.protocol;

/**
 * How a server shows that it is alive: by pings, which are empty replies.
 *
 * @param pingSeconds whole seconds between two pings, 1 to 4294967295
 * @param answered whether the client must answer each ping with a pong
 */
public record Heartbeat(long pingSeconds, boolean answered) {
    public Heartbeat {
        Numbers.requireU32("pingSeconds", pingSeconds);
        if (pingSeconds == 0) throw new IllegalArgumentException("pingSeconds 0: no heartbeat is a null");
    }
}
