package dev.openline.wire;

import java.nio.ByteBuffer;

/**
 * Checks UTF-8 (RFC 3629) that comes in pieces. A state is an int: {@link #BETWEEN} characters, {@link #BROKEN} for
 * good, or inside a character: how many continuation bytes are due and between which bounds the next one must be. The
 * bounds carry the three things a plain bit pattern misses: overlong forms, surrogates, and values past U+10FFFF.
 */
final class Utf8 {
    static final int BETWEEN = 0;
    static final int BROKEN = -1;

    private static final int ONE_DUE = 1 << 16 | 0x80 << 8 | 0xBF;
    private static final int TWO_DUE = 2 << 16 | 0x80 << 8 | 0xBF;
    private static final int THREE_DUE = 3 << 16 | 0x80 << 8 | 0xBF;

    private Utf8() {}

    /** The state after the bytes of a buffer from one index to another; stops at the first bad byte. */
    static int check(int state, ByteBuffer bytes, int from, int to) {
        int s = state;
        int i = from;
        while (i < to && s != BROKEN) {
            if (s == BETWEEN) {
                i = Words.skipAscii(bytes, i, to);
                if (i == to) {
                    return s;
                }
                s = first(bytes.get(i) & 0xff);
            } else {
                s = next(s, bytes.get(i) & 0xff);
            }
            i++;
        }
        return s;
    }

    private static int first(int b) {
        if (b < 0x80) {
            return BETWEEN;
        }
        if (b < 0xE0) {
            return b < 0xC2 ? BROKEN : ONE_DUE;
        }
        if (b < 0xF0) {
            return switch (b) {
                case 0xE0 -> 2 << 16 | 0xA0 << 8 | 0xBF;
                case 0xED -> 2 << 16 | 0x80 << 8 | 0x9F;
                default -> TWO_DUE;
            };
        }
        return switch (b) {
            case 0xF0 -> 3 << 16 | 0x90 << 8 | 0xBF;
            case 0xF1, 0xF2, 0xF3 -> THREE_DUE;
            case 0xF4 -> 3 << 16 | 0x80 << 8 | 0x8F;
            default -> BROKEN;
        };
    }

    private static int next(int state, int b) {
        if (b < (state >> 8 & 0xff) || b > (state & 0xff)) {
            return BROKEN;
        }
        return switch (state >> 16) {
            case 1 -> BETWEEN;
            case 2 -> ONE_DUE;
            default -> TWO_DUE;
        };
    }
}
