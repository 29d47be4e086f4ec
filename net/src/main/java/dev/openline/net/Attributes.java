package dev.openline.net;

import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an upgrade's decision lets its line know. Immutable; what is put in should be, too, since any thread may read it. */
public final class Attributes {
    /** No attributes. */
    public static final Attributes NONE = new Attributes(Map.of());

    private final Map<Attribute<?>, Object> values;

    private Attributes(Map<Attribute<?>, Object> values) {
        this.values = values;
    }

    /** The same with one more attribute, or another value for it. */
    public <T> Attributes with(Attribute<T> attribute, T value) {
        Map<Attribute<?>, Object> more = new IdentityHashMap<>(values);
        more.put(Objects.requireNonNull(attribute), Objects.requireNonNull(value));
        return new Attributes(more);
    }

    /** The value, or null when the decision set none. */
    @SuppressWarnings("unchecked") // with() lets in values of the attribute's own type only
    public <T> @Nullable T get(Attribute<T> attribute) {
        return (T) values.get(attribute);
    }

    /** The names only: values may be what must not be logged. */
    @Override
    public String toString() {
        return values.keySet().toString();
    }
}
