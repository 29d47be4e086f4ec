package dev.openline.net;

import dev.openline.wire.MessageKind;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Where a redialling line's messages go: down the line that is open, or, while there is none, into a bounded queue that leaves first when there
 * is one again.
 *
 * <p>Any thread sends; the line's event loop opens and closes. The lock is held for a look at the queue and never while anything waits: an
 * open line is found without it.
 */
final class KeptMessages {
    /** Counted for every message, so that a flood of empty ones is bounded too, and no less than a frame's head. */
    static final int OVERHEAD_BYTES = 64;

    private record Kept(
            MessageKind kind, ByteBuffer payload, @Nullable CompletableFuture<SendOutcome> outcome) {
        int bytes() {
            return payload.remaining() + OVERHEAD_BYTES;
        }
    }

    private final int maxBytes;
    private final Object lock = new Object();

    /** The line that is open, or null. Set and unset by the loop, under the lock. */
    private volatile @Nullable WebSocket line;

    // From here on guarded by the lock.

    private final Queue<Kept> queue = new ArrayDeque<>();
    private int bytes;
    private boolean ended;

    /** @param maxBytes 0 to keep nothing */
    KeptMessages(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    @Nullable
    WebSocket line() {
        return line;
    }

    SendResult send(MessageKind kind, ByteBuffer payload) {
        return send(kind, payload, null);
    }

    /** The outcome is completed only if the result is {@code ACCEPTED}. */
    SendResult send(MessageKind kind, ByteBuffer payload, @Nullable CompletableFuture<SendOutcome> outcome) {
        WebSocket open = line;
        SendResult result = open == null ? SendResult.CLOSED : sendOn(open, kind, payload, outcome);
        if (result != SendResult.CLOSED || maxBytes == 0) return result;
        synchronized (lock) {
            WebSocket meanwhile = line;
            // Another line than the one that didn't take it: nothing is kept while a line is open.
            if (meanwhile != null && meanwhile != open) return sendOn(meanwhile, kind, payload, outcome);
            return keep(kind, payload, outcome);
        }
    }

    private static SendResult sendOn(
            WebSocket to, MessageKind kind, ByteBuffer payload, @Nullable CompletableFuture<SendOutcome> outcome) {
        SendResult result = to.send(kind, payload);
        if (outcome != null && result == SendResult.ACCEPTED) {
            to.whenWritten().thenAccept(outcome::complete);
        }
        return result;
    }

    private SendResult keep(MessageKind kind, ByteBuffer payload, @Nullable CompletableFuture<SendOutcome> outcome) {
        if (ended) return SendResult.CLOSED;
        if ((long) bytes + payload.remaining() + OVERHEAD_BYTES > maxBytes) return SendResult.QUEUE_FULL;
        ByteBuffer copy = ByteBuffer.allocate(payload.remaining())
                .put(payload.duplicate())
                .flip();
        Kept kept = new Kept(kind, copy, outcome);
        queue.add(kept);
        bytes += kept.bytes();
        return SendResult.ACCEPTED;
    }

    /** Loop only: what was kept leaves, before anything that is sent from now on. */
    void opened(WebSocket opened) {
        synchronized (lock) {
            for (Kept kept = queue.poll(); kept != null; kept = queue.poll()) {
                bytes -= kept.bytes();
                SendResult result = sendOn(opened, kept.kind(), kept.payload(), kept.outcome());
                CompletableFuture<SendOutcome> outcome = kept.outcome();
                if (outcome != null && result != SendResult.ACCEPTED) outcome.complete(SendOutcome.LOST);
            }
            line = opened;
        }
    }

    /** Loop only: there is no line. */
    void closed() {
        synchronized (lock) {
            line = null;
        }
    }

    /** Loop only: there will be none any more. */
    void ended() {
        Queue<Kept> lost;
        synchronized (lock) {
            ended = true;
            line = null;
            lost = new ArrayDeque<>(queue);
            queue.clear();
            bytes = 0;
        }
        for (Kept kept : lost) {
            CompletableFuture<SendOutcome> outcome = kept.outcome();
            if (outcome != null) outcome.complete(SendOutcome.LOST);
        }
    }
}
