package dev.openline.bench;

import java.nio.ByteBuffer;

/** Builds frames as a client sends them (RFC 6455 §5.2): masked, always with the same key, which a load may do. */
final class MaskedFrames {
    private static final int KEY = 0x37fa213d;

    private final int headBytes;
    private final byte[] payload;
    private final byte[] frame;

    /** @param payloadBytes at least 8: a frame carries a time */
    MaskedFrames(int payloadBytes) {
        if (payloadBytes < Long.BYTES)
            throw new IllegalArgumentException("a message of " + payloadBytes + " bytes carries no time");
        this.payload = new byte[payloadBytes];
        // Not the same byte everywhere, so that bytes out of place are noticed.
        for (int i = Long.BYTES; i < payloadBytes; i++) payload[i] = (byte) ('a' + (i * 7L + i / 26) % 26);
        ByteBuffer head = head(payloadBytes, 0x80);
        this.headBytes = head.remaining() + Integer.BYTES;
        ByteBuffer whole =
                ByteBuffer.allocate(headBytes + payloadBytes).put(head).putInt(KEY);
        for (int i = 0; i < payloadBytes; i++) whole.put((byte) (payload[i] ^ KEY >>> 24 - 8 * (i & 3)));
        this.frame = whole.array();
    }

    private static ByteBuffer head(int payloadBytes, int maskBit) {
        ByteBuffer head = ByteBuffer.allocate(10).put((byte) 0x82);
        if (payloadBytes < 126) head.put((byte) (maskBit | payloadBytes));
        else if (payloadBytes < 65_536) head.put((byte) (maskBit | 126)).putShort((short) payloadBytes);
        else head.put((byte) (maskBit | 127)).putLong(payloadBytes);
        return head.flip();
    }

    int frameBytes() {
        return frame.length;
    }

    int payloadBytes() {
        return payload.length;
    }

    /** The frame, with a time of 0. */
    byte[] frame() {
        return frame.clone();
    }

    /** What a server sends with the same payload. */
    byte[] serverFrame() {
        ByteBuffer head = head(payload.length, 0);
        return ByteBuffer.allocate(head.remaining() + payload.length)
                .put(head)
                .put(payload)
                .array();
    }

    /** Appends a frame whose first eight bytes of payload are this time. */
    void append(ByteBuffer out, long time) {
        int at = out.position();
        out.put(frame);
        long key = (KEY & 0xffffffffL) << 32 | KEY & 0xffffffffL;
        out.putLong(at + headBytes, time ^ key);
    }
}
