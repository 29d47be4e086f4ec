package dev.openline.wire;

import java.util.Locale;
import java.util.Objects;

/**
 * One header field of an HTTP head. It holds whatever a peer sent; {@link #isWellFormed} tells whether it could be sent
 * on, and what this package sends is always checked.
 */
public record Header(String name, String value) {
    public Header {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(value, "value");
    }

    /** Whether this is the field of that name; case does not count. */
    public boolean is(String otherName) {
        return name.equalsIgnoreCase(otherName);
    }

    /** Whether the name is a token and the value is free of control characters but tab (RFC 9110 §5.1, §5.5). */
    public boolean isWellFormed() {
        return Grammar.isToken(name) && Grammar.isFieldValue(value);
    }

    /** The name only: the value may be what must not be logged. */
    @Override
    public String toString() {
        return name;
    }

    /** A field of our own, whose caller must not smuggle line breaks into the head. */
    static Header ours(String name, String value) {
        Header header = new Header(name, value);
        if (!header.isWellFormed()) {
            throw new IllegalArgumentException("header " + shown(name) + " has a name or value that HTTP cannot carry");
        }
        return header;
    }

    private static String shown(String name) {
        return Grammar.isToken(name) ? name.toLowerCase(Locale.ROOT) : "with an invalid name";
    }
}
