package dev.openline.client;

/** Whether a client has a session. */
public enum ConnectionState {
    /** There is none and none is sought: before {@code connect()}, after {@code disconnect()}, or because the server said to stay away. */
    DISCONNECTED,
    /** A line is being dialled, or is waiting for its next dial, or its session is not open yet. */
    CONNECTING,
    /** The session is open. */
    CONNECTED
}
