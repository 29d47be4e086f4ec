package dev.openline.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code openline bench}: measures Openline beside other servers, each in a process of its own, alternately, from one load. */
@Command(
        name = "openline bench",
        description =
                "Measures Openline beside other servers in one run. Look at the ratios: absolute figures are the machine's.",
        mixinStandardHelpOptions = true,
        subcommands = {
            AllCommand.class,
            EchoCommand.class,
            BroadcastCommand.class,
            ConnectCommand.class,
            MemoryCommand.class,
            SlowReadersCommand.class,
            StoreCommand.class,
            RedisCommand.class
        })
final class Main implements Runnable {
    private static final String COLUMNS = "columns";

    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Main());
        explainColumns(line);
        line.getSubcommands().values().forEach(Main::explainColumns);
        line.addSubcommand("jmh", new CommandLine(new JmhCommand()).setUnmatchedOptionsArePositionalParams(true));
        line.setCaseInsensitiveEnumValuesAllowed(true);
        line.setExecutionExceptionHandler((thrown, command, parsed) -> {
            if (thrown instanceof IOException || thrown instanceof IllegalStateException) {
                command.getErr().println("openline bench: " + thrown.getMessage());
            } else {
                thrown.printStackTrace(command.getErr());
            }
            return 1;
        });
        return line;
    }

    private static void explainColumns(CommandLine command) {
        UsageMessageSpec usage = command.getCommandSpec().usageMessage();
        Map<String, String> columns = new LinkedHashMap<>();
        for (Figure figure : Figure.values()) columns.put(figure.heading(), figure.explanation());
        usage.sectionMap().put(COLUMNS, help -> String.format("%nColumns:%n") + help.createTextTable(columns));
        List<String> sections = new ArrayList<>(usage.sectionKeys());
        sections.add(sections.indexOf(UsageMessageSpec.SECTION_KEY_FOOTER_HEADING), COLUMNS);
        usage.sectionKeys(sections);
    }

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "what should be measured? all, echo, broadcast, connect, memory, slow-readers or store.");
    }
}
