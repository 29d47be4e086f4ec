package dev.openline.server;

import dev.openline.protocol.StreamPosition;
import org.jspecify.annotations.Nullable;

/** A position as one word, for those who speak no protocol: {@code epoch:offset}, of which an epoch never has a colon. */
final class Place {
    private static final int MAX_CHARS = 128;

    private Place() {}

    static String text(String epoch, long offset) {
        return epoch + ":" + offset;
    }

    static String text(StreamPosition position) {
        return text(position.epoch(), position.offset());
    }

    /** What {@link #text} made; null for anything else. */
    static @Nullable StreamPosition parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0 || text.length() > MAX_CHARS) return null;
        String digits = text.substring(colon + 1);
        if (digits.isEmpty() || digits.length() > 18 || !digits.chars().allMatch(c -> c >= '0' && c <= '9'))
            return null;
        return new StreamPosition(Long.parseLong(digits), text.substring(0, colon));
    }
}
