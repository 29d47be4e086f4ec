package dev.openline.bench;

import java.util.Locale;

/** Numbers as they stand in the names of cases. */
final class Sizes {
    private Sizes() {}

    /** Bytes, such as {@code 20 B}, {@code 16 KiB} or {@code 1 MiB}. */
    static String text(int bytes) {
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) return (bytes >> 20) + " MiB";
        if (bytes >= 1 << 10 && bytes % (1 << 10) == 0) return (bytes >> 10) + " KiB";
        return count(bytes) + " B";
    }

    static String count(int count) {
        return String.format(Locale.ROOT, "%,d", count);
    }
}
