package dev.openline.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tables of the documentation that say which tests show what name nothing that is not there. */
class PagesTest {
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");
    private static final Pattern SAID = Pattern.compile("\"([^\"]+)\"");

    /** The rows of all tables of a page whose first column is headed so; each row as its cells. */
    private static List<List<String>> rows(String page, String heading) throws IOException {
        List<List<String>> rows = new ArrayList<>();
        boolean inside = false;
        for (String line : Files.readAllLines(Sources.ROOT.resolve("docs").resolve(page))) {
            boolean head = line.startsWith("| " + heading + " |");
            inside = head || (inside && line.startsWith("|"));
            if (!inside || head || line.startsWith("|---")) continue;
            String[] cells = line.split("\\|");
            rows.add(Arrays.stream(cells).skip(1).map(String::strip).toList());
        }
        return rows;
    }

    private static List<String> found(Pattern pattern, String cell) {
        return pattern.matcher(cell).results().map(match -> match.group(1)).toList();
    }

    private static String last(List<String> row) {
        return row.get(row.size() - 1);
    }

    @ParameterizedTest
    @CsvSource({"attacks.md, attack, 3, 30", "protocol.md, trap, 3, 25", "delivery.md, what happens, 4, 15"})
    void everyRowNamesTestsAndEveryTestExists(String page, String heading, int columns, int rows) throws IOException {
        Sources tests = new Sources("test");
        assertThat(rows(page, heading)).hasSizeGreaterThanOrEqualTo(rows).allSatisfy(row -> {
            assertThat(row).hasSize(columns);
            assertThat(found(QUOTED, last(row))).as(row.get(0)).isNotEmpty().allMatch(tests::haveTest);
            // What a simulation of many things is said to show stands in it by that name.
            assertThat(found(SAID, last(row))).allMatch(tests::hold);
        });
    }

    @Test
    void everyDefenceThatIsNamedExists() throws IOException {
        Sources all = new Sources("main");
        assertThat(rows("attacks.md", "attack"))
                .allSatisfy(row -> assertThat(found(QUOTED, row.get(1))).allMatch(all::hold));
    }

    @Test
    void aTestThatIsNotThereIsMissed() throws IOException {
        Sources tests = new Sources("test");
        for (String there : List.of(
                "PagesTest",
                "PagesTest.aTestThatIsNotThereIsMissed",
                "PagesTest.everyRowNamesTestsAndEveryTestExists",
                "DiskStoreTest.A_full_disk",
                "SessionTest.Connected.subscribingTwiceIs105"))
            assertThat(tests.haveTest(there)).as(there).isTrue();
        for (String missing : List.of(
                "PageTest",
                "Sources",
                "PagesTest.rows",
                "PagesTest.last",
                "PagesTest.aTestThatIsNotThere",
                "SessionTest.BeforeConnect.subscribingTwiceIs105",
                "SessionTest.Heartbeats.subscribingTwiceIs105",
                "SessionTest.Nowhere.subscribingTwiceIs105",
                "SessionTest.subscribingTwiceIs105.Connected"))
            assertThat(tests.haveTest(missing)).as(missing).isFalse();
    }
}
