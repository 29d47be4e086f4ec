package dev.openline.wire;

/** Where a frame stands in its message (RFC 6455 §5.4). */
public enum Fragment {
    /** The message is this one frame. */
    WHOLE,
    /** Opens a message sent in pieces. */
    FIRST,
    /** Neither the first nor the last piece. */
    MIDDLE,
    /** Ends a message sent in pieces. */
    LAST;

    boolean opens() {
        return this == WHOLE || this == FIRST;
    }

    boolean ends() {
        return this == WHOLE || this == LAST;
    }

    static Fragment of(int firstByte) {
        boolean continued = (firstByte & 0x0f) == FrameType.CONTINUATION.opcode();
        if ((firstByte & 0x80) != 0) {
            return continued ? LAST : WHOLE;
        }
        return continued ? MIDDLE : FIRST;
    }
}
