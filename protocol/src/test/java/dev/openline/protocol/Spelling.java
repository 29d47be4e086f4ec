package dev.openline.protocol;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** Spells a tree as JSON in one of the many legal ways: members in any order, blanks, escapes, members nobody knows. */
final class Spelling {
    private static final List<String> UNKNOWN = List.of(
            "\"\":0",
            "\"later\":{\"a\":[1,{\"id\":7}]}",
            "\"node\":null",
            "\"z\\u00fc\":\"\\ud800\"",
            "\"profile\":[[]]");

    private final Random random;

    Spelling(long seed) {
        random = new Random(seed);
    }

    String message(Map<String, Object> tree) {
        StringBuilder text = new StringBuilder();
        object(text, tree, "message");
        return text.toString();
    }

    private void value(StringBuilder text, @Nullable Object value, String name) {
        blank(text);
        if (value instanceof Payload payload) text.append(payload.text());
        else if (value instanceof String string) string(text, string);
        else if (value instanceof Map<?, ?> map) object(text, map, name);
        else if (value instanceof List<?> list) list(text, list, name);
        else text.append(value);
        blank(text);
    }

    private void list(StringBuilder text, List<?> list, String name) {
        text.append('[');
        for (int i = 0; i < list.size(); i++) {
            if (i > 0) text.append(',');
            value(text, list.get(i), name);
        }
        blank(text.append(']'));
    }

    /** {@code name} is the member this object is the value of; strangers are put among members that are the protocol's. */
    private void object(StringBuilder text, Map<?, ?> map, String name) {
        List<String> members = new ArrayList<>();
        map.forEach((key, value) -> {
            StringBuilder member = new StringBuilder();
            blank(member);
            string(member, (String) key);
            blank(member);
            value(member.append(':'), value, isFiledByName(name, map) ? "entry" : (String) key);
            members.add(member.toString());
        });
        if (!isFiledByName(name, map) && random.nextInt(3) == 0)
            members.add(UNKNOWN.get(random.nextInt(UNKNOWN.size())));
        Collections.shuffle(members, random);
        text.append('{').append(String.join(",", members));
        blank(text);
        text.append('}');
    }

    /** Whether the names in this object are data: then a stranger would be an entry. */
    private static boolean isFiledByName(String name, Map<?, ?> map) {
        return switch (name) {
            case "subs", "headers", "tags" -> true;
            case "presence" -> !map.containsKey("presence") && !map.containsKey("channel");
            default -> false;
        };
    }

    private void string(StringBuilder text, String string) {
        text.append('"');
        string.codePoints().forEach(c -> {
            boolean escaped = c < 0x20 || c == '"' || c == '\\' || random.nextInt(8) == 0;
            String unit = random.nextBoolean() ? "\\u%04x" : "\\u%04X";
            if (!escaped) text.appendCodePoint(c);
            else for (char half : Character.toChars(c)) text.append(String.format(unit, (int) half));
        });
        text.append('"');
    }

    private void blank(StringBuilder text) {
        if (random.nextInt(6) == 0) text.append(new String[] {" ", "\t", "\r", "  "}[random.nextInt(4)]);
    }
}
