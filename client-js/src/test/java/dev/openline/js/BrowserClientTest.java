package dev.openline.js;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the module's own tests, which are written for node's test runner; without node they are skipped, and say so. */
class BrowserClientTest {
    private static final int OLDEST_NODE = 20;

    @Test
    void theTestsInNodePass() throws Exception {
        Optional<Integer> node = nodeMajorVersion();
        assumeTrue(node.isPresent(), "node is not on the PATH: the tests of openline.js were not run");
        assumeTrue(
                node.get() >= OLDEST_NODE,
                () -> "node " + node.get() + " is older than " + OLDEST_NODE
                        + ": the tests of openline.js were not run");

        List<String> command = new ArrayList<>(List.of("node", "--test", "--test-reporter=tap"));
        command.addAll(testFiles());
        Process tests = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = everything(tests);

        assertThat(tests.waitFor()).as(output).isZero();
        assertThat(output).as("tests were run").containsPattern("# pass [1-9]").contains("# fail 0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"openline", "openline-outbox", "openline-outbox-centrifuge", "openline-shared"})
    void theJarHoldsTheModuleAndItsTypes(String module) {
        assertThat(BrowserClientTest.class.getResource(module + ".js")).isNotNull();
        assertThat(BrowserClientTest.class.getResource(module + ".d.ts")).isNotNull();
    }

    /** Named one by one, as node's versions disagree on what a folder means. */
    private static List<String> testFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("test"))) {
            return files.map(Path::toString)
                    .filter(name -> name.endsWith(".test.js"))
                    .sorted()
                    .toList();
        }
    }

    private static Optional<Integer> nodeMajorVersion() throws InterruptedException {
        try {
            Process node = new ProcessBuilder("node", "--version").start();
            Matcher version = Pattern.compile("v(\\d+)\\.").matcher(everything(node));
            return node.waitFor() == 0 && version.lookingAt()
                    ? Optional.of(Integer.valueOf(version.group(1)))
                    : Optional.empty();
        } catch (IOException notThere) {
            return Optional.empty();
        }
    }

    private static String everything(Process process) throws IOException {
        try (InputStream output = process.getInputStream()) {
            return new String(output.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
