package dev.openline.app;

import dev.openline.net.TlsOptions;
import dev.openline.server.OpenlineServer;
import java.io.IOException;
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
                "Says all that is wrong with it, with the path of each option, and ends with 1; or that it is good. Warns of"
                        + " what 'openline serve' warns of. Whether the port is free, the data directory can be written"
                        + " and Redis be reached shows only when a server starts.")
final class CheckConfigCommand implements Callable<Integer> {
    @Parameters(paramLabel = "FILE", description = "The file, as for 'openline serve --config'.")
    private Path file;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        check(ServerSettings.read(ConfigFile.read(file, System.getenv())));
        PrintWriter out = spec.commandLine().getOut();
        out.println(file + " is good.");
        out.flush();
        return Main.OK;
    }

    /** What only shows when a server is made of it. */
    private static void check(ServerSettings settings) {
        settings.checkWhoMayCome(ServerSettings.Beside.NOTHING);
        try {
            TlsOptions tls = settings.tls();
            if (tls != null) tls.check();
            OpenlineServer.create(settings::configure).check();
        } catch (IllegalArgumentException e) {
            throw new CommandFailure(ConfigFile.WRONG + e.getMessage(), e);
        } catch (IOException e) {
            throw new CommandFailure(ConfigFile.WRONG + "http_server.tls: " + e.getMessage(), e);
        } finally {
            settings.close();
        }
    }
}
