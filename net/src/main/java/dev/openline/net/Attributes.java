package dev.openline.net;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an upgrade's decision lets its line know. Immutable; what is put in should be, too, since any thread may read it. */
public final class Attributes {
    /** No attributes. */
    public static final Attributes NONE = new Attributes(new Object[0]);

    /** Each attribute and behind it its value: they are few, and every line keeps its own. */
    private final Object[] pairs;

    private Attributes(Object[] pairs) {
        this.pairs = pairs;
    }

    /** The same with one more attribute, or another value for it. */
    public <T> Attributes with(Attribute<T> attribute, T value) {
        int at = placeOf(Objects.requireNonNull(attribute));
        Object[] more = Arrays.copyOf(pairs, Math.max(pairs.length, at + 2));
        more[at] = attribute;
        more[at + 1] = Objects.requireNonNull(value);
        return new Attributes(more);
    }

    /** The value, or null when the decision set none. */
    @SuppressWarnings("unchecked") // with() lets in values of the attribute's own type only
    public <T> @Nullable T get(Attribute<T> attribute) {
        int at = placeOf(attribute);
        return at == pairs.length ? null : (T) pairs[at + 1];
    }

    /** Where it is, or where it would be put. */
    private int placeOf(Attribute<?> attribute) {
        int at = 0;
        while (at < pairs.length && pairs[at] != attribute) at += 2;
        return at;
    }

    /** The names only: values may be what must not be logged. */
    @Override
    public String toString() {
        List<Object> names = new ArrayList<>();
        for (int at = 0; at < pairs.length; at += 2) names.add(pairs[at]);
        return names.toString();
    }
}
