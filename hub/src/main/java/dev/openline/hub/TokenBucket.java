package dev.openline.hub;

/**
 * So much per second, and one second's worth at once after a quiet second. Exact: it counts in thousandths, of which each millisecond brings as many
 * as there are tokens in a second.
 *
 * <p>Time is an argument, in milliseconds; a clock that steps back brings nothing and takes nothing. One caller at a time.
 */
public final class TokenBucket {
    private static final long TOKEN = 1_000;

    private final int perSecond;
    private long thousandths;
    private long filledAt;

    /**
     * A full bucket.
     *
     * @param perSecond tokens per second, and how many it holds at most
     * @throws IllegalArgumentException if that is below 1
     */
    public TokenBucket(int perSecond, long now) {
        ShardLimits.atLeastOne("perSecond", perSecond);
        this.perSecond = perSecond;
        thousandths = capacity();
        filledAt = now;
    }

    /** Takes one token; false if there is none, and then nothing has changed. */
    public boolean take(long now) {
        if (now > filledAt) {
            // More than a second's worth does not fit, however long it was: so nothing overflows.
            long elapsed = Math.min(now - filledAt, 1_000);
            thousandths = Math.min(capacity(), thousandths + elapsed * perSecond);
            filledAt = now;
        }
        if (thousandths < TOKEN) return false;
        thousandths -= TOKEN;
        return true;
    }

    /** From when on it is full, if nothing is taken: then a new one is as good as this. */
    public long fullAt() {
        return filledAt + (capacity() - thousandths + perSecond - 1) / perSecond;
    }

    private long capacity() {
        return TOKEN * perSecond;
    }
}
