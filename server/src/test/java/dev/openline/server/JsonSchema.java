package dev.openline.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges values by the part of JSON Schema that the API's description uses; a keyword beyond that is an error of the test. Stricter than
 * the standard in one thing: an object that lists its properties has no others, so that nothing goes undescribed.
 */
final class JsonSchema {
    /** Keywords that say nothing about which values are right. */
    private static final Set<String> NOTES = Set.of("description", "examples", "contentEncoding");

    private final Map<String, @Nullable Object> document;

    JsonSchema(Map<String, @Nullable Object> document) {
        this.document = document;
    }

    /** What {@code #/a/b} points to, through references that are found there. */
    Map<String, @Nullable Object> resolve(Map<String, @Nullable Object> node) {
        Object reference = node.get("$ref");
        if (reference == null) return node;
        Object found = document;
        for (String step : ((String) reference).substring(2).split("/")) {
            found = JsonText.object(found).get(step);
        }
        return resolve(JsonText.object(Objects.requireNonNull(found, () -> "nothing at " + reference)));
    }

    /** What is wrong with a value, each fault with its place; nothing if it is right. */
    List<String> faults(@Nullable Object schema, @Nullable Object value) {
        List<String> faults = new ArrayList<>();
        judge(resolve(JsonText.object(schema)), value, "$", faults);
        return faults;
    }

    private void judge(
            Map<String, @Nullable Object> schema, @Nullable Object value, String place, List<String> faults) {
        for (Map.Entry<String, @Nullable Object> keyword : schema.entrySet()) {
            if (NOTES.contains(keyword.getKey())) continue;
            String fault = fault(keyword.getKey(), keyword.getValue(), value);
            if (fault != null) faults.add(place + " " + fault);
        }
        if (value instanceof Map<?, ?>) members(schema, JsonText.object(value), place, faults);
        if (value instanceof List<?> list && schema.get("items") instanceof Map<?, ?> items) {
            for (int i = 0; i < list.size(); i++) {
                judge(resolve(JsonText.object(items)), list.get(i), place + "[" + i + "]", faults);
            }
        }
    }

    private @Nullable String fault(String keyword, @Nullable Object says, @Nullable Object value) {
        boolean right = switch (keyword) {
            case "type" -> isOf((String) says, value);
            case "enum" -> ((List<?>) says).contains(value);
            case "minimum" -> !(value instanceof Long number) || number >= (Long) says;
            case "maximum" -> !(value instanceof Long number) || number <= (Long) says;
            case "maxLength" -> !(value instanceof String text) || text.length() <= (Long) says;
            case "minProperties" -> !(value instanceof Map<?, ?> map) || map.size() >= (Long) says;
            case "maxProperties" -> !(value instanceof Map<?, ?> map) || map.size() <= (Long) says;
            case "required" -> !(value instanceof Map<?, ?> map) || map.keySet().containsAll((List<?>) says);
            case "oneOf" ->
                ((List<?>) says)
                                .stream()
                                        .filter(schema -> faults(schema, value).isEmpty())
                                        .count()
                        == 1;
            case "properties", "additionalProperties", "items" -> true;
            default -> throw new AssertionError("a keyword that this validator does not know: " + keyword);
        };
        return right ? null : "is not right by " + keyword + " " + says + ": " + value;
    }

    private static boolean isOf(@Nullable String type, @Nullable Object value) {
        return switch (Objects.requireNonNull(type)) {
            case "string" -> value instanceof String;
            case "integer" -> value instanceof Long;
            case "boolean" -> value instanceof Boolean;
            case "array" -> value instanceof List<?>;
            case "object" -> value instanceof Map<?, ?>;
            default -> throw new AssertionError("a type that this validator does not know: " + type);
        };
    }

    private void members(
            Map<String, @Nullable Object> schema,
            Map<String, @Nullable Object> value,
            String place,
            List<String> faults) {
        boolean lists = schema.get("properties") != null;
        Map<String, @Nullable Object> properties = lists ? JsonText.object(schema.get("properties")) : Map.of();
        Object others = schema.get("additionalProperties");
        value.forEach((name, member) -> {
            String here = place + "." + name;
            if (properties.containsKey(name)) {
                judge(resolve(JsonText.object(properties.get(name))), member, here, faults);
            } else if (others instanceof Map<?, ?>) {
                judge(resolve(JsonText.object(others)), member, here, faults);
            } else if (lists && others == null) {
                faults.add(here + " is not described");
            }
        });
    }
}
