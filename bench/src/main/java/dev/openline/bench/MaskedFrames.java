package dev.openline.bench;

import java.nio.ByteBuffer;

/** Builds frames as a client sends them (RFC 6455 §5.2): masked, always with the same key, which a load may do. */
final class MaskedFrames {
    private static final int KEY = 0x37fa213d;

    private final int payloadBytes;
    private final int headBytes;
    private final byte[] frame;

    /** @param payloadBytes at least 8: a frame carries a time */
    MaskedFrames(int payloadBytes) {
        if (payloadBytes < Long.BYTES)
            throw new IllegalArgumentException("a message of " + payloadBytes + " bytes carries no time");
        this.payloadBytes = payloadBytes;
        this.headBytes = (payloadBytes < 126 ? 2 : payloadBytes < 65_536 ? 4 : 10) + 4;
        this.frame = new byte[headBytes + payloadBytes];
        ByteBuffer head = ByteBuffer.wrap(frame).put((byte) 0x82);
        if (payloadBytes < 126) head.put((byte) (0x80 | payloadBytes));
        else if (payloadBytes < 65_536) head.put((byte) (0x80 | 126)).putShort((short) payloadBytes);
        else head.put((byte) (0x80 | 127)).putLong(payloadBytes);
        head.putInt(KEY);
        for (int i = 0; i < payloadBytes; i++) frame[headBytes + i] = (byte) ('a' ^ KEY >>> 24 - 8 * (i & 3));
    }

    int frameBytes() {
        return frame.length;
    }

    int payloadBytes() {
        return payloadBytes;
    }

    /** Appends a frame whose first eight bytes of payload are this time. */
    void append(ByteBuffer out, long time) {
        int at = out.position();
        out.put(frame);
        long key = (KEY & 0xffffffffL) << 32 | KEY & 0xffffffffL;
        out.putLong(at + headBytes, time ^ key);
    }
}
