package dev.openline.wire;

/**
 * How much may come out of one compressed message.
 *
 * @param maxBytes beyond them 1009
 * @param maxRatio times the compressed length; beyond it 1008 …
 * @param ratioFloorBytes … for messages longer than this
 */
record InflateBounds(int maxBytes, int maxRatio, int ratioFloorBytes) {}
