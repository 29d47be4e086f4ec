package dev.openline.app;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** One section of a configuration file: asked for its options by name and type, and at the end for what nobody has asked for. */
final class Settings {
    private static final Pattern DURATION = Pattern.compile("(\\d+)(ms|s|m|h|d)");

    private final String path;
    private final Map<String, Object> members;
    private final ConfigFile file;
    private final Set<String> known = new TreeSet<>();
    private final Set<String> refused = new TreeSet<>();

    Settings(String path, Map<String, Object> members, ConfigFile file) {
        this.path = path;
        this.members = members;
        this.file = file;
    }

    String path(String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    void fault(String name, String sentence) {
        file.fault(path(name) + ": " + sentence);
    }

    private void expected(String name, String what, Object found) {
        // Not what was found: it may be a secret in the wrong place.
        String kind = found instanceof String
                ? "another text"
                : found instanceof Number
                        ? "another number"
                        : found instanceof Boolean ? "a boolean" : found instanceof List ? "a list" : "a mapping";
        fault(name, "expected " + what + ", found " + kind);
    }

    /** What the environment says, or the file; null where neither does. */
    private @Nullable Object value(String name) {
        known.add(name);
        file.option(path(name));
        return found(name);
    }

    private @Nullable Object found(String name) {
        String said = file.environment(path(name));
        return said != null ? said : members.get(name);
    }

    boolean has(String name) {
        return value(name) != null;
    }

    String text(String name, String otherwise) {
        Object value = value(name);
        if (value == null) return otherwise;
        if (value instanceof String text) return text;
        expected(name, "a text", value);
        return otherwise;
    }

    boolean flag(String name) {
        Object value = value(name);
        if (value == null) return false;
        if (value instanceof Boolean flag) return flag;
        if (value.equals("true") || value.equals("false")) return value.equals("true");
        expected(name, "true or false", value);
        return false;
    }

    /** A flag that holds unless it is said not to. */
    boolean flagUnlessNot(String name) {
        return !has(name) || flag(name);
    }

    int number(String name, int least, int most, int otherwise) {
        Object value = value(name);
        if (value == null) return otherwise;
        Long number = whole(value);
        if (number != null && number >= least && number <= most) return number.intValue();
        expected(name, "a whole number from " + least + " to " + most, value);
        return otherwise;
    }

    private static @Nullable Long whole(Object value) {
        if (value instanceof Integer || value instanceof Long) return ((Number) value).longValue();
        if (!(value instanceof String text) || !text.matches("-?\\d{1,18}")) return null;
        return Long.valueOf(text);
    }

    /** A time such as {@code 25s}, {@code 1m30s} or {@code 720h}. */
    @Nullable
    Duration duration(String name) {
        Object value = value(name);
        if (value == null) return null;
        Duration duration = value instanceof String text ? parse(text) : null;
        if (duration == null) expected(name, "a time such as 25s, 1m30s or 720h", value);
        return duration;
    }

    Duration duration(String name, Duration otherwise) {
        Duration duration = duration(name);
        return duration == null ? otherwise : duration;
    }

    static @Nullable Duration parse(String text) {
        if (!text.matches("(\\d{1,9}(ms|s|m|h|d))+")) return null;
        Duration sum = Duration.ZERO;
        Matcher parts = DURATION.matcher(text);
        while (parts.find()) {
            long count = Long.parseLong(parts.group(1));
            sum = sum.plus(
                    switch (parts.group(2)) {
                        case "ms" -> Duration.ofMillis(count);
                        case "s" -> Duration.ofSeconds(count);
                        case "m" -> Duration.ofMinutes(count);
                        case "h" -> Duration.ofHours(count);
                        default -> Duration.ofDays(count);
                    });
        }
        return sum;
    }

    /** A list of texts; in the environment they stand beside each other with blanks between. */
    List<String> texts(String name) {
        Object value = value(name);
        if (value == null) return List.of();
        if (value instanceof String words)
            return words.isBlank() ? List.of() : List.of(words.strip().split("\\s+"));
        List<String> texts = new ArrayList<>();
        if (value instanceof List<?> list) for (Object one : list) if (one instanceof String text) texts.add(text);
        if (value instanceof List<?> list && list.size() == texts.size()) return texts;
        expected(name, "a list of texts", value);
        return List.of();
    }

    /** A mapping of names to texts. */
    Map<String, String> words(String name) {
        known.add(name);
        file.option(path(name));
        Object value = members.get(name);
        Map<String, Object> inside = value == null ? Map.of() : ConfigFile.mapping(value);
        Map<String, String> words = new TreeMap<>();
        if (inside != null)
            inside.forEach((word, meaning) -> {
                if (meaning instanceof String text) words.put(word, text);
            });
        if (value != null && (inside == null || inside.size() != words.size()))
            expected(name, "a mapping of names to texts", value);
        return words;
    }

    /** One of some words, each of which means something. */
    <T> T word(String name, Map<String, T> words, T otherwise) {
        Object value = value(name);
        if (value == null) return otherwise;
        T meaning = value instanceof String word ? words.get(word) : null;
        if (meaning != null) return meaning;
        expected(name, "one of " + String.join(", ", new TreeSet<>(words.keySet())), value);
        return otherwise;
    }

    /** A section in this one; without any options if it isn't there. */
    Settings section(String name) {
        known.add(name);
        Object value = members.get(name);
        Map<String, Object> inside = value == null ? Map.of() : ConfigFile.mapping(value);
        if (inside == null) expected(name, "a mapping", value);
        return new Settings(path(name), inside == null ? Map.of() : inside, file);
    }

    /** A list of sections. */
    List<Settings> sections(String name) {
        known.add(name);
        Object value = members.get(name);
        if (value == null) return List.of();
        List<Settings> sections = new ArrayList<>();
        if (!(value instanceof List<?> list)) {
            expected(name, "a list of mappings", value);
            return sections;
        }
        for (int i = 0; i < list.size(); i++) {
            Map<String, Object> inside = ConfigFile.mapping(list.get(i));
            if (inside == null) fault(name + "[" + i + "]", "expected a mapping");
            else sections.add(new Settings(path(name + "[" + i + "]"), inside, file));
        }
        return sections;
    }

    /** Options that are Centrifugo's and mean nothing here, with what to say about them when they are given. */
    void refuse(String reason, String... names) {
        for (String name : names) {
            refused.add(name);
            if (found(name) != null) fault(name, reason);
        }
    }

    /** Makes something of what was read; what it finds wrong is said of {@code name}. */
    <T> @Nullable T made(String name, Supplier<T> making) {
        try {
            return making.get();
        } catch (IllegalArgumentException e) {
            fault(name, String.valueOf(e.getMessage()));
            return null;
        }
    }

    /** To be called when all options of this section have been asked for: refuses others, with the name that may have been meant. */
    void end() {
        for (String name : members.keySet()) {
            if (known.contains(name) || refused.contains(name)) continue;
            String near = Nearest.to(name, known);
            fault(
                    name,
                    near == null ? "there is no such option" : "there is no such option; did you mean " + near + "?");
        }
    }
}
