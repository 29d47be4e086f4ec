package dev.openline.app;

import dev.openline.store.disk.DiskReading;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code openline verify}: whether all that a directory holds is as it was written. */
@Command(
        name = "verify",
        header = "Checks the logs in a directory.",
        description =
                "Reads everything, changes nothing, says what is wrong and ends with 1; or that all is well. While a server"
                        + " has the directory, what it writes just then may look torn.")
final class VerifyCommand implements Callable<Integer> {
    private static final int MOST_SENTENCES = 100;

    @Parameters(paramLabel = "DIR", description = "As for 'openline serve --data'.")
    private Path directory;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try {
            List<String> wrong = DiskReading.verify(directory);
            PrintWriter out = spec.commandLine().getOut();
            wrong.stream().limit(MOST_SENTENCES).forEach(out::println);
            if (wrong.size() > MOST_SENTENCES) out.println("… and " + (wrong.size() - MOST_SENTENCES) + " more");
            if (wrong.isEmpty()) out.println("all is well in " + directory);
            out.flush();
            return wrong.isEmpty() ? Main.OK : Main.FAILURE;
        } catch (IOException e) {
            throw new CommandFailure(e.getMessage() + ".", e);
        }
    }
}
