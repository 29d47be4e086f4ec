package dev.openline.protocol;

/** What a server says to a client. */
public sealed interface ServerMessage permits Reply, Push, Ping {
    /** Calls the method of {@code cases} that fits. */
    <R> R with(Cases<R> cases);

    /** One answer for each kind of message. */
    interface Cases<R> {
        R reply(Reply reply);

        R push(Push push);

        R ping();
    }
}
