package dev.openline.app;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code openline checkconfig}: says whether a configuration file is good, and all that is wrong with it. */
@Command(
        name = "checkconfig",
        header = "Checks a configuration file.",
        description =
                "Says all that is wrong with it, with the path of each option, and ends with 1; or that it is good.")
final class CheckConfigCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The file, as for 'openline serve --config'.")
    private Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ServerSettings.read(ConfigFile.read(file, System.getenv()));
        PrintWriter out = spec.commandLine().getOut();
        out.println(file + " is good.");
        out.flush();
        return Main.OK;
    }
}
