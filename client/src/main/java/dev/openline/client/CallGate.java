package dev.openline.client;

import org.jspecify.annotations.Nullable;

/**
 * The bound of all that an application may have outstanding: calls on their way to the loop, waiting for a session, or unanswered. Stands
 * before the loop, so that a thread that is faster than the loop is refused at once. For any thread.
 */
final class CallGate {
    private final int maxCalls;
    private final long maxBytes;
    private int calls;
    private long bytes;

    /**
     * @param maxCalls calls that may be outstanding at once
     * @param maxBytes of payload in them; a call that is alone may have more
     */
    CallGate(int maxCalls, long maxBytes) {
        this.maxCalls = maxCalls;
        this.maxBytes = maxBytes;
    }

    /** Counts a call with this much payload; or says why there is no room for it. */
    synchronized @Nullable String enter(int size) {
        if (calls >= maxCalls) return calls + " calls are outstanding already (maxCalls)";
        if (bytes > 0 && bytes + size > maxBytes) {
            return "the calls outstanding hold " + bytes + " bytes already (maxCallBytes)";
        }
        calls++;
        bytes += size;
        return null;
    }

    /** The call has ended. */
    synchronized void leave(int size) {
        calls--;
        bytes -= size;
    }
}
