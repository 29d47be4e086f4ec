package dev.openline.wire;

/**
 * How one direction of a connection is compressed.
 *
 * @param takeover whether messages may refer to earlier ones
 * @param windowBits how far back they may refer, as a power of two: 8 (256 bytes) to 15 (32 KiB)
 */
public record DeflateContext(ContextTakeover takeover, int windowBits) {
    /** The smallest window that can be agreed on, 256 bytes (RFC 7692 §7.1.2). */
    public static final int MIN_WINDOW_BITS = 8;

    /** The largest window there is, 32 KiB (RFC 1951 §2). */
    public static final int MAX_WINDOW_BITS = 15;

    /** Each message for itself, with the largest window. */
    public static final DeflateContext NO_TAKEOVER = new DeflateContext(ContextTakeover.NO, MAX_WINDOW_BITS);

    /** Messages refer to earlier ones, with the largest window. */
    public static final DeflateContext TAKEOVER = new DeflateContext(ContextTakeover.YES, MAX_WINDOW_BITS);

    /** @throws IllegalArgumentException when the window is not between 8 and 15 bits */
    public DeflateContext {
        if (windowBits < MIN_WINDOW_BITS || windowBits > MAX_WINDOW_BITS) {
            throw new IllegalArgumentException("windowBits " + windowBits + " is not in 8–15");
        }
    }

    /** The same with another window. */
    public DeflateContext withWindowBits(int bits) {
        return new DeflateContext(takeover, bits);
    }

    /** The window in bytes. */
    public int windowBytes() {
        return 1 << windowBits;
    }

    boolean isTakenOver() {
        return takeover == ContextTakeover.YES;
    }
}
