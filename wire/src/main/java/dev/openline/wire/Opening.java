package dev.openline.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How a client's opening handshake ended. */
public sealed interface Opening {
    /**
     * The connection is a WebSocket from the byte after the head on.
     *
     * @param subprotocol the one the server chose, or null for none
     * @param extensions what the server agreed to, in its order
     * @param deflate what permessage-deflate was agreed on with, or null without it
     */
    record Accepted(
            @Nullable String subprotocol,
            List<Extension> extensions,
            @Nullable DeflateParameters deflate) implements Opening {
        /** Without permessage-deflate. */
        public Accepted(@Nullable String subprotocol, List<Extension> extensions) {
            this(subprotocol, extensions, null);
        }
    }

    /**
     * The server declined or broke a rule; the connection is to be closed.
     *
     * @param status of the server's answer
     * @param why one sentence, free of the peer's bytes
     */
    record Failed(int status, String why) implements Opening {}
}
