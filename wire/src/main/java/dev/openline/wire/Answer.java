package dev.openline.wire;

import org.jspecify.annotations.Nullable;

/** How a server answers an opening handshake: with the upgrade or without. */
public sealed interface Answer {
    /** The head to send. */
    ResponseHead head();

    /**
     * The connection is a WebSocket as soon as the head, a 101, is written.
     *
     * @param subprotocol the one chosen, or null for none
     * @param extensions what was agreed, and which reserved bits that takes
     */
    record Accepted(ResponseHead head, @Nullable String subprotocol, ExtensionNegotiation.Agreement extensions)
            implements Answer {
        /** The bits a {@link Wire} on this connection leaves to extensions. */
        public ReservedBits reserved() {
            return extensions.reserved();
        }

        /** What permessage-deflate was agreed on with, or null without it. */
        public @Nullable DeflateParameters deflate() {
            return extensions.deflate();
        }
    }

    /**
     * The handshake is wrong; the connection is to be closed after this answer.
     *
     * @param why one sentence, free of the peer's bytes
     */
    record Refused(ResponseHead head, String why) implements Answer {}
}
