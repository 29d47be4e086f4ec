package dev.openline.hub;

/**
 * How often may be published on a channel; beyond it a publish is answered with {@code too many requests}. What is saved up by being quiet is one
 * second's worth.
 *
 * @param perChannel publications per second from all publishers; 0 for no limit, which is the default
 * @param perClient publications per second of one connection on one channel; 0 for no limit, which is the default
 */
public record PublishRates(int perChannel, int perClient) {
    public static final PublishRates UNLIMITED = new PublishRates(0, 0);

    /** @throws IllegalArgumentException if one is negative */
    public PublishRates {
        if (perChannel < 0) throw new IllegalArgumentException("publish rate per channel " + perChannel + " < 0");
        if (perClient < 0) throw new IllegalArgumentException("publish rate per client " + perClient + " < 0");
    }
}
