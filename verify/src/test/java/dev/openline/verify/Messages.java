package dev.openline.verify;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.stream.IntStream;

/** Messages of the sizes at which a frame spells its length in another form (RFC 6455 §5.2), and of some around them. */
final class Messages {
    static final int LARGEST = 1_000_000;

    /** One letter of each length that UTF-8 knows: 1, 2, 3 and 4 bytes. */
    private static final String LETTERS = "aé€𝄞";

    private static final int LETTERS_BYTES = LETTERS.getBytes(StandardCharsets.UTF_8).length;

    private Messages() {}

    /** Sizes in bytes, for parameterized tests. */
    static IntStream sizes() {
        return IntStream.of(0, 1, 125, 126, 127, 65_535, 65_536, 65_537, LARGEST);
    }

    /** A text that takes this many bytes in UTF-8, of letters of all lengths where they fit. */
    static String text(int bytes) {
        return LETTERS.repeat(bytes / LETTERS_BYTES) + "x".repeat(bytes % LETTERS_BYTES);
    }

    /** Bytes of all values, in no order that a lost or doubled block would keep. */
    static ByteBuffer binary(int bytes) {
        ByteBuffer data = ByteBuffer.allocate(bytes);
        for (int i = 0; i < bytes; i++) data.put(i, (byte) (i * 31 + (i >> 8) * 7 + (i >> 16)));
        return data;
    }

    /** The bytes of a short text, for control frames. */
    static ByteBuffer bytes(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }
}
