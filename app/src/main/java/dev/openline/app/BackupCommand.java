package dev.openline.app;

import dev.openline.store.disk.DiskStore;
import dev.openline.store.disk.Verification;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code openline backup}: a copy of the logs, also while a server writes them. */
@Command(
        name = "backup",
        header = "Copies the logs in a directory.",
        description =
                "Also while a server has the directory: then that server makes the copy, whole as of one moment, and goes on"
                        + " meanwhile. The copy is verified. To restore it, stop the server and give it the copy with --data: every log begins a new epoch"
                        + " then, because clients may have heard more than the copy knows.")
final class BackupCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "As for 'openline serve --data'.")
    private Path directory;

    @Option(names = "--to", paramLabel = "NEW", required = true, description = "A directory that isn't there yet.")
    private Path to;

    @Option(
            names = "--wait",
            paramLabel = "TIME",
            defaultValue = "5m",
            description = "How long to wait for a server that has the directory; default ${DEFAULT-VALUE}.")
    private String patience;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        Duration wait = Settings.parse(patience);
        if (wait == null) throw new ParameterException(spec.commandLine(), "--wait is no time such as 30s or 5m.");
        try {
            Verification copy = DiskStore.backUp(directory, to, wait);
            PrintWriter out = spec.commandLine().getOut();
            out.printf(
                    "copied %s to %s: %s, %s, verified%n",
                    directory, to, Count.of(copy.channels(), "channel"), Count.of(copy.publications(), "publication"));
            out.flush();
            return Main.OK;
        } catch (IOException e) {
            throw new CommandFailure(FileFault.sentence(e), e);
        }
    }
}
