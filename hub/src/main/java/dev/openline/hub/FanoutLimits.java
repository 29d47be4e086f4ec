package dev.openline.hub;

/**
 * How much of the logs one line may have under way when it catches up.
 *
 * @param pageLimit publications in one page, which ends earlier at {@link ShardLimits#pageBytes}. Default 64
 * @param readsPerPipe pages asked for and not yet arrived, of all lagging subscriptions of one line; the others wait their turn. Also the turns
 *     of one line before the other lines have theirs. Default 4
 */
public record FanoutLimits(int pageLimit, int readsPerPipe) {
    public static final FanoutLimits DEFAULT = new FanoutLimits(64, 4);

    /** @throws IllegalArgumentException if one is below 1 */
    public FanoutLimits {
        ShardLimits.atLeastOne("pageLimit", pageLimit);
        ShardLimits.atLeastOne("readsPerPipe", readsPerPipe);
    }
}
