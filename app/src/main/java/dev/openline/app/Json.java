package dev.openline.app;

import com.fasterxml.jackson.core.io.JsonStringEncoder;

/** Writes small JSON objects, member by member. */
final class Json {
    private final StringBuilder out = new StringBuilder("{");

    private Json() {}

    static Json object() {
        return new Json();
    }

    Json text(String name, String value) {
        begin(name);
        out.append('"')
                .append(JsonStringEncoder.getInstance().quoteAsString(value))
                .append('"');
        return this;
    }

    Json number(String name, long value) {
        begin(name);
        out.append(value);
        return this;
    }

    /** A number of hundredths, written with two decimals. */
    Json hundredths(String name, long value) {
        begin(name);
        out.append(value / 100).append('.').append(value % 100 < 10 ? "0" : "").append(value % 100);
        return this;
    }

    private void begin(String name) {
        if (out.length() > 1) out.append(',');
        out.append('"').append(name).append("\":");
    }

    @Override
    public String toString() {
        return out + "}";
    }
}
