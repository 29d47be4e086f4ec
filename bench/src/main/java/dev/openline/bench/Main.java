package dev.openline.bench;

import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code openline bench}: measures Openline beside a peer, both in processes of their own, alternately, from one load. */
@Command(
        name = "openline bench",
        description =
                "Measures Openline beside stock Netty in one run. Look at the ratios: absolute figures are the machine's.",
        mixinStandardHelpOptions = true,
        subcommands = {EchoCommand.class, BroadcastCommand.class},
        footer = {
            "",
            "Columns: msg/s is what came back in the window; CPU us/msg is the server process's time on the CPU by the operating"
                    + " system's account, per message (per delivery for broadcast); system is the kernel's share of it; p50, p99 and"
                    + " p99.9 are measured at a fixed rate from the moment a message should have been sent, so that a server that"
                    + " stalls can't hide it; generator is how busy the load's own thread was in the throughput window."
        })
final class Main implements Runnable {
    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        CommandLine line = new CommandLine(new Main());
        line.addSubcommand("jmh", new CommandLine(new JmhCommand()).setUnmatchedOptionsArePositionalParams(true));
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            if (thrown instanceof IOException || thrown instanceof IllegalStateException) {
                command.getErr().println("openline bench: " + thrown.getMessage());
            } else {
                thrown.printStackTrace(command.getErr());
            }
            return 1;
        });
        System.exit(line.execute(args));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "what should be measured? echo or broadcast.");
    }
}
