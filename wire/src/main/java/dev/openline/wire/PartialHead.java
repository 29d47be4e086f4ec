package dev.openline.wire;

/** A frame's head that ends beyond the bytes at hand, taken byte by byte (RFC 6455 §5.2). Rare, so made on demand. */
final class PartialHead {
    private int taken;
    private int firstByte;
    private int secondByte;
    private int lengthEnd;
    private long length;
    private int maskKey;

    void take(byte b) {
        taken++;
        if (taken == 1) {
            firstByte = b;
        } else if (taken == 2) {
            secondByte = b;
            lengthEnd = lengthEnd(b);
            length = lengthEnd == 2 ? b & 0x7f : 0;
        } else if (taken <= lengthEnd) {
            length = length << 8 | b & 0xff;
        } else {
            maskKey = maskKey << 8 | b & 0xff;
        }
    }

    /** Bytes up to the end of the length, by the second byte. */
    static int lengthEnd(int secondByte) {
        return switch (secondByte & 0x7f) {
            case 126 -> 4;
            case 127 -> 10;
            default -> 2;
        };
    }

    int taken() {
        return taken;
    }

    boolean lengthIsKnown() {
        return taken >= 2 && taken == lengthEnd;
    }

    boolean isWhole() {
        return taken >= 2 && taken == lengthEnd + (secondByte < 0 ? 4 : 0);
    }

    int firstByte() {
        return firstByte;
    }

    int secondByte() {
        return secondByte;
    }

    long length() {
        return length;
    }

    int maskKey() {
        return maskKey;
    }
}
