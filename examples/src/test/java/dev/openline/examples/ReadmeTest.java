package dev.openline.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The programs in the README and in docs are files of this module, which the build compiles and its tests run. Each names its file in
 * a comment above; here we see that it says the same.
 */
class ReadmeTest {
    private static final Path ROOT = Path.of("..");
    private static final Pattern PROGRAM = Pattern.compile(
            "(?:<!-- (?<file>\\S+) -->\n)?```(?<language>java|html|js)\n(?<text>.*?)\n```", Pattern.DOTALL);

    private record Program(String file, String text) {}

    @TestFactory
    Stream<DynamicTest> programIsInItsFileWordForWord() throws IOException {
        return programs().stream()
                .map(program -> DynamicTest.dynamicTest(
                        program.file(),
                        () -> assertThat(unindented(Files.readString(ROOT.resolve(program.file()))))
                                .contains(unindented(program.text()))));
    }

    @Test
    void everyProgramNamesAFileOfTheExamples() throws IOException {
        assertThat(programs())
                .isNotEmpty()
                .allSatisfy(
                        program -> assertThat(program.file()).as(program.text()).startsWith("examples/src/"));
    }

    private static List<Program> programs() throws IOException {
        List<Program> found = new ArrayList<>();
        for (String document : List.of("README.md", "docs/server.md", "docs/client.md")) {
            Matcher block = PROGRAM.matcher(Files.readString(ROOT.resolve(document)));
            while (block.find()) found.add(new Program(String.valueOf(block.group("file")), block.group("text")));
        }
        return found;
    }

    /** A part of a file may stand further left in the document. */
    private static String unindented(String text) {
        return text.replaceAll("(?m)^ +", "");
    }
}
