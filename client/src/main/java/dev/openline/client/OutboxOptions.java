package dev.openline.client;

import dev.openline.net.Surroundings;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.Supplier;

/** How much an outbox holds, and for how long it tries. Every setter checks its value at once and answers the options, for chaining. */
public final class OutboxOptions {
    private static final Duration LONGEST_WINDOW = Duration.ofDays(1);
    private static final int KEY_BYTES = 16;

    private int maxPending = 4096;
    private int maxPendingBytes = 4 << 20;
    private int maxPublishBytes = 63 << 10;
    private int maxInFlight = 16;
    private Duration idempotencyWindow = Duration.ofMinutes(4);
    private Supplier<String> keys = OutboxOptions::randomKey;

    OutboxOptions() {}

    /** Publishes that may wait at once, at least 1; default 4096. One more fails with {@link OutboxFull}. */
    public OutboxOptions maxPending(int publishes) {
        if (publishes < 1) throw new IllegalArgumentException("maxPending " + publishes + " < 1");
        this.maxPending = publishes;
        return this;
    }

    /** Bytes that may wait, 1024 to 2^29; default 4 MiB. A publish that would go beyond them fails with {@link OutboxFull}. */
    public OutboxOptions maxPendingBytes(int bytes) {
        if (bytes < 1024 || bytes > 1 << 29) {
            throw new IllegalArgumentException("maxPendingBytes " + bytes + " is not in 1024–2^29");
        }
        this.maxPendingBytes = bytes;
        return this;
    }

    /**
     * The largest publish, with its channel's name, its key and 50 bytes more, at least 128; default 63 KiB, a little less than the 64 KiB
     * that servers take by default. A larger one fails with {@link CallNotSent}; were it sent, the server would end the line for good.
     */
    public OutboxOptions maxPublishBytes(int bytes) {
        if (bytes < 128) throw new IllegalArgumentException("maxPublishBytes " + bytes + " < 128");
        this.maxPublishBytes = bytes;
        return this;
    }

    /** Channels whose next publish may be sent and unanswered at once, at least 1; default 16. Others wait. */
    public OutboxOptions maxInFlight(int channels) {
        if (channels < 1) throw new IllegalArgumentException("maxInFlight " + channels + " < 1");
        this.maxInFlight = channels;
        return this;
    }

    /**
     * For how long after its first try a publish may be repeated; default 4 min, 1 s to one day. It must be shorter than the time for which the
     * server knows keys (5 min unless told otherwise) by as much as a command may take. A publish that has got no answer by then fails
     * with {@link CallLost}. One that was never sent may wait for ever.
     */
    public OutboxOptions idempotencyWindow(Duration window) {
        if (window.toMillis() < 1000 || window.compareTo(LONGEST_WINDOW) > 0) {
            throw new IllegalArgumentException("idempotencyWindow " + window + " is not between 1 s and one day");
        }
        this.idempotencyWindow = window;
        return this;
    }

    /** Who makes idempotency keys; for tests. */
    OutboxOptions keys(Supplier<String> keys) {
        this.keys = keys;
        return this;
    }

    /** Not to be guessed: whoever knows a key could take its place. */
    private static String randomKey() {
        byte[] key = new byte[KEY_BYTES];
        Surroundings.random().nextBytes(key);
        return HexFormat.of().formatHex(key);
    }

    Supplier<String> keys() {
        return keys;
    }

    int maxPublishBytes() {
        return maxPublishBytes;
    }

    /** Bytes of commands that may have to be queued on a line at once. */
    long maxSentBytes() {
        return Math.min((long) maxInFlight * maxPublishBytes, maxPendingBytes);
    }

    OutboxGate gate() {
        return new OutboxGate(maxPending, maxPendingBytes);
    }

    Outbox.Bounds bounds() {
        return new Outbox.Bounds(maxInFlight, idempotencyWindow.toMillis());
    }
}
