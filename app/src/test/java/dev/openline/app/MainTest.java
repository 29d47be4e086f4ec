package dev.openline.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int run(String... args) {
        CommandLine command = Main.commandLine();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        return command.execute(args);
    }

    @Test
    void helpNamesTheExitCodes() {
        assertThat(run("--help")).isEqualTo(Main.OK);

        assertThat(out.toString()).contains("0   all went well", "1   it could not be done", "2   bad usage");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    void versionIsThatOfTheBuild() {
        assertThat(run("--version")).isEqualTo(Main.OK);

        assertThat(out.toString()).matches("openline \\d+\\.\\d+\\.\\d+(-SNAPSHOT)?( \\([0-9a-f]+\\))?\nJava [^\n]+\n");
    }

    @Test
    void commandMissingIsBadUsageInOneSentence() {
        assertThat(run()).isEqualTo(Main.USAGE);

        assertThat(err.toString()).isEqualTo("openline: a command is missing.\nTry 'openline --help'.\n");
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void unknownCommandIsBadUsageInOneSentence() {
        assertThat(run("sever")).isEqualTo(Main.USAGE);

        assertThat(err.toString()).startsWith("openline: ").contains("'sever'").hasLineCount(2);
    }

    @Test
    void unknownOptionIsBadUsageInOneSentence() {
        assertThat(run("--prot")).isEqualTo(Main.USAGE);

        assertThat(err.toString()).startsWith("openline: ").contains("'--prot'").hasLineCount(2);
    }
}
