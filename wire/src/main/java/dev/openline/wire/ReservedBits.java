package dev.openline.wire;

/**
 * Which of the three reserved bits the negotiated extensions own (RFC 6455 §5.2, §9). A bit nobody owns must be zero.
 * An owned bit is allowed on the frame that opens a message, never on continuations or control frames (RFC 7692 §6.1).
 * They come with an {@link ExtensionNegotiation.Agreement}; outside this package there is only {@link #NONE} to choose.
 */
public final class ReservedBits {
    /** No extension was negotiated: all three must be zero. */
    public static final ReservedBits NONE = new ReservedBits(0);

    private final int bits;

    private ReservedBits(int bits) {
        this.bits = bits;
    }

    /** Bits in their place in a frame's first byte: 0x40, 0x20, 0x10. */
    static ReservedBits owning(int bits) {
        if ((bits & ~0x70) != 0) {
            throw new IllegalArgumentException("not reserved bits: 0x" + Integer.toHexString(bits));
        }
        return new ReservedBits(bits);
    }

    int bits() {
        return bits;
    }
}
