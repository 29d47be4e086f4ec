package dev.openline.protocol;

/**
 * Why a subscription ended while its connection goes on. Codes below 2500 end it for good, others ask the client to subscribe again.
 *
 * @param code the protocol's code, 0 to 2147483647
 * @param reason a short text for a developer
 */
public record Unsubscribed(int code, String reason) {
    /** The client asked for it; never sent, only told to the application. */
    public static final Unsubscribed BY_CLIENT = new Unsubscribed(0, "unsubscribe called");
    /** The connection ended, and its subscriptions with it; never sent. */
    public static final Unsubscribed DISCONNECTED = new Unsubscribed(1, "disconnect");

    public static final Unsubscribed BY_SERVER = new Unsubscribed(2000, "server unsubscribe");
    public static final Unsubscribed INSUFFICIENT_STATE = new Unsubscribed(2500, "insufficient state");
    public static final Unsubscribed EXPIRED = new Unsubscribed(2501, "expired");
    public static final Unsubscribed STATE_INVALIDATED = new Unsubscribed(2502, "state invalidated");

    public Unsubscribed {
        if (code < 0) throw new IllegalArgumentException("unsubscribe code " + code + " < 0");
    }

    /** Whether a client that hears this code subscribes again by itself. */
    public boolean resubscribes() {
        return code >= 2500;
    }
}
