package dev.openline.client;

/**
 * A call was sent and its answer did not come: the line broke, or time was up. It may or may not have been applied. A publish that must
 * not happen twice should not be repeated blindly after this.
 */
public final class CallLost extends CallFailed {
    private static final long serialVersionUID = 1L;

    CallLost(String call, String why) {
        super(call + " may or may not have been applied: " + why);
    }
}
