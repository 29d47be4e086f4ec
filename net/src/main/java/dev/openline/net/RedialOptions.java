package dev.openline.net;

import java.time.Duration;
import java.util.function.Consumer;
import java.util.function.LongUnaryOperator;

/** How a {@link RedialingLine} redials. Every setter checks its value at once and answers the options, for chaining. */
public final class RedialOptions {
    private static final Duration LONGEST = Duration.ofDays(1);

    private Backoff backoff = new Backoff(500, 30_000);
    private RedialSettings.Budget budget = RedialSettings.Budget.ENDLESS;
    private Duration steadyAfter = Duration.ofSeconds(10);
    private Duration longestHint = Duration.ofHours(1);
    private RedialRule rule = RedialRule.STANDARD;
    private Consumer<LineStatus> listener = status -> {};
    private LongUnaryOperator random = bound -> Surroundings.random().nextLong(bound);
    private int maxKeptBytes;

    RedialOptions() {}

    /**
     * Between which bounds the delay before a redial is drawn; default 500 ms and 30 s. It is drawn evenly (full jitter) from a span that
     * begins at the shortest, is as wide as the shortest at first and doubles with each failure in a row, and ends at the longest.
     *
     * @param shortest at least 1 ms
     * @param longest at least {@code shortest}, at most one day
     */
    public RedialOptions delays(Duration shortest, Duration longest) {
        this.backoff = new Backoff(shortest.toMillis(), longest.toMillis());
        return this;
    }

    /**
     * How long a line must be open for the failures before it to be forgotten; default 10 s, 0 to one day. A server that accepts and drops at
     * once is thus backed off like one that refuses.
     */
    public RedialOptions steadyAfter(Duration time) {
        this.steadyAfter = require("steadyAfter", time, Duration.ZERO);
        return this;
    }

    /** How many dials may fail in a row, at least 1; by default any number. Counted anew from each line that lasted {@link #steadyAfter}. */
    public RedialOptions maxAttempts(int dials) {
        if (dials < 1) throw new IllegalArgumentException("maxAttempts " + dials + " < 1");
        this.budget = new RedialSettings.Budget(dials, budget.giveUpAfterMillis());
        return this;
    }

    /**
     * How long to try, 1 ms to 365 days; by default for ever. No dial begins later than this after the start or the end of the last line that
     * lasted {@link #steadyAfter}; when the next one would, the line ends at once.
     */
    public RedialOptions giveUpAfter(Duration time) {
        Duration year = Duration.ofDays(365);
        if (time.compareTo(Duration.ofMillis(1)) < 0 || time.compareTo(year) > 0) {
            throw new IllegalArgumentException("giveUpAfter " + time + " is not between 1 ms and 365 days");
        }
        this.budget = new RedialSettings.Budget(budget.maxAttempts(), time.toMillis());
        return this;
    }

    /**
     * What a longer wish of the server, or of the {@link #rule}, is cut to; default 1 hour, 0 to one day. Otherwise one wrong answer could keep
     * a client away for years.
     */
    public RedialOptions longestHint(Duration delay) {
        this.longestHint = require("longestHint", delay, Duration.ZERO);
        return this;
    }

    /** Which ends are followed by another dial; default {@link RedialRule#STANDARD}. */
    public RedialOptions rule(RedialRule rule) {
        this.rule = rule;
        return this;
    }

    /** Hears of every change of state, on the line's event loop, in one order with the calls of the handler and never at the same time. */
    public RedialOptions onStatus(Consumer<LineStatus> listener) {
        this.listener = listener;
        return this;
    }

    /**
     * Bytes of messages to keep while there is no line, 0 to the lines' {@code maxQueuedBytes}; default 0: such messages are answered {@link
     * SendResult#CLOSED}. What is kept leaves first when the line is open again, in the order of the calls; each message counts {@value
     * KeptMessages#OVERHEAD_BYTES} bytes more than its payload. One message beyond is answered {@link SendResult#QUEUE_FULL}. What is still kept
     * when the line ends for good is lost, and only a tracked send is told.
     */
    public RedialOptions maxKeptBytes(int bytes) {
        if (bytes < 0) throw new IllegalArgumentException("maxKeptBytes " + bytes + " < 0");
        this.maxKeptBytes = bytes;
        return this;
    }

    /** Chance; for tests. */
    RedialOptions random(LongUnaryOperator random) {
        this.random = random;
        return this;
    }

    RedialSettings settings() {
        return new RedialSettings(backoff, budget, steadyAfter.toMillis(), longestHint.toMillis());
    }

    RedialRule rule() {
        return rule;
    }

    Consumer<LineStatus> listener() {
        return listener;
    }

    LongUnaryOperator random() {
        return random;
    }

    int maxKeptBytes() {
        return maxKeptBytes;
    }

    private static Duration require(String name, Duration time, Duration least) {
        if (time.compareTo(least) < 0 || time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(name + " " + time + " is not between " + least + " and one day");
        }
        return time;
    }
}
