package dev.openline.server;

import dev.openline.protocol.Disconnect;
import dev.openline.protocol.ErrorReply;
import org.jspecify.annotations.Nullable;

/** What an {@link RpcHandler} fails its stage with to say no: the caller is answered with an error, or its line is closed. Has no stack trace. */
public final class RpcRefused extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient ErrorReply error;
    private final transient @Nullable Disconnect disconnect;

    /** The caller is answered with this error. */
    public RpcRefused(ErrorReply error) {
        this(error, null);
    }

    /** The caller's line is closed with this code. */
    public RpcRefused(Disconnect disconnect) {
        this(ErrorReply.INTERNAL, disconnect);
    }

    private RpcRefused(ErrorReply error, @Nullable Disconnect disconnect) {
        super(disconnect == null ? error.message() : disconnect.reason(), null, false, false);
        this.error = error;
        this.disconnect = disconnect;
    }

    public ErrorReply error() {
        return error;
    }

    public @Nullable Disconnect disconnect() {
        return disconnect;
    }
}
