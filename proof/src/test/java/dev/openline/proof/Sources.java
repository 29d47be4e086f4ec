package dev.openline.proof;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The sources of all modules, by the simple name of their class. */
final class Sources {
    static final Path ROOT = Path.of("..");

    private final Map<String, String> texts = new HashMap<>();

    /** Reads those of a kind, {@code main} or {@code test}. */
    Sources(String kind) throws IOException {
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.map(
                            path -> path.resolve("src").resolve(kind).resolve("java"))
                    .filter(Files::isDirectory)
                    .toList()) read(module);
        }
    }

    private void read(Path module) throws IOException {
        try (Stream<Path> files = Files.walk(module)) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                String name = file.getFileName().toString().replace(".java", "");
                texts.merge(name, Files.readString(file), String::concat);
            }
        }
    }

    /** Whether a word stands anywhere. */
    boolean hold(String word) {
        Pattern whole = Pattern.compile("\\b" + Pattern.quote(word) + "\\b");
        return texts.values().stream().anyMatch(text -> whole.matcher(text).find());
    }

    /**
     * Whether there is a test of this name: {@code SomeTest}, {@code SomeTest.method}, {@code SomeTest.Nested} or {@code SomeTest.Nested.method}; or of a
     * contract that several tests keep.
     */
    boolean haveTest(String name) {
        String[] parts = name.split("\\.");
        String text = texts.get(parts[0]);
        if (text == null || !parts[0].matches("\\w+(Test|Contract)")) return false;
        for (int i = 1; i < parts.length; i++) {
            String nested = nested(text, parts[i]);
            if (nested == null) return i == parts.length - 1 && isTest(text, parts[i]);
            text = nested;
        }
        return true;
    }

    /** The body of a nested class, up to the brace that stands below its head; null if there is none. */
    private static @Nullable String nested(String text, String name) {
        String head = "\n( +)(?:[a-z]+ )*class " + Pattern.quote(name) + "\\b.*?\n\\1}";
        Matcher found = Pattern.compile(head, Pattern.DOTALL).matcher(text);
        return found.find() ? found.group() : null;
    }

    private static boolean isTest(String text, String name) {
        String head = "@(Parameterized)?Test\\b(?:(?!\\bvoid\\b).)*+\\bvoid " + Pattern.quote(name) + "\\(";
        return Pattern.compile(head, Pattern.DOTALL).matcher(text).find();
    }
}
