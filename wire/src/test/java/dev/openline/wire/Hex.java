package dev.openline.wire;

import java.nio.ByteBuffer;
import java.util.HexFormat;

/** Bytes as hexadecimal digits; blanks between them are for the reader. */
final class Hex {
    private Hex() {}

    static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex.replace(" ", ""));
    }

    static ByteBuffer heap(String hex) {
        return ByteBuffer.wrap(bytes(hex));
    }

    static String of(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    /** What is between position and limit, which is consumed. */
    static String of(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return of(bytes);
    }
}
