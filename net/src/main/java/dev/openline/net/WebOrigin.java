package dev.openline.net;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An origin as browsers spell it (RFC 6454 §6.1, §7.1), or the host and port of a request to compare it with. Strict: what a browser would
 * not write is none, so nothing has two readings.
 *
 * @param scheme in lower case
 * @param host in lower case, an IPv6 address in its brackets; {@code a.example.} with its dot is another host than {@code a.example}
 * @param port 0–65535, the scheme's own if none was given, -1 if the scheme has none
 */
record WebOrigin(String scheme, String host, int port) {
    private static final int MAX_CHARS = 300;

    static @Nullable WebOrigin parse(String text) {
        int end = text.indexOf("://");
        if (end <= 0 || text.length() > MAX_CHARS) return null;
        String scheme = text.substring(0, end).toLowerCase(Locale.ROOT);
        for (int i = 0; i < scheme.length(); i++) {
            char c = scheme.charAt(i);
            boolean letter = c >= 'a' && c <= 'z';
            boolean further = i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.');
            if (!letter && !further) return null;
        }
        return at(scheme, text.substring(end + 3));
    }

    /** The origin of a scheme at a host with or without port, such as the value of {@code Host}; null if it is malformed. */
    static @Nullable WebOrigin at(String scheme, String authority) {
        String lower = authority.toLowerCase(Locale.ROOT);
        int end = hostEnd(lower);
        if (end <= 0 || authority.length() > MAX_CHARS) return null;
        int port = end == lower.length() ? defaultPort(scheme) : port(lower.substring(end));
        return port == NO_PORT ? null : new WebOrigin(scheme, lower.substring(0, end), port);
    }

    private static final int NO_PORT = -2;

    private static int defaultPort(String scheme) {
        return switch (scheme) {
            case "http", "ws" -> 80;
            case "https", "wss" -> 443;
            default -> -1;
        };
    }

    /** Where the host ends; 0 if it is none. Names are letters, digits, dots, hyphens and underscores: others come as punycode. */
    private static int hostEnd(String text) {
        if (text.startsWith("[")) {
            int bracket = text.indexOf(']');
            boolean isIpv6 = bracket > 1
                    && text.substring(1, bracket).indexOf(':') >= 0
                    && AddressRange.literal(text.substring(1, bracket)) != null;
            return isIpv6 ? bracket + 1 : 0;
        }
        int at = 0;
        while (at < text.length() && isNameChar(text.charAt(at))) at++;
        return at;
    }

    private static boolean isNameChar(char c) {
        return c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '_';
    }

    /** A colon and a port without leading zeros. */
    private static int port(String text) {
        boolean canonical = text.length() >= 2 && text.length() <= 6 && text.charAt(0) == ':' && text.charAt(1) != '0';
        if (!canonical) return NO_PORT;
        int port = 0;
        for (int i = 1; i < text.length(); i++) {
            int digit = text.charAt(i) - '0';
            if (digit < 0 || digit > 9) return NO_PORT;
            port = 10 * port + digit;
        }
        return port <= 65_535 ? port : NO_PORT;
    }
}
