package dev.openline.bench;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench connect}: clients that come and go. */
@Command(
        name = "connect",
        mixinStandardHelpOptions = true,
        description = "Clients that connect, upgrade, say goodbye and go. Figures are per client.")
final class ConnectCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "64",
            description = "Clients under way at a time; default ${DEFAULT-VALUE}.")
    private int clients;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        options.check(List.of("openline", "netty"));
        options.within("--clients", clients, 1, 1_000);
        new Comparison(options, spec.commandLine().getOut()).run(List.of(new ConnectCase(clients)));
        return 0;
    }
}
