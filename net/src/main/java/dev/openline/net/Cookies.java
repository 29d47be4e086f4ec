package dev.openline.net;

import dev.openline.wire.Headers;
import java.util.ArrayList;
import java.util.List;

/** Reads {@code Cookie} as browsers write it (RFC 6265 §4.2), and leaves out what they would not. */
final class Cookies {
    private Cookies() {}

    /** The values of all cookies of a name, in their order; the first is the one with the longest path. */
    static List<String> named(String name, Headers headers) {
        List<String> found = new ArrayList<>();
        for (String header : headers.all("cookie")) {
            for (String pair : header.split(";", -1)) {
                int equals = pair.indexOf('=');
                if (equals < 0 || !pair.substring(0, equals).strip().equals(name)) continue;
                String value = unquoted(pair.substring(equals + 1).strip());
                if (isValue(value)) found.add(value);
            }
        }
        return found;
    }

    private static String unquoted(String value) {
        boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
        return quoted ? value.substring(1, value.length() - 1) : value;
    }

    /** Visible ASCII and blanks. More than the RFC allows, for JSON is found in cookies; nothing that could harm a log or a header. */
    private static boolean isValue(String value) {
        return value.chars().allMatch(c -> c >= ' ' && c < 0x7f);
    }
}
