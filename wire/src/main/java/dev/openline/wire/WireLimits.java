package dev.openline.wire;

/**
 * What a peer may make one connection hold. Limits bind what is received; what is sent is the caller's business.
 *
 * @param maxFrameBytes payload of one data frame, at least 125; a frame that announces more fails with 1009 at its head
 * @param maxMessageBytes payload of one message, all fragments together, at least 125; over it fails with 1009 at the
 *     head of the frame that would exceed it
 * @param maxFragments frames one message may come in, at least 1, empty ones counted; one more fails with 1008
 */
public record WireLimits(int maxFrameBytes, int maxMessageBytes, int maxFragments) {
    /** 1 MiB per frame, 1 MiB per message, 1024 fragments. */
    public static final WireLimits DEFAULT = new WireLimits(1 << 20, 1 << 20, 1024);

    /** @throws IllegalArgumentException when a limit is below its minimum */
    public WireLimits {
        if (maxFrameBytes < 125) {
            throw new IllegalArgumentException(
                    "maxFrameBytes " + maxFrameBytes + " < 125: a control frame would be over");
        }
        if (maxMessageBytes < 125) {
            throw new IllegalArgumentException(
                    "maxMessageBytes " + maxMessageBytes + " < 125: less than a control frame");
        }
        if (maxFragments < 1) {
            throw new IllegalArgumentException("maxFragments " + maxFragments + " < 1: no message could come");
        }
    }
}
