package dev.openline.wire;

import org.jspecify.annotations.Nullable;

/**
 * What the head of a frame must look like (RFC 6455 §5.2 to §5.5), in the order its bytes come, so that a rule is found
 * broken at the same byte however the stream was cut. Bytes are signed, as Java has them.
 *
 * @param reader who reads; the frames are the other's
 */
record HeadRules(Role reader, WireLimits limits, ReservedBits reserved) {
    private static final int FIN = 0x80;

    /** Most connections of a process read by the same rules, and need not have their own. */
    private static volatile @Nullable HeadRules latest;

    static HeadRules of(Role reader, WireLimits limits, ReservedBits reserved) {
        HeadRules known = latest;
        if (known != null && known.reader == reader && known.limits.equals(limits) && known.reserved == reserved) {
            return known;
        }
        HeadRules rules = new HeadRules(reader, limits, reserved);
        latest = rules;
        return rules;
    }

    /**
     * The first byte.
     *
     * @param message the message the peer is in the middle of, or null between messages
     */
    void first(int b, @Nullable MessageAssembly message) {
        int opcode = b & 0x0f;
        switch (opcode) {
            case 0x0 -> {
                noReservedBits(b, 0);
                if (message == null) {
                    throw broken("§5.4", "continuation of no message");
                }
                oneMoreFragment(message);
            }
            case 0x1, 0x2 -> {
                noReservedBits(b, reserved.bits());
                if (message != null) {
                    throw broken("§5.4", "new message inside a fragmented one");
                }
            }
            case 0x8, 0x9, 0xA -> {
                noReservedBits(b, 0);
                if ((b & FIN) == 0) {
                    throw broken("§5.5", "control frame in pieces");
                }
            }
            default -> throw broken("§5.2", "unknown opcode " + opcode);
        }
    }

    /** The second byte: the mask bit, and the length as far as it is known here. */
    void second(int firstByte, int b) {
        boolean masked = b < 0;
        if (masked != (reader == Role.SERVER)) {
            throw broken("§5.1", masked ? "masked frame from a server" : "frame without a mask from a client");
        }
        if (isControl(firstByte) && (b & 0x7f) > 125) {
            throw broken("§5.5", "control frame of more than 125 bytes");
        }
    }

    /** The length, with the form it came in, and whether the message may grow by it. */
    void length(int secondByte, long length, @Nullable MessageAssembly message) {
        if (length < 0) {
            throw broken("§5.2", "length with its highest bit set");
        }
        int form = secondByte & 0x7f;
        if (form == 126 && length <= 125 || form == 127 && length <= 0xffff) {
            throw broken("§5.2", "length not in its shortest form");
        }
        if (length > limits.maxFrameBytes()) {
            throw tooBig("frame of " + length + " bytes, at most " + limits.maxFrameBytes());
        }
        int before = message == null ? 0 : message.size();
        if (before + length > limits.maxMessageBytes()) {
            throw tooBig("message of more than " + limits.maxMessageBytes() + " bytes");
        }
    }

    static boolean isControl(int firstByte) {
        return (firstByte & 0x08) != 0;
    }

    private void oneMoreFragment(MessageAssembly message) {
        if (message.fragments() >= limits.maxFragments()) {
            throw new ProtocolViolation(
                    CloseStatus.POLICY_VIOLATION,
                    "RFC 6455 §10.4",
                    "message in more than " + limits.maxFragments() + " fragments");
        }
    }

    private static void noReservedBits(int b, int owned) {
        if ((b & 0x70 & ~owned) != 0) {
            throw broken("§5.2", "reserved bit that nobody negotiated");
        }
    }

    private static ProtocolViolation broken(String section, String text) {
        return new ProtocolViolation(CloseStatus.PROTOCOL_ERROR, "RFC 6455 " + section, text);
    }

    private static ProtocolViolation tooBig(String text) {
        return new ProtocolViolation(CloseStatus.MESSAGE_TOO_BIG, "RFC 6455 §10.4", text);
    }
}
