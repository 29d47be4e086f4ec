package dev.openline.net;

import dev.openline.wire.Header;
import dev.openline.wire.Headers;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What becomes of a request for an upgrade that is well-formed and comes from an allowed origin. */
public sealed interface UpgradeDecision {
    /**
     * The line is opened, and this handler hears it.
     *
     * @param subprotocol the one to agree on, of those that the client offers; null leaves the choice to the route's list. One that the
     *     client did not offer is a fault of the application: 500
     * @param headers further fields of the answer, such as {@code Set-Cookie}; those of the handshake itself can't be set
     * @param attributes what {@link WebSocket#attribute} tells later
     */
    record Open(WebSocketHandler handler, @Nullable String subprotocol, Headers headers, Attributes attributes)
            implements UpgradeDecision {
        private static final Set<String> OF_THE_HANDSHAKE =
                Set.of("connection", "upgrade", "content-length", "transfer-encoding", "keep-alive", "trailer");

        public Open {
            Objects.requireNonNull(handler, "handler");
            for (Header header : headers) {
                String name = header.name().toLowerCase(Locale.ROOT);
                if (!header.isWellFormed()) {
                    throw new IllegalArgumentException("a header has a name or value that HTTP cannot carry");
                }
                if (OF_THE_HANDSHAKE.contains(name) || name.startsWith("sec-websocket-")) {
                    throw new IllegalArgumentException("header " + name + " belongs to the handshake");
                }
            }
        }

        /** The line is opened as the route says. */
        public Open(WebSocketHandler handler) {
            this(handler, null, Headers.NONE, Attributes.NONE);
        }

        /** The same with one more attribute. */
        public <T> Open with(Attribute<T> attribute, T value) {
            return new Open(handler, subprotocol, headers, attributes.with(attribute, value));
        }

        /** The same with this subprotocol, which the client must have offered. */
        public Open withSubprotocol(String chosen) {
            return new Open(handler, chosen, headers, attributes);
        }

        /** The same with one more field in the answer. */
        public Open withHeader(String name, String value) {
            return new Open(handler, subprotocol, headers.with(name, value), attributes);
        }
    }

    /** The upgrade is refused with this answer, whose status should be 4xx or 5xx, and the connection is closed. */
    record Refuse(HttpResponse response) implements UpgradeDecision {
        public Refuse {
            if (response.status() < 300) {
                throw new IllegalArgumentException("status " + response.status() + " does not refuse");
            }
        }

        /** Refused with this status and a short text for people. */
        public Refuse(int status, String text) {
            this(HttpResponse.text(status, text + "\n"));
        }
    }
}
