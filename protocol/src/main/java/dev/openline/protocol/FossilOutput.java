package dev.openline.protocol;

import java.util.Arrays;

/** A patch being written, which is given up once it gets as long as what it stands for. */
final class FossilOutput {
    private static final int SIZE_AT_FIRST = 256;

    private final int limit;
    private byte[] bytes;
    private int size;
    private boolean full;

    /** A patch that has to be shorter than {@code limit} bytes. */
    FossilOutput(int limit) {
        this.limit = limit;
        this.bytes = new byte[Math.min(limit, SIZE_AT_FIRST)];
    }

    /** How many digits {@code number}, taken as unsigned, is written with. */
    static int digits(int number) {
        int digits = 1;
        for (int rest = number >>> 6; rest != 0; rest >>>= 6) digits++;
        return digits;
    }

    /** Writes {@code number}, taken as unsigned, and what ends it. */
    void number(int number, char end) {
        int digits = digits(number);
        if (!room(digits + 1)) return;
        for (int shift = 6 * (digits - 1); shift >= 0; shift -= 6) {
            bytes[size++] = (byte) FossilDelta.DIGITS.charAt(number >>> shift & 63);
        }
        bytes[size++] = (byte) end;
    }

    /** Writes bytes as they are. */
    void bytes(byte[] source, int from, int to) {
        if (!room(to - from)) return;
        System.arraycopy(source, from, bytes, size, to - from);
        size += to - from;
    }

    private boolean room(int more) {
        if (more >= limit - size) full = true;
        if (full) return false;
        if (more > bytes.length - size) {
            int doubled = (int) Math.min(limit, 2L * bytes.length);
            bytes = Arrays.copyOf(bytes, Math.max(doubled, size + more));
        }
        return true;
    }

    /** Whether the limit was reached; nothing is written any more. */
    boolean isFull() {
        return full;
    }

    byte[] written() {
        return Arrays.copyOf(bytes, size);
    }
}
