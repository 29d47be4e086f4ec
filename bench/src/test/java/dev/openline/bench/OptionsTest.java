package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class OptionsTest {
    private final StringWriter out = new StringWriter();

    private int run(String arguments) {
        CommandLine line = Main.commandLine();
        line.setOut(new PrintWriter(out)).setErr(new PrintWriter(out));
        return line.execute(arguments.split(" "));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            store --durability os,maybe | --durability 'maybe' is neither os nor fsync.
            store --channels 0 | --channels must be 1 to 1000000.
            echo --size 7 | --size must be 8 to
            echo --size 20,x | 'x' is not an int
            echo --lines 0 | --lines must be 1 to 20000.
            echo --lines 20001 | --lines must be 1 to 20000.
            echo --pipeline 0 | --pipeline must be 1 to 1000.
            echo --rate 1000001 | --rate must be 0 to 1000000.
            echo --with wings | expected one of [PLAIN, DEFLATE, TLS]
            echo --rounds 0 | --rounds must be 1 to 20.
            echo --window NaN | --window must be 0.5 to 60.
            echo --window 61 | --window must be 0.5 to 60.
            echo --warm-up 0 | --warm-up must be 0.1 to 60.
            echo --server-threads 65 | --server-threads must be 1 to 64.
            echo --servers pigeon | 'pigeon' is none of the servers that run here: openline-
            echo --servers jetty,jetty | every server needs a name of its own.
            echo --external uws:9001 | 'uws:9001' is not NAME=PORT,PID
            echo --external uws=9001,x | 'uws=9001,x' is not NAME=PORT,PID
            echo --baseline vertx | --baseline 'vertx' is none of the servers
            all --cases nonsense | --cases chooses none of: memory of an idle line, 10,000 lines; memory
            connect --clients 0 | --clients must be 1 to 1000.
            memory --lines 99 | --lines must be 100 to 1000000.
            echo --size 8388608 --pipeline 1000 --lines 1 | MiB under way at once
            broadcast --lines 10,0 | --lines must be 1 to 20000.
            broadcast --size 1048577 | --size must be 8 to 1048576.
            broadcast --size 1048576 --pipeline 100 | MiB under way at once
            sideways | Unmatched argument
            """)
    void whatIsOutOfBoundsIsRefusedWithASentence(String arguments, String sentence) {
        assertThat(run(arguments)).isEqualTo(CommandLine.ExitCode.USAGE);
        assertThat(out.toString()).contains(sentence).doesNotContain("\tat ");
    }

    @Test
    void aFileThatCannotBeWrittenIsFoundOutBeforeAnythingIsMeasured() {
        assertThat(run("echo --json /nonexistent/folder/figures.json")).isEqualTo(CommandLine.ExitCode.SOFTWARE);
        assertThat(out.toString()).startsWith("openline bench: cannot write /nonexistent/folder/figures.json");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"--help", "all --help", "echo --help", "broadcast --help", "connect --help", "memory --help"})
    void helpExplainsEveryColumn(String arguments) {
        assertThat(run(arguments)).isZero();
        for (Figure figure : Figure.values()) {
            assertThat(out.toString().replaceAll("\\s+", " ")).contains(figure.heading() + " " + figure.explanation());
        }
    }
}
