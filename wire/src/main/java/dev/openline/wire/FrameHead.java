package dev.openline.wire;

/**
 * What a frame says about itself, for a {@link FrameTap}.
 *
 * @param type what it carries
 * @param fragment where it stands in its message; control frames are always whole
 * @param payloadBytes length of its payload
 */
public record FrameHead(FrameType type, Fragment fragment, int payloadBytes) {
    /** From the first byte of a frame that was found valid. */
    static FrameHead of(int firstByte, int payloadBytes) {
        return new FrameHead(FrameType.ofOpcode(firstByte & 0x0f), Fragment.of(firstByte), payloadBytes);
    }
}
