package dev.openline.app;

import dev.openline.store.disk.Verification;
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
                "Reads everything, changes nothing, says what is wrong and ends with 1; or that all is well. Of a directory"
                        + " that a server has, a backup can be verified.")
final class VerifyCommand implements Callable<Integer> {
    private static final int MOST_SENTENCES = 100;

    @Parameters(paramLabel = "DIR", description = "As for 'openline serve --data'.")
    private Path directory;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        try {
            Verification found = Verification.of(directory);
            List<String> wrong = found.findings();
            PrintWriter out = spec.commandLine().getOut();
            wrong.stream().limit(MOST_SENTENCES).forEach(out::println);
            long more = wrong.size() + found.more() - MOST_SENTENCES;
            if (more > 0) out.println("… and " + more + " more");
            if (found.isGood())
                out.printf(
                        "all is well in %s: %s, %s, %s%n",
                        directory,
                        Count.of(found.channels(), "channel"),
                        Count.of(found.publications(), "publication"),
                        Count.of(found.tables(), "table"));
            out.flush();
            return found.isGood() ? Main.OK : Main.FAILURE;
        } catch (IOException e) {
            throw new CommandFailure(FileFault.sentence(e), e);
        }
    }
}
