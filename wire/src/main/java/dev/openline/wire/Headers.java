package dev.openline.wire;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The header fields of an HTTP head in their order; names are looked up without regard to case. Immutable. */
public final class Headers implements Iterable<Header> {
    /** No fields. */
    public static final Headers NONE = new Headers(List.of());

    private final List<Header> fields;

    private Headers(List<Header> fields) {
        this.fields = fields;
    }

    /** These fields, in this order. */
    public static Headers of(List<Header> fields) {
        return new Headers(List.copyOf(fields));
    }

    /** These fields, in this order. */
    public static Headers of(Header... fields) {
        return new Headers(List.of(fields));
    }

    /**
     * The same with one more field at the end, for a head we send.
     *
     * @throws IllegalArgumentException when the name is not a token or the value has control characters in it
     */
    public Headers with(String name, String value) {
        List<Header> more = new ArrayList<>(fields);
        more.add(Header.ours(name, value));
        return new Headers(List.copyOf(more));
    }

    /** The value of the first field of this name without blanks around it, or null. */
    public @Nullable String first(String name) {
        for (Header field : fields) {
            if (field.is(name)) {
                return Grammar.trim(field.value());
            }
        }
        return null;
    }

    /** The values of all fields of this name without blanks around them. */
    public List<String> all(String name) {
        List<String> values = new ArrayList<>(1);
        for (Header field : fields) {
            if (field.is(name)) {
                values.add(Grammar.trim(field.value()));
            }
        }
        return List.copyOf(values);
    }

    /** The elements of all comma lists of this name, as one list; empty elements are dropped. */
    public List<String> tokens(String name) {
        List<String> elements = new ArrayList<>(2);
        for (String value : all(name)) {
            elements.addAll(Grammar.elements(value));
        }
        return List.copyOf(elements);
    }

    /** Whether a comma list of this name has this element; case does not count. */
    public boolean hasToken(String name, String token) {
        for (String element : tokens(name)) {
            if (token.equalsIgnoreCase(element)) {
                return true;
            }
        }
        return false;
    }

    /** The fields in their order. */
    public List<Header> asList() {
        return fields;
    }

    @Override
    public Iterator<Header> iterator() {
        return fields.iterator();
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Headers && fields.equals(((Headers) other).fields);
    }

    @Override
    public int hashCode() {
        return fields.hashCode();
    }

    /** The names only: values may hold what must not be logged. */
    @Override
    public String toString() {
        return fields.stream().map(Header::name).toList().toString();
    }
}
