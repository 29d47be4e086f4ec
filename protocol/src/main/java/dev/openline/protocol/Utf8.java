package dev.openline.protocol;

/** Strict UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF. */
final class Utf8 {
    private Utf8() {}

    /** Whether {@code bytes} from {@code from} to {@code to} (exclusive) are whole, valid UTF-8. */
    static boolean isValid(byte[] bytes, int from, int to) {
        int at = from;
        while (at < to) {
            if (bytes[at] >= 0) {
                at++;
                continue;
            }
            int length = sequenceLength(bytes, at, to);
            if (length == 0) return false;
            at += length;
        }
        return true;
    }

    /** Length of the sequence of two to four bytes at {@code at}, or 0 when it is broken; RFC 3629 §4 has the table. */
    private static int sequenceLength(byte[] bytes, int at, int to) {
        int first = bytes[at] & 0xFF;
        int length = first < 0xC2 ? 0 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : first < 0xF5 ? 4 : 0;
        if (length == 0 || to - at < length) return 0;
        for (int i = 1; i < length; i++) if ((bytes[at + i] & 0xC0) != 0x80) return 0;
        int second = bytes[at + 1] & 0xFF;
        return switch (first) {
            case 0xE0 -> second >= 0xA0 ? length : 0;
            case 0xED -> second <= 0x9F ? length : 0;
            case 0xF0 -> second >= 0x90 ? length : 0;
            case 0xF4 -> second <= 0x8F ? length : 0;
            default -> length;
        };
    }

    /** Whether every surrogate of {@code text} has its other half. */
    static boolean isWellFormed(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (!Character.isSurrogate(c)) continue;
            if (Character.isLowSurrogate(c) || i + 1 == text.length()) return false;
            if (!Character.isLowSurrogate(text.charAt(++i))) return false;
        }
        return true;
    }
}
