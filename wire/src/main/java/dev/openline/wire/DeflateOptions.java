package dev.openline.wire;

/**
 * How one end wants to compress messages (permessage-deflate, RFC 7692). What it says about sizes binds this end alone;
 * the two contexts are what it asks the other end for.
 *
 * <p>Compressed lengths tell an eavesdropper about their content, also under TLS: where a message mixes secrets with text
 * that an attacker can choose, do not compress it (CRIME, BREACH).
 *
 * @param level of compression, 1 (fastest) to 9 (smallest)
 * @param thresholdBytes messages shorter than this are sent as they are, 0 or more
 * @param sending what this end sends: takeover only if allowed here, a window of at most this size
 * @param receiving what this end takes: takeover only if allowed here, a window of at most this size where the peer can
 *     be asked to keep to one
 * @param contextBytes how many bytes of what it sent this end keeps with takeover, at least 1, at most 32,768
 * @param maxRatio how many times its compressed length a received message may grow to, at least 1; beyond it fails with
 *     1008
 * @param ratioFloorBytes received messages up to this length are exempt from {@code maxRatio}, 0 or more
 */
public record DeflateOptions(
        int level,
        int thresholdBytes,
        DeflateContext sending,
        DeflateContext receiving,
        int contextBytes,
        int maxRatio,
        int ratioFloorBytes) {
    private static final int LARGEST_CONTEXT = 1 << DeflateContext.MAX_WINDOW_BITS;

    /**
     * Level 1, from 512 bytes on, no takeover in either direction, a ratio of 200 beyond 1 MiB.
     *
     * <p>Level 1 needs 0.8 (1 KiB) to 0.3 (16 KiB) of the time of level 6 for 3 to 12 % more bytes (JSON, JDK 17), and event loops do this
     * work. Below 512 bytes compressing costs as much as the rest of an echo and rarely saves a packet. A ratio says little about short
     * messages: zeros, or a message repeated with takeover, shrink to a thousandth. Up to 1 MiB, the default bound of a message, they
     * are taken as they are; who allows more is protected by the ratio from there on, since real messages of that length rarely shrink
     * to less than a fiftieth.
     */
    public static final DeflateOptions DEFAULT =
            new DeflateOptions(1, 512, DeflateContext.NO_TAKEOVER, DeflateContext.NO_TAKEOVER, 4 << 10, 200, 1 << 20);

    /** @throws IllegalArgumentException when a number is out of its bounds */
    public DeflateOptions {
        if (level < 1 || level > 9) {
            throw new IllegalArgumentException("level " + level + " is not in 1–9");
        }
        requireAtLeast(0, "thresholdBytes", thresholdBytes);
        requireAtLeast(1, "contextBytes", contextBytes);
        if (contextBytes > LARGEST_CONTEXT) {
            throw new IllegalArgumentException("contextBytes " + contextBytes + " > " + LARGEST_CONTEXT);
        }
        requireAtLeast(1, "maxRatio", maxRatio);
        requireAtLeast(0, "ratioFloorBytes", ratioFloorBytes);
    }

    public DeflateOptions withLevel(int other) {
        return new DeflateOptions(other, thresholdBytes, sending, receiving, contextBytes, maxRatio, ratioFloorBytes);
    }

    public DeflateOptions withThresholdBytes(int bytes) {
        return new DeflateOptions(level, bytes, sending, receiving, contextBytes, maxRatio, ratioFloorBytes);
    }

    public DeflateOptions withSending(DeflateContext other) {
        return new DeflateOptions(level, thresholdBytes, other, receiving, contextBytes, maxRatio, ratioFloorBytes);
    }

    public DeflateOptions withReceiving(DeflateContext other) {
        return new DeflateOptions(level, thresholdBytes, sending, other, contextBytes, maxRatio, ratioFloorBytes);
    }

    public DeflateOptions withContextBytes(int bytes) {
        return new DeflateOptions(level, thresholdBytes, sending, receiving, bytes, maxRatio, ratioFloorBytes);
    }

    /** Another ratio, and the length up to which it does not apply. */
    public DeflateOptions withMaxRatio(int ratio, int floorBytes) {
        return new DeflateOptions(level, thresholdBytes, sending, receiving, contextBytes, ratio, floorBytes);
    }

    private static void requireAtLeast(int least, String name, int value) {
        if (value < least) {
            throw new IllegalArgumentException(name + " " + value + " < " + least);
        }
    }
}
