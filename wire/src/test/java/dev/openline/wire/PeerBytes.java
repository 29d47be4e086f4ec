package dev.openline.wire;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/**
 * Bytes as a peer sends them, frame by frame, written without any of the code under test. A client's frames are masked,
 * each with another key.
 */
final class PeerBytes {
    static final int FIN = 0x80;
    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;
    static final int PING = 0x9;
    static final int PONG = 0xA;

    private final Role sender;
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private int key = 0x37fa213d;

    private PeerBytes(Role sender) {
        this.sender = sender;
    }

    /** What this reader is sent. */
    static PeerBytes to(Role reader) {
        return new PeerBytes(reader.peer());
    }

    PeerBytes text(String text) {
        return frame(FIN | TEXT, text.getBytes(StandardCharsets.UTF_8));
    }

    PeerBytes binary(String hex) {
        return frame(FIN | BINARY, hex);
    }

    PeerBytes ping(String hex) {
        return frame(FIN | PING, hex);
    }

    PeerBytes pong(String hex) {
        return frame(FIN | PONG, hex);
    }

    PeerBytes close(int code, String reason) {
        return frame(FIN | CLOSE, String.format("%04x", code) + Hex.of(reason.getBytes(StandardCharsets.UTF_8)));
    }

    PeerBytes frame(int firstByte, String hex) {
        return frame(firstByte, Hex.bytes(hex));
    }

    /** With the shortest length. */
    PeerBytes frame(int firstByte, byte[] payload) {
        int form = payload.length <= 125 ? payload.length : payload.length <= 65535 ? 126 : 127;
        return head(firstByte, form, payload.length).payload(payload);
    }

    /** A frame whose payload is not all there. */
    PeerBytes unfinished(int firstByte, int announced, String hex) {
        int form = announced <= 125 ? announced : announced <= 65535 ? 126 : 127;
        return head(firstByte, form, announced).payload(Hex.bytes(hex));
    }

    /** Up to the length, in whatever form: 0 to 125, 126 or 127. */
    PeerBytes head(int firstByte, int form, long length) {
        bytes.write(firstByte);
        bytes.write((sender == Role.CLIENT ? 0x80 : 0) | form);
        int extended = form == 126 ? 2 : form == 127 ? 8 : 0;
        for (int i = extended - 1; i >= 0; i--) {
            bytes.write((int) (length >> 8 * i));
        }
        return this;
    }

    /** The key, if this sender masks, and the payload. */
    PeerBytes payload(byte[] payload) {
        if (sender == Role.CLIENT) {
            key = key * 31 + 7;
            for (int i = 0; i < 4; i++) {
                bytes.write(key >> 24 - 8 * i);
            }
        }
        for (int i = 0; i < payload.length; i++) {
            bytes.write(payload[i] ^ (sender == Role.CLIENT ? key >> 24 - 8 * (i % 4) : 0));
        }
        return this;
    }

    PeerBytes raw(String hex) {
        bytes.writeBytes(Hex.bytes(hex));
        return this;
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }
}
