package dev.openline.net;

/**
 * What a machine was told at birth; {@link RedialOptions} checks the values and has the defaults.
 *
 * @param backoff delays between dials
 * @param budget when to give up
 * @param steadyAfterMillis how long a line must be open for the failures before it to be forgotten
 * @param longestHintMillis what a longer wish of the server is cut to
 */
record RedialSettings(Backoff backoff, Budget budget, long steadyAfterMillis, long longestHintMillis) {
    /**
     * Both count from the start, and anew from each line that lasted.
     *
     * @param maxAttempts dials; {@link Integer#MAX_VALUE} for any number
     * @param giveUpAfterMillis time; {@link Long#MAX_VALUE} for ever
     */
    record Budget(int maxAttempts, long giveUpAfterMillis) {
        static final Budget ENDLESS = new Budget(Integer.MAX_VALUE, Long.MAX_VALUE);
    }
}
