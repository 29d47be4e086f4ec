package dev.openline.net;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What one proxy says in {@code Forwarded} (RFC 7239 §4).
 *
 * @param client whom it got the request from; null if it doesn't tell an address
 */
record ForwardedElement(
        @Nullable InetSocketAddress client,
        @Nullable String proto,
        @Nullable String host) {
    private static final ForwardedElement EMPTY = new ForwardedElement(null, null, null);

    /** The elements of the whole list in their order, or null if it breaks the grammar anywhere: then no part of it is sure. */
    static @Nullable List<ForwardedElement> parse(String list) {
        List<ForwardedElement> found = new ArrayList<>();
        for (String element : split(list, ',')) {
            ForwardedElement read = element.isBlank() ? EMPTY : one(element);
            if (read == null) return null;
            if (!element.isBlank()) found.add(read);
        }
        return found;
    }

    private static @Nullable ForwardedElement one(String element) {
        String client = null;
        String proto = null;
        String host = null;
        for (String pair : split(element, ';')) {
            int equals = pair.indexOf('=');
            String value =
                    equals < 0 ? null : unquoted(pair.substring(equals + 1).strip());
            if (value == null) return null;
            switch (pair.substring(0, equals).strip().toLowerCase(Locale.ROOT)) {
                case "for" -> client = value;
                case "proto" -> proto = value;
                case "host" -> host = value;
                default -> {}
            }
        }
        return new ForwardedElement(client == null ? null : node(client), proto, host);
    }

    /** Cuts where the separator stands outside of quotes. */
    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') quoted = !quoted;
            else if (c == '\\' && quoted) i++;
            else if (c == separator && !quoted) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(text.substring(from));
        return parts;
    }

    private static @Nullable String unquoted(String value) {
        if (!value.startsWith("\"")) return value.isEmpty() || value.indexOf('"') >= 0 ? null : value;
        StringBuilder text = new StringBuilder();
        for (int i = 1; i < value.length(); i++) {
            char c = value.charAt(i);
            if (c == '"') return i == value.length() - 1 ? text.toString() : null;
            if (c == '\\' && ++i == value.length()) return null;
            text.append(value.charAt(i));
        }
        return null;
    }

    /** An address with or without a port (RFC 7239 §6): {@code 192.0.2.1:80}, {@code [2001:db8::1]}, and IPv6 without its brackets, as some write. */
    static @Nullable InetSocketAddress node(String text) {
        String host = text;
        String port = "";
        int bracket = text.indexOf(']');
        if (text.startsWith("[") && bracket > 0) {
            host = text.substring(1, bracket);
            port = text.substring(bracket + 1);
        } else if (text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
            host = text.substring(0, text.indexOf(':'));
            port = text.substring(text.indexOf(':'));
        }
        InetAddress address = AddressRange.literal(host);
        if (address == null || !port.isEmpty() && !port.startsWith(":")) return null;
        return new InetSocketAddress(address, port.isEmpty() ? 0 : portOf(port.substring(1)));
    }

    /** 0 for what is no port: RFC 7239 allows made-up names there. */
    private static int portOf(String text) {
        boolean digits = !text.isEmpty() && text.length() <= 5 && text.chars().allMatch(c -> c >= '0' && c <= '9');
        int port = digits ? Integer.parseInt(text) : 0;
        return port <= 65_535 ? port : 0;
    }
}
