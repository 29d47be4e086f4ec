package dev.openline.server;

/**
 * What bounds one request to the HTTP API, besides {@link dev.openline.net.ServerOptions#maxHttpBodyBytes} (1 MiB, else 413). A call
 * beyond one of these is answered with error 107, whose text names it.
 *
 * @param maxBroadcastChannels channels of one broadcast; default 1,000
 * @param maxBatchCommands commands of one batch, or lines of one request to the legacy endpoint; default 1,000
 * @param maxInFlight publishes of one request that are under way at the same time, the others of it wait; default 64
 * @param maxTextBytes bytes of UTF-8 of an id, key, pattern, cursor, epoch or tag; default 1,024
 * @param maxListedChannels channels in one answer to {@code channels}; default 10,000
 * @param maxAnswerBytes payload bytes of publications in one answer; of a batch, further {@code history} is answered with error 107. Default 16 MiB
 * @param maxConnectionsPage connections in one answer to {@code connections}, however many were asked for; default 1,000
 */
public record ApiLimits(
        int maxBroadcastChannels,
        int maxBatchCommands,
        int maxInFlight,
        int maxTextBytes,
        int maxListedChannels,
        int maxAnswerBytes,
        int maxConnectionsPage) {
    public static final ApiLimits DEFAULT = new ApiLimits(1_000, 1_000, 64, 1_024, 10_000, 16 << 20, 1_000);

    /** @throws IllegalArgumentException if one is not positive */
    public ApiLimits {
        atLeastOne("maxBroadcastChannels", maxBroadcastChannels);
        atLeastOne("maxBatchCommands", maxBatchCommands);
        atLeastOne("maxInFlight", maxInFlight);
        atLeastOne("maxTextBytes", maxTextBytes);
        atLeastOne("maxListedChannels", maxListedChannels);
        atLeastOne("maxAnswerBytes", maxAnswerBytes);
        atLeastOne("maxConnectionsPage", maxConnectionsPage);
    }

    /** The same with another {@link #maxBroadcastChannels}. */
    public ApiLimits withMaxBroadcastChannels(int channels) {
        return new ApiLimits(
                channels,
                maxBatchCommands,
                maxInFlight,
                maxTextBytes,
                maxListedChannels,
                maxAnswerBytes,
                maxConnectionsPage);
    }

    /** The same with another {@link #maxBatchCommands}. */
    public ApiLimits withMaxBatchCommands(int commands) {
        return new ApiLimits(
                maxBroadcastChannels,
                commands,
                maxInFlight,
                maxTextBytes,
                maxListedChannels,
                maxAnswerBytes,
                maxConnectionsPage);
    }

    /** The same with another {@link #maxInFlight}. */
    public ApiLimits withMaxInFlight(int publishes) {
        return new ApiLimits(
                maxBroadcastChannels,
                maxBatchCommands,
                publishes,
                maxTextBytes,
                maxListedChannels,
                maxAnswerBytes,
                maxConnectionsPage);
    }

    /** The same with another {@link #maxTextBytes}. */
    public ApiLimits withMaxTextBytes(int bytes) {
        return new ApiLimits(
                maxBroadcastChannels,
                maxBatchCommands,
                maxInFlight,
                bytes,
                maxListedChannels,
                maxAnswerBytes,
                maxConnectionsPage);
    }

    /** The same with another {@link #maxListedChannels}. */
    public ApiLimits withMaxListedChannels(int channels) {
        return new ApiLimits(
                maxBroadcastChannels,
                maxBatchCommands,
                maxInFlight,
                maxTextBytes,
                channels,
                maxAnswerBytes,
                maxConnectionsPage);
    }

    /** The same with another {@link #maxAnswerBytes}. */
    public ApiLimits withMaxAnswerBytes(int bytes) {
        return new ApiLimits(
                maxBroadcastChannels,
                maxBatchCommands,
                maxInFlight,
                maxTextBytes,
                maxListedChannels,
                bytes,
                maxConnectionsPage);
    }

    /** The same with another {@link #maxConnectionsPage}. */
    public ApiLimits withMaxConnectionsPage(int connections) {
        return new ApiLimits(
                maxBroadcastChannels,
                maxBatchCommands,
                maxInFlight,
                maxTextBytes,
                maxListedChannels,
                maxAnswerBytes,
                connections);
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) throw new IllegalArgumentException(name + " " + value + " < 1");
    }
}
