package dev.openline.wire;

/**
 * What a frame says about itself, for a {@link FrameTap}.
 *
 * @param type what it carries
 * @param fragment where it stands in its message; control frames are always whole
 * @param payloadBytes length of its payload
 * @param deflated whether it opens a compressed message (RFC 7692 §6)
 * @param shownBytes length of what its preview is from: of the message where a frame holds a compressed one whole, otherwise of the payload
 */
public record FrameHead(FrameType type, Fragment fragment, int payloadBytes, boolean deflated, int shownBytes) {
    /** From the first byte of a frame that was found valid. */
    static FrameHead of(int firstByte, int payloadBytes) {
        return new FrameHead(
                FrameType.ofOpcode(firstByte & 0x0f), Fragment.of(firstByte), payloadBytes, false, payloadBytes);
    }

    /** The same for a frame that opens a compressed message. */
    static FrameHead deflated(int firstByte, int payloadBytes, int shownBytes) {
        return new FrameHead(
                FrameType.ofOpcode(firstByte & 0x0f), Fragment.of(firstByte), payloadBytes, true, shownBytes);
    }
}
