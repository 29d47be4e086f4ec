package dev.openline.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes frames that need no {@link Wire}: data messages in one frame each, without any state, from any thread. A
 * server's frames are not masked, so one such frame can be written to many connections. Whoever sends one past a wire
 * asks {@link Wire#isOpen} and {@link Wire#isMidMessage} first.
 *
 * <p>Payloads are read by absolute index: neither their content nor their position changes. Text is not checked to be
 * UTF-8; that is the caller's duty (RFC 6455 §5.6).
 */
public final class Frames {
    static final int FIN = 0x80;
    static final int MASKED = 0x80;

    private Frames() {}

    /** Bytes of the head before a payload: 2 to 10 from a server, 6 to 14 from a client, who masks. */
    public static int headSize(Role sender, int payloadBytes) {
        int mask = sender == Role.CLIENT ? 4 : 0;
        if (payloadBytes <= 125) {
            return 2 + mask;
        }
        return payloadBytes <= 0xffff ? 4 + mask : 10 + mask;
    }

    /** Bytes of a whole frame. */
    public static int size(Role sender, int payloadBytes) {
        return Math.addExact(headSize(sender, payloadBytes), payloadBytes);
    }

    /**
     * Writes a message as a server sends it.
     *
     * @return the bytes written
     * @throws IllegalArgumentException when {@code out} has no room for the whole frame; nothing is written then
     */
    public static int write(ByteBuffer out, MessageKind kind, ByteBuffer payload) {
        return frame(FIN | FrameType.of(kind).opcode(), payload, out);
    }

    /**
     * Writes a message as a client sends it.
     *
     * @param maskKey fresh for every frame and unpredictable (RFC 6455 §10.3)
     * @return the bytes written
     * @throws IllegalArgumentException when {@code out} has no room for the whole frame; nothing is written then
     */
    public static int writeMasked(ByteBuffer out, MessageKind kind, ByteBuffer payload, int maskKey) {
        return frameMasked(FIN | FrameType.of(kind).opcode(), payload, maskKey, out);
    }

    /**
     * Writes a compressed message as a server sends it (RFC 7692 §6.1).
     *
     * @param compressed as {@link PerMessageDeflate#compressAlone} made it
     * @return the bytes written
     * @throws IllegalArgumentException when {@code out} has no room for the whole frame; nothing is written then
     */
    public static int writeCompressed(ByteBuffer out, MessageKind kind, ByteBuffer compressed) {
        return frame(FIN | DeflateNegotiation.RSV1 | FrameType.of(kind).opcode(), compressed, out);
    }

    /**
     * Writes only the head of a server's frame, for a payload that follows by reference.
     *
     * @return the bytes written
     */
    public static int writeHead(ByteBuffer out, MessageKind kind, int payloadBytes) {
        if (payloadBytes < 0) {
            throw new IllegalArgumentException("payload of " + payloadBytes + " bytes");
        }
        int size = headSize(Role.SERVER, payloadBytes);
        requireRoom(out, size);
        head(FIN | FrameType.of(kind).opcode(), 0, payloadBytes, out);
        return size;
    }

    /** A whole server frame with this text, ready to be read. */
    public static ByteBuffer text(String text) {
        return frame(MessageKind.TEXT, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** A whole server frame with these bytes, ready to be read; they are copied. */
    public static ByteBuffer binary(ByteBuffer payload) {
        return frame(MessageKind.BINARY, payload);
    }

    private static ByteBuffer frame(MessageKind kind, ByteBuffer payload) {
        ByteBuffer out = ByteBuffer.allocate(size(Role.SERVER, payload.remaining()));
        write(out, kind, payload);
        return out.flip();
    }

    static int frame(int firstByte, ByteBuffer payload, ByteBuffer out) {
        int length = payload.remaining();
        int size = size(Role.SERVER, length);
        requireRoom(out, size);
        head(firstByte, 0, length, out);
        int at = out.position();
        out.put(at, payload, payload.position(), length);
        out.position(at + length);
        return size;
    }

    static int frameMasked(int firstByte, ByteBuffer payload, int maskKey, ByteBuffer out) {
        int length = payload.remaining();
        int size = size(Role.CLIENT, length);
        requireRoom(out, size);
        head(firstByte, MASKED, length, out);
        int at = out.position();
        for (int i = 0; i < 4; i++) {
            out.put(at + i, (byte) (maskKey >> 24 - 8 * i));
        }
        Words.move(payload, payload.position(), out, at + 4, length, maskKey);
        out.position(at + 4 + length);
        return size;
    }

    /** The first bytes, up to the length in its shortest form (RFC 6455 §5.2), whatever the buffer's byte order. */
    private static void head(int firstByte, int maskBit, int length, ByteBuffer out) {
        out.put((byte) firstByte);
        if (length <= 125) {
            out.put((byte) (maskBit | length));
        } else if (length <= 0xffff) {
            out.put((byte) (maskBit | 126)).put((byte) (length >> 8)).put((byte) length);
        } else {
            out.put((byte) (maskBit | 127));
            for (int shift = 56; shift >= 0; shift -= 8) {
                out.put((byte) ((long) length >> shift));
            }
        }
    }

    private static void requireRoom(ByteBuffer out, int size) {
        if (out.remaining() < size) {
            throw new IllegalArgumentException("frame of " + size + " bytes, room for " + out.remaining());
        }
    }
}
