package dev.openline.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class FuzzCommandTest {
    private final StringWriter out = new StringWriter();

    @TempDir
    Path folder;

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out));
        line.setErr(new PrintWriter(out));
        return line.execute(arguments);
    }

    @Test
    void everyTargetHasACorpusOfInputsItHoldsOn() throws IOException {
        for (Target target : Target.values()) {
            Path file = folder.resolve(target.toString());
            for (byte[] input : target.corpus().values()) {
                Files.write(file, input);
                assertThat(run("fuzz", target.toString(), "--reproduce", file.toString()))
                        .isZero();
                assertThat(input).hasSizeLessThanOrEqualTo(target.maxBytes());
            }
        }
    }

    @Test
    void jazzerFollowsTheCoverageOfTheEngine() {
        assertThat(run("fuzz", "extensions", "--seconds", "1", "--into", folder.toString()))
                .as(out::toString)
                .isZero();
        assertThat(out.toString()).containsPattern("extensions: [0-9,]+ runs, [1-9][0-9]+ edges reached");
    }

    @Test
    void whatCannotBeDoneIsSaid() {
        assertThat(run("fuzz", "nothing")).isEqualTo(2);
        assertThat(run("fuzz", "--reproduce", "file")).isEqualTo(2);
        assertThat(run("fuzz", "--seconds", "0")).isEqualTo(2);
        assertThat(run("conformance", "ws://127.0.0.1:1", "--client")).isEqualTo(2);
    }
}
