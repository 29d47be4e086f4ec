package dev.openline.proof;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code openline fuzz}, {@code openline conformance} and {@code openline simulate}. */
@Command(
        name = "openline",
        mixinStandardHelpOptions = true,
        subcommands = {FuzzCommand.class, ConformanceCommand.class, SimulateCommand.class})
final class Main implements Runnable {
    private static final int CANNOT_BE_RUN_HERE = 3;

    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            if (thrown instanceof Autobahn.NoPython) {
                command.getErr().println("openline: " + thrown.getMessage());
                return CANNOT_BE_RUN_HERE;
            }
            if (thrown instanceof IOException || thrown instanceof IllegalStateException) {
                command.getErr().println("openline: " + thrown.getMessage());
            } else {
                thrown.printStackTrace(command.getErr());
            }
            return 1;
        });
        return line;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "what should be proved? fuzz, conformance or simulate.");
    }
}
