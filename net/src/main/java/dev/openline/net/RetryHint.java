package dev.openline.net;

import dev.openline.wire.CloseStatus;
import dev.openline.wire.Headers;
import io.netty.handler.codec.DateFormatter;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A server's wish about when it is dialled again. A refused upgrade says it in {@code Retry-After}. A Close has no field for it, so a server
 * of ours says {@code retry-after=SECONDS} somewhere in the reason, and a client of ours looks for that.
 */
public final class RetryHint {
    /** Longer wishes are not read: nine digits of seconds are thirty years. */
    private static final Pattern IN_REASON = Pattern.compile("(?i)\\bretry-after=(\\d{1,9})(?!\\d)");

    private static final Pattern SECONDS = Pattern.compile("\\d{1,9}");

    private RetryHint() {}

    /** The wish that a Close brought along, if it did. */
    public static Optional<Duration> of(CloseStatus status) {
        Matcher found = IN_REASON.matcher(status.reason());
        return found.find() ? Optional.of(Duration.ofSeconds(Long.parseLong(found.group(1)))) : Optional.empty();
    }

    /**
     * The same status with the wish in its reason, for a server that closes with 1001, 1012 or 1013.
     *
     * @param delay is said in whole seconds, rounded up; 0 to 999,999,999 s
     * @throws IllegalArgumentException for another delay, or when the reason would not fit a Close
     */
    public static CloseStatus in(CloseStatus status, Duration delay) {
        long seconds = delay.getSeconds() + (delay.getNano() > 0 ? 1 : 0);
        if (seconds < 0 || seconds > 999_999_999) {
            throw new IllegalArgumentException("retry hint " + delay + " is not in 0–999,999,999 s");
        }
        String said = "retry-after=" + seconds;
        return status.withReason(status.reason().isEmpty() ? said : status.reason() + "; " + said);
    }

    /**
     * What {@code Retry-After} of an answer says (RFC 9110 §10.2.3), or null for nothing or nonsense. A date counts from the answer's own
     * {@code Date}, so that a wrong clock on either side does no harm, and from {@code now} if it has none.
     */
    static @Nullable Duration of(Headers answer, Instant now) {
        String value = answer.first("Retry-After");
        if (value == null) return null;
        String text = value.strip();
        if (SECONDS.matcher(text).matches()) return Duration.ofSeconds(Long.parseLong(text));
        Instant until = date(text);
        if (until == null) return null;
        String said = answer.first("Date");
        Instant from = said == null ? null : date(said);
        Duration delay = Duration.between(from == null ? now : from, until);
        return delay.isNegative() ? Duration.ZERO : delay;
    }

    /** In any of the three forms of RFC 9110 §5.6.7. */
    private static @Nullable Instant date(String text) {
        Date date = text.length() > 64 ? null : DateFormatter.parseHttpDate(text);
        return date == null ? null : date.toInstant();
    }
}
