package dev.openline.server;

import dev.openline.protocol.ErrorReply;

/** A publish that the hub refused; nothing was published. */
public final class PublishRefused extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ErrorReply error;

    PublishRefused(ErrorReply error) {
        super(error.code() + " " + error.message());
        this.error = error;
    }

    /** Why, in the protocol's words. */
    public ErrorReply error() {
        return error;
    }
}
