package dev.openline.client;

/** A call never left this client, so it had no effect and may be made again. */
public sealed class CallNotSent extends CallFailed permits OutboxFull {
    private static final long serialVersionUID = 1L;

    CallNotSent(String call, String why) {
        super(call + " was not sent: " + why);
    }
}
