package dev.openline.wire;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads header values, once from left to right, without backtracking: no value takes more than linear time. A value
 * that does not follow its grammar is null, for the caller to refuse.
 */
final class Grammar {
    private final String text;
    private int at;

    private Grammar(String text) {
        this.text = text;
    }

    /** A token (RFC 9110 §5.6.2): at least one visible ASCII character that is no separator. */
    static boolean isToken(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isTokenChar(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** A field value: no control characters but tab. Characters beyond ASCII are let through (RFC 9110 §5.5). */
    static boolean isFieldValue(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f) {
                return false;
            }
        }
        return true;
    }

    /** What may stand in a request line: visible ASCII. */
    static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) <= ' ' || text.charAt(i) >= 0x7f) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    /** The elements of a comma list, trimmed; empty elements are dropped (RFC 9110 §5.6.1). */
    static List<String> elements(String value) {
        List<String> found = new ArrayList<>();
        for (String element : value.split(",", -1)) {
            String trimmed = trim(element);
            if (!trimmed.isEmpty()) {
                found.add(trimmed);
            }
        }
        return found;
    }

    /** A list of one or more tokens, none of them empty (RFC 6455 §11.3.4). */
    static @Nullable List<String> tokens(String value) {
        List<String> found = new ArrayList<>();
        for (String element : value.split(",", -1)) {
            String trimmed = trim(element);
            if (!isToken(trimmed)) {
                return null;
            }
            found.add(trimmed);
        }
        return found;
    }

    /** A list of one or more extensions with their parameters (RFC 6455 §9.1). */
    static @Nullable List<Extension> extensions(String value) {
        return new Grammar(value).extensions();
    }

    /** Without spaces and tabs at both ends, and only those: {@code String.trim} would also eat control characters. */
    static String trim(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && isBlank(text.charAt(from))) {
            from++;
        }
        while (to > from && isBlank(text.charAt(to - 1))) {
            to--;
        }
        return text.substring(from, to);
    }

    private @Nullable List<Extension> extensions() {
        List<Extension> found = new ArrayList<>();
        do {
            String name = token();
            List<Extension.Parameter> parameters = name == null ? null : parameters();
            if (name == null || parameters == null) {
                return null;
            }
            found.add(new Extension(name, parameters));
        } while (taken(','));
        return at == text.length() ? found : null;
    }

    private @Nullable List<Extension.Parameter> parameters() {
        List<Extension.Parameter> found = new ArrayList<>();
        while (taken(';')) {
            String name = token();
            if (name == null) {
                return null;
            }
            String value = null;
            if (taken('=')) {
                skipBlanks();
                value = at < text.length() && text.charAt(at) == '"' ? quoted() : token();
                if (value == null) {
                    return null;
                }
            }
            found.add(new Extension.Parameter(name, value));
        }
        return found;
    }

    private @Nullable String token() {
        skipBlanks();
        int from = at;
        while (at < text.length() && isTokenChar(text.charAt(at))) {
            at++;
        }
        return at > from ? text.substring(from, at) : null;
    }

    /** RFC 6455 §9.1: what stands between the quotes, its backslashes taken away, must itself be a token. */
    private @Nullable String quoted() {
        StringBuilder value = new StringBuilder();
        at++;
        while (at < text.length()) {
            char c = text.charAt(at++);
            if (c == '"') {
                return isToken(value.toString()) ? value.toString() : null;
            }
            if (c == '\\') {
                if (at == text.length()) {
                    return null;
                }
                c = text.charAt(at++);
            }
            value.append(c);
        }
        return null;
    }

    private boolean taken(char separator) {
        skipBlanks();
        if (at < text.length() && text.charAt(at) == separator) {
            at++;
            return true;
        }
        return false;
    }

    private void skipBlanks() {
        while (at < text.length() && isBlank(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isBlank(char c) {
        return c == ' ' || c == '\t';
    }

    private static boolean isTokenChar(char c) {
        return c > ' ' && c < 0x7f && "()<>@,;:\\\"/[]?={}".indexOf(c) < 0;
    }
}
