package dev.openline.net;

import dev.openline.wire.DeflateOptions;
import dev.openline.wire.ExtensionNegotiation;
import dev.openline.wire.WireLimits;
import dev.openline.wire.WireTiming;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What bounds one line, on either side. Answers that a server streams have the queue, the marks and the write timeout of its lines.
 *
 * @param limits sizes of what the peer may send; beyond them the line is closed with the code of RFC 6455 §7.4.1
 * @param timing heartbeat and closing handshake
 * @param maxQueuedBytes bytes that may wait for the peer to read; beyond them {@link SendResult#QUEUE_FULL}. While the line is writable a
 *     message of any size is taken, so one line holds at most this, or twice the high mark and one message.
 * @param writableHighBytes from this many waiting bytes on {@link WebSocket#isWritable} is false …
 * @param writableLowBytes … until fewer than this many wait
 * @param writeTimeout a peer that takes nothing for this long, while the line is not writable, is dropped (1006): at the latest after twice
 *     this time, and also when its pongs go on
 * @param unfinished what this and other lines together may hold of messages that have not come whole; the line that would go beyond it is
 *     closed with 1013
 * @param deflate how messages are compressed where the peer agrees (permessage-deflate, RFC 7692), or null for never
 */
// More than 4 parameters because these are eight settings that are set by name.
public record LineOptions(
        WireLimits limits,
        WireTiming timing,
        int maxQueuedBytes,
        int writableHighBytes,
        int writableLowBytes,
        Duration writeTimeout,
        UnfinishedMessages unfinished,
        @Nullable DeflateOptions deflate) {
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
        if (writeTimeout.isZero() || writeTimeout.isNegative()) {
            throw new IllegalArgumentException("writeTimeout " + writeTimeout + " is not positive");
        }
    }

    /** 1 MiB queue, marks at 64 and 32 KiB, 30 s to take something of it, the bound of the process for unfinished messages, the engine's default sizes and times, no compression. */
    public static LineOptions defaults() {
        return new LineOptions(
                WireLimits.DEFAULT,
                WireTiming.DEFAULT,
                1 << 20,
                64 << 10,
                32 << 10,
                Duration.ofSeconds(30),
                UnfinishedMessages.OF_PROCESS,
                null);
    }

    public LineOptions withLimits(WireLimits other) {
        return new LineOptions(
                other, timing, maxQueuedBytes, writableHighBytes, writableLowBytes, writeTimeout, unfinished, deflate);
    }

    public LineOptions withTiming(WireTiming other) {
        return new LineOptions(
                limits, other, maxQueuedBytes, writableHighBytes, writableLowBytes, writeTimeout, unfinished, deflate);
    }

    /** Another bound of the outbound queue; the marks follow down if they would be above it. */
    public LineOptions withMaxQueuedBytes(int bytes) {
        int high = Math.min(writableHighBytes, bytes);
        return new LineOptions(
                limits, timing, bytes, high, Math.min(writableLowBytes, high), writeTimeout, unfinished, deflate);
    }

    /** Another bound for what several lines hold of unfinished messages. */
    public LineOptions withUnfinished(UnfinishedMessages bound) {
        return new LineOptions(
                limits, timing, maxQueuedBytes, writableHighBytes, writableLowBytes, writeTimeout, bound, deflate);
    }

    /** Another time in which a peer has to take something of what waits for it. */
    public LineOptions withWriteTimeout(Duration timeout) {
        return new LineOptions(
                limits, timing, maxQueuedBytes, writableHighBytes, writableLowBytes, timeout, unfinished, deflate);
    }

    /**
     * Compression, or null for none. It costs time for every long message, and lengths of compressed messages tell about their content:
     * see {@link DeflateOptions} for when not to.
     */
    public LineOptions withDeflate(@Nullable DeflateOptions other) {
        return new LineOptions(
                limits, timing, maxQueuedBytes, writableHighBytes, writableLowBytes, writeTimeout, unfinished, other);
    }

    ExtensionNegotiation extensions() {
        return deflate == null ? ExtensionNegotiation.NONE : ExtensionNegotiation.deflate(deflate);
    }
}
