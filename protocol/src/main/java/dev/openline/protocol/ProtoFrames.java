package dev.openline.protocol;

import java.nio.ByteBuffer;

/** A frame as its messages, each behind its length as an unsigned varint. Owns its bytes. */
final class ProtoFrames {
    private final byte[] bytes;
    private int next;

    /** A frame without a message is none, so nothing is offered twice: once to say so, and never again. */
    private boolean begun;

    /** Copies what remains in {@code frame}, so that a message may be read after the buffer is used for something else. */
    ProtoFrames(ByteBuffer frame) {
        bytes = new byte[frame.remaining()];
        frame.duplicate().get(bytes);
    }

    boolean hasNext() {
        return !begun || next < bytes.length;
    }

    /** Reads the next message; its bytes are no longer offered afterwards, whatever becomes of them. */
    ProtoInput next() throws MalformedFrame {
        begun = true;
        int length = length();
        if (length > bytes.length - next) throw new MalformedFrame("a message that goes beyond its frame");
        ProtoInput message = ProtoInput.of(bytes, next, length);
        next += length;
        return message;
    }

    private int length() throws MalformedFrame {
        long length = 0;
        for (int shift = 0; shift <= 28; shift += 7) {
            if (next >= bytes.length) throw new MalformedFrame("a frame that ends in a length");
            byte b = bytes[next++];
            length |= (long) (b & 0x7F) << shift;
            if (b >= 0) return (int) Math.min(length, Integer.MAX_VALUE);
        }
        throw new MalformedFrame("a length of more than 5 bytes");
    }

    /** Offers no more messages. */
    void stop() {
        begun = true;
        next = bytes.length;
    }
}
