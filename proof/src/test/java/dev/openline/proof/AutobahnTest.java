package dev.openline.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class AutobahnTest {
    @TempDir
    Path folder;

    @Test
    void withoutPythonTheCommandEndsWith3() throws Exception {
        Throwable missing = catchThrowable(() -> Autobahn.in(folder, List.of("no-such-python", "java")));
        assertThat(missing).isInstanceOf(Autobahn.NoPython.class);
        StringWriter said = new StringWriter();
        CommandLine command = Main.commandLine();
        command.setErr(new PrintWriter(said));
        int exit = command.getExecutionExceptionHandler()
                .handleExecutionException((Exception) missing, command, command.parseArgs("conformance"));
        assertThat(exit).isEqualTo(3);
        assertThat(said.toString()).contains("Python 2.7");
    }
}
