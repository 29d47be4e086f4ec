package dev.openline.app;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Which name may have been meant by one that there is not. */
final class Nearest {
    private Nearest() {}

    /** The one of {@code names} that is most like {@code name}; null if none is much like it. */
    static @Nullable String to(String name, Collection<String> names) {
        String best = null;
        int least = Math.max(2, name.length() / 4) + 1;
        for (String candidate : names) {
            int distance = distance(name, candidate);
            if (distance < least) {
                least = distance;
                best = candidate;
            }
        }
        return best;
    }

    /** How many letters have to be put in, left out or changed. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) row[j] = j;
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
