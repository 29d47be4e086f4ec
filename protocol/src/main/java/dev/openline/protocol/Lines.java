package dev.openline.protocol;

import java.nio.ByteBuffer;

/** A frame as its messages: separated by one {@code \n}, and one more may stand at the end. Owns its bytes. */
final class Lines {
    private final byte[] bytes;
    private final int end;
    private int next;

    /** Copies what remains in {@code frame}, so that a message may be read after the buffer is used for something else. */
    Lines(ByteBuffer frame) {
        bytes = new byte[frame.remaining()];
        frame.duplicate().get(bytes);
        end = bytes.length > 1 && bytes[bytes.length - 1] == '\n' ? bytes.length - 1 : bytes.length;
    }

    boolean hasNext() {
        return next <= end;
    }

    /** Reads the next message; its bytes are no longer offered afterwards, whatever becomes of them. */
    JsonInput next() throws MalformedFrame {
        int from = next;
        int to = from;
        while (to < end && bytes[to] != '\n') to++;
        next = to + 1;
        return JsonInput.of(bytes, from, to);
    }

    /** Offers no more messages. */
    void stop() {
        next = end + 1;
    }
}
