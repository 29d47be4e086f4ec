package dev.openline.bench;

import java.util.Locale;

/** What goes with WebSocket on a line. */
enum Variant {
    PLAIN,
    /** permessage-deflate (RFC 7692), without context takeover in either direction. */
    DEFLATE,
    TLS;

    /** What ends the name of a case, or of an external server that serves this. */
    String suffix() {
        return this == PLAIN ? "" : "+" + name().toLowerCase(Locale.ROOT);
    }

    /** The headers beyond RFC 6455's own. */
    String offer() {
        return this == DEFLATE
                ? "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"
                : "";
    }
}
