package dev.openline.client;

import dev.openline.protocol.ErrorReply;

/** The server understood a call and refused it. It had no effect. */
public sealed class CallRefused extends CallFailed permits OutboxUnsupported {
    private static final long serialVersionUID = 1L;

    // Not kept when serialized; exceptions of this class have no need to be.
    private final transient ErrorReply error;

    CallRefused(String call, ErrorReply error) {
        super(call + " was refused: " + error.code() + " " + error.message());
        this.error = error;
    }

    /** The server's code and text, and whether the same call may succeed later. */
    public ErrorReply error() {
        return error;
    }
}
