package dev.openline.app;

import java.util.Locale;

/** Numbers of things, as people say them. */
final class Count {
    private Count() {}

    /** {@code 1 channel}, {@code 2 channels}, {@code 1,000 channels}; for nouns whose plural ends in s. */
    static String of(long number, String one) {
        return String.format(Locale.ROOT, "%,d %s%s", number, one, number == 1 ? "" : "s");
    }
}
