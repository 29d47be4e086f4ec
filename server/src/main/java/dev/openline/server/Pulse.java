package dev.openline.server;

/** How it is found out whether a client is still there. */
enum Pulse {
    /** By pings of the protocol, which the client answers. */
    PONG,
    /** By pings of the carrier, which answers by itself. */
    OF_CARRIER,
    /** Pings are sent so that the client knows that the server is there; the other way round only the network can tell. */
    NONE
}
