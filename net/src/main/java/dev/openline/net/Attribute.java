package dev.openline.net;

/**
 * The name and type of something the application knows about a line, found by identity: keep it in a constant.
 *
 * <pre>{@code
 * static final Attribute<User> USER = Attribute.named("user");
 * }</pre>
 */
public final class Attribute<T> {
    private final String name;

    private Attribute(String name) {
        this.name = name;
    }

    /** A new attribute, unlike every other, also of the same name; the name is for people. */
    public static <T> Attribute<T> named(String name) {
        return new Attribute<>(name);
    }

    @Override
    public String toString() {
        return name;
    }
}
