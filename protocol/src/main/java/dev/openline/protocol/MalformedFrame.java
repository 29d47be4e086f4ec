package dev.openline.protocol;

/**
 * The peer sent what is not in the protocol's language. The connection can't go on: {@link #disconnect()} says how it ends. The message
 * names the fault without quoting what was sent, so it may be logged. Carries no stack trace: the fault is not in this program.
 */
public final class MalformedFrame extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedFrame(String fault) {
        super(fault, null, false, false);
    }

    /** How a server ends the connection: {@link Disconnect#BAD_REQUEST}. */
    public Disconnect disconnect() {
        return Disconnect.BAD_REQUEST;
    }
}
