package dev.openline.client;

import dev.openline.protocol.ErrorReply;

/**
 * The server has no way to publish exactly once: it does not know the method {@code openline.publish}. The publish had no effect. {@link
 * OpenlineClient#tryPublish} publishes with the protocol's own command, which every server has.
 */
public final class OutboxUnsupported extends CallRefused {
    private static final long serialVersionUID = 1L;

    OutboxUnsupported(String call, ErrorReply error) {
        super(call, error);
    }
}
