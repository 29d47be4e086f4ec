package dev.openline.protocol;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/** Copies that can't change and keep their order, so that what is encoded twice looks the same twice. */
final class Frozen {
    private Frozen() {}

    static <V> Map<String, V> map(Map<String, V> source) {
        if (source.isEmpty()) return Map.of();
        Map<String, V> copy = new LinkedHashMap<>();
        source.forEach((key, value) -> copy.put(Objects.requireNonNull(key), Objects.requireNonNull(value)));
        return Collections.unmodifiableMap(copy);
    }
}
