package dev.openline.net;

import dev.openline.wire.WireLimits;
import dev.openline.wire.WireTiming;

/**
 * What bounds one line, on either side.
 *
 * @param limits sizes of what the peer may send; beyond them the line is closed with the code of RFC 6455 §7.4.1
 * @param timing heartbeat and closing handshake
 * @param maxQueuedBytes bytes that may wait for the peer to read; beyond them {@link SendResult#QUEUE_FULL}. While the line is writable a
 *     message of any size is taken, so one line holds at most this, or twice the high mark and one message.
 * @param writableHighBytes from this many waiting bytes on {@link WebSocket#isWritable} is false …
 * @param writableLowBytes … until fewer than this many wait
 */
public record LineOptions(
        WireLimits limits, WireTiming timing, int maxQueuedBytes, int writableHighBytes, int writableLowBytes) {
    public LineOptions {
        if (writableLowBytes < 1) throw new IllegalArgumentException("writableLowBytes " + writableLowBytes + " < 1");
        if (writableHighBytes < writableLowBytes) {
            throw new IllegalArgumentException(
                    "writableHighBytes " + writableHighBytes + " < writableLowBytes " + writableLowBytes);
        }
        if (maxQueuedBytes < writableHighBytes) {
            throw new IllegalArgumentException(
                    "maxQueuedBytes " + maxQueuedBytes + " < writableHighBytes " + writableHighBytes);
        }
    }

    /** 1 MiB queue, marks at 64 and 32 KiB, the engine's default sizes and times. */
    public static LineOptions defaults() {
        return new LineOptions(WireLimits.DEFAULT, WireTiming.DEFAULT, 1 << 20, 64 << 10, 32 << 10);
    }

    public LineOptions withLimits(WireLimits other) {
        return new LineOptions(other, timing, maxQueuedBytes, writableHighBytes, writableLowBytes);
    }

    public LineOptions withTiming(WireTiming other) {
        return new LineOptions(limits, other, maxQueuedBytes, writableHighBytes, writableLowBytes);
    }

    /** Another bound of the outbound queue; the marks follow down if they would be above it. */
    public LineOptions withMaxQueuedBytes(int bytes) {
        int high = Math.min(writableHighBytes, bytes);
        return new LineOptions(limits, timing, bytes, high, Math.min(writableLowBytes, high));
    }
}
