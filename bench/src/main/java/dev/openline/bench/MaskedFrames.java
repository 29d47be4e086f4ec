package dev.openline.bench;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** Builds frames as a client sends them (RFC 6455 §5.2): masked, always with the same key, which a load may do. */
final class MaskedFrames {
    private static final int KEY = 0x37fa213d;
    private static final int BINARY = 0x82;
    private static final int COMPRESSED = 0x40;

    private final int headBytes;
    private final byte[] payload;
    private final byte[] frame;

    /** @param payloadBytes at least 8: a frame carries a time */
    MaskedFrames(int payloadBytes) {
        this(letters(payloadBytes), BINARY, letters(payloadBytes));
    }

    private MaskedFrames(byte[] payload, int firstByte, byte[] sent) {
        this.payload = payload;
        ByteBuffer head = head(firstByte, sent.length, 0x80);
        this.headBytes = head.remaining() + Integer.BYTES;
        ByteBuffer whole =
                ByteBuffer.allocate(headBytes + sent.length).put(head).putInt(KEY);
        for (int i = 0; i < sent.length; i++) whole.put((byte) (sent[i] ^ KEY >>> 24 - 8 * (i & 3)));
        this.frame = whole.array();
    }

    /** What a variant is measured with: where it compresses, something that is worth it, and no time in it. */
    static MaskedFrames of(int payloadBytes, Variant variant) {
        if (variant != Variant.DEFLATE) return new MaskedFrames(payloadBytes);
        byte[] payload = Json.text(payloadBytes);
        return new MaskedFrames(payload, BINARY | COMPRESSED, Raw.deflate(payload));
    }

    /** Not the same byte everywhere, so that bytes out of place are noticed; the first eight are the time. */
    private static byte[] letters(int bytes) {
        if (bytes < Long.BYTES) throw new IllegalArgumentException("a message of " + bytes + " bytes carries no time");
        byte[] letters = new byte[bytes];
        for (int i = Long.BYTES; i < bytes; i++) letters[i] = (byte) ('a' + (i * 7L + i / 26) % 26);
        return letters;
    }

    private static ByteBuffer head(int firstByte, int payloadBytes, int maskBit) {
        ByteBuffer head = ByteBuffer.allocate(10).put((byte) firstByte);
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

    /** Whether a server's message with this first byte and this payload, as it came, is ours again. */
    boolean isAnsweredBy(byte firstByte, byte[] came) {
        byte[] plain = (firstByte & COMPRESSED) == 0 ? came : Raw.inflate(came, payload.length);
        return Arrays.equals(plain, payload);
    }

    /** What a server sends with the same payload. */
    byte[] serverFrame() {
        ByteBuffer head = head(BINARY, payload.length, 0);
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
