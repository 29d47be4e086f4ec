package dev.openline.server;

import java.util.function.Predicate;

/** Patterns over channel names: {@code *} for any characters, {@code ?} for one. Matching takes no longer than name times pattern. */
final class Glob {
    private Glob() {}

    /** An empty pattern takes all names. */
    static Predicate<String> of(String pattern) {
        return pattern.isEmpty() ? name -> true : name -> matches(pattern, name);
    }

    private static boolean matches(String pattern, String name) {
        int p = 0;
        int n = 0;
        int star = -1;
        int resume = 0;
        while (n < name.length()) {
            if (p < pattern.length() && pattern.charAt(p) == '*') {
                star = p++;
                resume = n;
            } else if (p < pattern.length() && (pattern.charAt(p) == '?' || pattern.charAt(p) == name.charAt(n))) {
                p++;
                n++;
            } else if (star >= 0) {
                // The last star takes one character more, and what follows it is tried again.
                p = star + 1;
                n = ++resume;
            } else {
                return false;
            }
        }
        while (p < pattern.length() && pattern.charAt(p) == '*') p++;
        return p == pattern.length();
    }
}
