package dev.openline.wire;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Reads DEFLATE (RFC 1951) bit by bit, as slowly and plainly as it is written there, with none of the code under test; and notes how far
 * back a stream refers.
 */
final class NaiveInflater {
    private static final int[] LENGTH_BASE = {
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258
    };
    private static final int[] LENGTH_BITS = {
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0
    };
    private static final int[] DISTANCE_BASE = {
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145, 8193, 12289, 16385, 24577
    };
    private static final int[] CODE_ORDER = {16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15};

    private final List<Byte> out = new ArrayList<>();
    private byte[] in = {};
    private int bit;
    private int farthest;

    /** One message's payload, its stripped end put back; what came before it stays in reach. */
    byte[] message(byte[] payload) {
        int from = out.size();
        in = Arrays.copyOf(payload, payload.length + 4);
        in[in.length - 1] = -1;
        in[in.length - 2] = -1;
        bit = 0;
        while (bit < in.length * 8) {
            block();
        }
        byte[] said = new byte[out.size() - from];
        for (int i = 0; i < said.length; i++) {
            said[i] = out.get(from + i);
        }
        return said;
    }

    /** The largest distance of any reference so far. */
    int farthest() {
        return farthest;
    }

    /** How many bytes the messages had so far. */
    int size() {
        return out.size();
    }

    private void block() {
        bits(1);
        switch (bits(2)) {
            case 0 -> stored();
            case 1 -> coded(fixedLengths(), new Code(filled(30, 5)));
            case 2 -> dynamic();
            default -> throw new AssertionError("block of the type that is reserved");
        }
    }

    private void stored() {
        bit = (bit + 7) / 8 * 8;
        int length = bits(16);
        if (bits(16) != (~length & 0xffff)) {
            throw new AssertionError("length of a stored block is broken");
        }
        for (int i = 0; i < length; i++) {
            out.add((byte) bits(8));
        }
    }

    private void dynamic() {
        int literals = bits(5) + 257;
        int distances = bits(5) + 1;
        int codes = bits(4) + 4;
        int[] first = new int[19];
        for (int i = 0; i < codes; i++) {
            first[CODE_ORDER[i]] = bits(3);
        }
        Code lengths = new Code(first);
        int[] all = new int[literals + distances];
        int i = 0;
        while (i < all.length) {
            int symbol = lengths.next();
            if (symbol < 16) {
                all[i++] = symbol;
            } else {
                int repeated = symbol == 16 ? all[i - 1] : 0;
                int times = symbol == 16 ? 3 + bits(2) : symbol == 17 ? 3 + bits(3) : 11 + bits(7);
                for (int n = 0; n < times; n++) {
                    all[i++] = repeated;
                }
            }
        }
        coded(new Code(Arrays.copyOf(all, literals)), new Code(Arrays.copyOfRange(all, literals, all.length)));
    }

    private void coded(Code literals, Code distances) {
        for (int symbol = literals.next(); symbol != 256; symbol = literals.next()) {
            if (symbol < 256) {
                out.add((byte) symbol);
                continue;
            }
            int length = LENGTH_BASE[symbol - 257] + bits(LENGTH_BITS[symbol - 257]);
            int code = distances.next();
            int distance = DISTANCE_BASE[code] + bits(Math.max(0, code / 2 - 1));
            farthest = Math.max(farthest, distance);
            for (int n = 0; n < length; n++) {
                out.add(out.get(out.size() - distance));
            }
        }
    }

    private Code fixedLengths() {
        int[] lengths = filled(288, 8);
        Arrays.fill(lengths, 144, 256, 9);
        Arrays.fill(lengths, 256, 280, 7);
        return new Code(lengths);
    }

    private static int[] filled(int size, int value) {
        int[] filled = new int[size];
        Arrays.fill(filled, value);
        return filled;
    }

    /** The lowest bit first (RFC 1951 §3.1.1). */
    private int bits(int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value |= (in[bit / 8] >> bit % 8 & 1) << i;
            bit++;
        }
        return value;
    }

    /** A Huffman code by the lengths of its codes (RFC 1951 §3.2.2), read with the highest bit first. */
    private final class Code {
        private final int[] lengths;

        Code(int[] lengths) {
            this.lengths = lengths;
        }

        int next() {
            int value = 0;
            int first = 0;
            for (int length = 1; length <= 15; length++) {
                value = value << 1 | bits(1);
                first <<= 1;
                int count = 0;
                for (int symbol = 0; symbol < lengths.length; symbol++) {
                    if (lengths[symbol] == length) {
                        if (first + count == value) {
                            return symbol;
                        }
                        count++;
                    }
                }
                first += count;
            }
            throw new AssertionError("no such code");
        }
    }
}
