package dev.openline.protocol;

import java.util.Arrays;

/**
 * Raw line breaks would cut a frame in two: {@code \n} separates the messages of a frame, and SSE splits lines at {@code \r} too. In valid
 * JSON they stand only between tokens (RFC 8259 §7 has them escaped in strings), so leaving them out changes nothing.
 */
final class LineBreaks {
    private LineBreaks() {}

    /** {@code bytes} themselves if they have no raw line breaks, else a copy without them. */
    static byte[] cutOut(byte[] bytes) {
        for (byte b : bytes) if (isBreak(b)) return cutOut(bytes, 0, bytes.length);
        return bytes;
    }

    /** A copy of {@code bytes} from {@code start} to {@code end} (exclusive), without raw line breaks. */
    static byte[] cutOut(byte[] bytes, int start, int end) {
        int breaks = 0;
        for (int i = start; i < end; i++) if (isBreak(bytes[i])) breaks++;
        if (breaks == 0) return Arrays.copyOfRange(bytes, start, end);
        byte[] kept = new byte[end - start - breaks];
        int at = 0;
        for (int i = start; i < end; i++) if (!isBreak(bytes[i])) kept[at++] = bytes[i];
        return kept;
    }

    private static boolean isBreak(byte b) {
        return b == '\n' || b == '\r';
    }
}
