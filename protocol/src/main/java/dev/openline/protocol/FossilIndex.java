package dev.openline.protocol;

/**
 * Where a base has blocks of {@link #BLOCK} bytes, found by a hash that can be rolled on byte by byte over a target. Blocks are cut at
 * multiples of their size, so the index takes between half a byte and one byte for each byte of the base. Blocks with the same hash are chained; how far a
 * chain is followed is for the reader to bound.
 */
final class FossilIndex {
    static final int BLOCK = 16;

    /** An odd number without a pattern, so that all bits of all bytes count. */
    private static final int FACTOR = 0x2C9277B5;

    private static final int SPREAD = 0x9E3779B1;

    /** What the byte that leaves the window was multiplied with since it came. */
    private static final int FACTOR_OF_OLDEST = power(BLOCK);

    /** By a hash's first bits: the number of a block, plus one; 0 where there is none. */
    private final int[] heads;

    /** By a block's number: the next one of the same chain, plus one. */
    private final int[] nexts;

    private final int shift;

    FossilIndex(byte[] base) {
        int blocks = base.length / BLOCK;
        int bits = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(blocks));
        this.heads = new int[1 << bits];
        this.nexts = new int[blocks];
        this.shift = Integer.SIZE - bits;
        // From the last to the first, so that the first of equal blocks is found first: it has most behind it.
        for (int block = blocks - 1; block >= 0; block--) {
            int slot = slot(hash(base, block * BLOCK));
            nexts[block] = heads[slot];
            heads[slot] = block + 1;
        }
    }

    private static int power(int exponent) {
        int power = 1;
        for (int i = 0; i < exponent; i++) power *= FACTOR;
        return power;
    }

    /** The hash of the block that begins at {@code at}. */
    static int hash(byte[] bytes, int at) {
        int hash = 0;
        for (int i = at; i < at + BLOCK; i++) hash = hash * FACTOR + bytes[i];
        return hash;
    }

    /** The hash of the block at {@code at + 1}, from the one of the block at {@code at}. */
    static int rolled(int hash, byte[] bytes, int at) {
        return hash * FACTOR + bytes[at + BLOCK] - bytes[at] * FACTOR_OF_OLDEST;
    }

    private int slot(int hash) {
        return hash * SPREAD >>> shift;
    }

    /** The number of a block that may have this hash; -1 if none has. */
    int first(int hash) {
        return heads[slot(hash)] - 1;
    }

    /** The number of another block that may have the same hash; -1 if there are no more. */
    int after(int block) {
        return nexts[block] - 1;
    }
}
