package dev.openline.bench;

import java.util.Locale;

/** The servers that are measured beside each other. */
enum Peer {
    OPENLINE,
    NETTY;

    String label() {
        return name().toLowerCase(Locale.ROOT);
    }
}
