package dev.openline.net;

import java.time.Duration;

/**
 * Watches a line from when more waits for its peer than should until the peer has taken it. A peer that takes nothing at all for the time
 * it has is not slow; it is gone, or means harm: its heartbeat may go on, as pongs come without anything being read.
 */
final class Stall {
    private final long timeoutNanos;
    private long sentBytes;
    private long deadline;

    Stall(Duration writeTimeout, long sentBytes, long nowNanos) {
        this.timeoutNanos = writeTimeout.toNanos();
        this.sentBytes = sentBytes;
        this.deadline = nowNanos + timeoutNanos;
    }

    long deadline() {
        return deadline;
    }

    /** Whether the peer has taken nothing in its time; if it has, its time begins anew. */
    boolean isOver(long sentBytesNow, long nowNanos) {
        if (nowNanos - deadline < 0) return false;
        if (sentBytesNow == sentBytes) return true;
        sentBytes = sentBytesNow;
        deadline = nowNanos + timeoutNanos;
        return false;
    }
}
