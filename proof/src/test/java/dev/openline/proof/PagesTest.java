package dev.openline.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** {@code docs/attacks.md} names nothing that is not there. */
class AttacksPageTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    /** One attack: what stops it, and the tests that say so. */
    private record Row(String attack, String defence, String tests) {}

    private static List<Row> rows() throws IOException {
        List<Row> rows = new ArrayList<>();
        for (String line : Files.readAllLines(ROOT.resolve("docs/attacks.md"))) {
            if (!line.startsWith("| ") || line.startsWith("| attack ")) continue;
            String[] cells = line.split("\\|");
            assertThat(cells).as(line).hasSize(4);
            rows.add(new Row(cells[1].strip(), cells[2].strip(), cells[3].strip()));
        }
        return rows;
    }

    private static List<String> quoted(String cell) {
        return QUOTED.matcher(cell).results().map(found -> found.group(1)).toList();
    }

    /** The sources of all modules, by the name of their class. */
    private static Map<String, String> sources(String kind) throws IOException {
        Map<String, String> sources = new HashMap<>();
        try (Stream<Path> modules = Files.list(ROOT)) {
            for (Path module : modules.map(
                            path -> path.resolve("src").resolve(kind).resolve("java"))
                    .filter(Files::isDirectory)
                    .toList()) {
                try (Stream<Path> files = Files.walk(module)) {
                    for (Path file : files.filter(path -> path.toString().endsWith(".java"))
                            .toList()) {
                        String name = file.getFileName().toString().replace(".java", "");
                        sources.merge(name, Files.readString(file), String::concat);
                    }
                }
            }
        }
        return sources;
    }

    @Test
    void everyAttackHasATestAndEveryTestExists() throws IOException {
        Map<String, String> tests = sources("test");
        assertThat(rows()).hasSizeGreaterThan(30).allSatisfy(row -> {
            assertThat(quoted(row.tests())).as(row.attack()).isNotEmpty().allSatisfy(test -> {
                assertThat(test).matches("\\w+Test\\.\\w+");
                String[] names = test.split("\\.");
                assertThat(tests).containsKey(names[0]);
                assertThat(tests.get(names[0])).containsPattern("void " + names[1] + "\\(");
            });
        });
    }

    @Test
    void everyDefenceThatIsNamedExists() throws IOException {
        String all = String.join("\n", sources("main").values());
        assertThat(rows())
                .allSatisfy(row -> assertThat(quoted(row.defence()))
                        .allSatisfy(name -> assertThat(all).containsPattern("\\b" + name + "\\b")));
    }
}
