package dev.openline.protocol;

/**
 * Decimals as text, compared exactly and without allocating: a sign or none, digits, and perhaps a point with digits behind it. No exponent,
 * no blanks.
 */
final class Decimals {
    /** How many characters a decimal may have; longer ones are none. Bounds what comparing costs. */
    static final int MAX_CHARS = 200;

    private Decimals() {}

    static boolean isDecimal(String text) {
        if (text.length() > MAX_CHARS) return false;
        int from = signs(text);
        int point = point(text);
        if (!areDigits(text, from, point)) return false;
        return point == text.length() || areDigits(text, point + 1, text.length());
    }

    /** The shortest spelling of a decimal, which all equal ones share. */
    static String canonical(String decimal) {
        int point = point(decimal);
        int from = Math.min(significant(decimal), point - 1);
        int to = decimal.length();
        if (point < to) {
            while (decimal.charAt(to - 1) == '0') to--;
            if (to == point + 1) to = point;
        }
        String magnitude = decimal.substring(from, to);
        return decimal.charAt(0) == '-' && !magnitude.equals("0") ? "-" + magnitude : magnitude;
    }

    /** As {@link Comparable#compareTo}, of two texts that are decimals. */
    static int compare(String a, String b) {
        int signOfA = sign(a);
        int signOfB = sign(b);
        if (signOfA != signOfB) return Integer.compare(signOfA, signOfB);
        return signOfA * compareMagnitudes(a, b);
    }

    private static int compareMagnitudes(String a, String b) {
        int pointOfA = point(a);
        int pointOfB = point(b);
        int fromOfA = significant(a);
        int fromOfB = significant(b);
        int whole = pointOfA - fromOfA;
        if (whole != pointOfB - fromOfB) return Integer.compare(whole, pointOfB - fromOfB);
        for (int i = 0; i < whole; i++) {
            if (a.charAt(fromOfA + i) != b.charAt(fromOfB + i)) {
                return Character.compare(a.charAt(fromOfA + i), b.charAt(fromOfB + i));
            }
        }
        int fraction = Math.max(a.length() - pointOfA, b.length() - pointOfB);
        for (int i = 1; i < fraction; i++) {
            int difference = Character.compare(digit(a, pointOfA + i), digit(b, pointOfB + i));
            if (difference != 0) return difference;
        }
        return 0;
    }

    /** The digit of a fraction, behind whose end there are only zeros. */
    private static char digit(String decimal, int at) {
        return at < decimal.length() ? decimal.charAt(at) : '0';
    }

    private static int sign(String decimal) {
        for (int i = signs(decimal); i < decimal.length(); i++) {
            char c = decimal.charAt(i);
            if (c != '0' && c != '.') return decimal.charAt(0) == '-' ? -1 : 1;
        }
        return 0;
    }

    /** How many characters the sign has. */
    private static int signs(String text) {
        return !text.isEmpty() && (text.charAt(0) == '-' || text.charAt(0) == '+') ? 1 : 0;
    }

    /** Where the point is, or would be. */
    private static int point(String text) {
        int point = text.indexOf('.');
        return point < 0 ? text.length() : point;
    }

    /** Where the first digit before the point is that is not zero; the point's place if there is none. */
    private static int significant(String decimal) {
        int at = signs(decimal);
        int point = point(decimal);
        while (at < point && decimal.charAt(at) == '0') at++;
        return at;
    }

    private static boolean areDigits(String text, int from, int to) {
        for (int i = from; i < to; i++) if (text.charAt(i) < '0' || text.charAt(i) > '9') return false;
        return from < to;
    }
}
