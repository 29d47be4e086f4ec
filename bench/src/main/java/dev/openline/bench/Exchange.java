package dev.openline.bench;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * One message that goes out again and again, and what has to come back for it. Both directions of a line are then periodic: a load that
 * knows how far in a period it is sends straight from one buffer, and counts by dividing, without building or parsing a frame.
 */
final class Exchange {
    private static final int REQUEST_BYTES = 128 << 10;

    /** Every read of up to this many bytes is compared with what has to come; of longer ones only every so many. */
    private static final int ALWAYS_COMPARED = 4 << 10;

    private static final int COMPARED_OF = 16;

    private final MaskedFrames frames;
    private final ByteBuffer requests;
    private final int longestRead;
    private ByteBuffer replies = ByteBuffer.allocate(0);
    private int replyBytes;
    private int reads;

    /** @param longestRead bytes that one read may bring at most */
    Exchange(MaskedFrames frames, int longestRead) {
        this.frames = frames;
        this.longestRead = longestRead;
        this.requests = repeated(frames.frame(), REQUEST_BYTES);
    }

    /** From now on every reply has to be these bytes. */
    private void expect(byte[] reply) {
        replies = repeated(reply, longestRead);
        replyBytes = reply.length;
    }

    /** Expects the server's frame with the same payload, without asking it first. */
    void expectPlain() {
        expect(frames.serverFrame());
    }

    /**
     * Learns from the first reply, which is all there is so far, what every other one has to be: with compression only the server knows.
     *
     * @return whether it is whole
     * @throws IllegalStateException if it is no answer
     */
    boolean learn(byte[] reply) {
        Optional<byte[]> payload = ServerFrames.payload(reply);
        if (payload.isEmpty()) return false;
        if (!Arrays.equals(reply, frames.frame()) && !frames.isAnsweredBy(reply[0], payload.get()))
            throw new IllegalStateException(
                    "the server answers with another message, of " + payload.get().length + " bytes");
        expect(reply);
        return true;
    }

    /** So often that this many bytes can be taken from any place in the first one. */
    private static ByteBuffer repeated(byte[] one, int bytes) {
        int times = 2 + bytes / one.length;
        ByteBuffer all = ByteBuffer.allocateDirect(times * one.length);
        for (int i = 0; i < times; i++) all.put(one);
        return all.flip();
    }

    int requestBytes() {
        return frames.frameBytes();
    }

    int replyBytes() {
        return replyBytes;
    }

    /** Up to {@code bytes} to write next, from this place in a frame; valid until the next call. */
    ByteBuffer request(int from, long bytes) {
        return requests.clear().position(from).limit((int) Math.min(requests.capacity(), from + bytes));
    }

    /**
     * Compares what came with what had to come.
     *
     * @param from the place in a reply that it starts at
     * @throws IllegalStateException if it differs
     */
    void check(ByteBuffer came, int from) {
        int bytes = came.remaining();
        if (bytes > ALWAYS_COMPARED && reads++ % COMPARED_OF != 0) return;
        int differs = replies.clear().position(from).limit(from + bytes).mismatch(came);
        if (differs >= 0) throw new IllegalStateException("a reply is wrong at byte " + (from + differs) % replyBytes);
    }
}
