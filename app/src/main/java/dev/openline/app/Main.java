package dev.openline.app;

import java.io.PrintWriter;
import java.util.Properties;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/**
 * The {@code openline} command. It only parses and dispatches; each subcommand is a class of its own.
 *
 * <p>Exit codes are part of the interface: {@value #OK} when all went well, {@value #FAILURE} when it could not be done
 * (one sentence on standard error says why), {@value #USAGE} when the command line itself was wrong.
 */
@Command(
        name = "openline",
        description = "The open line for the JVM: WebSocket lines, channels that remember, recovery after a cut.",
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT,
        versionProvider = Version.class,
        subcommands = {
            DemoCommand.class,
            ServeCommand.class,
            GenConfigCommand.class,
            CheckConfigCommand.class,
            TokenCommand.class,
            InspectCommand.class,
            VerifyCommand.class,
            BackupCommand.class,
            EchoCommand.class,
            ConnectCommand.class
        },
        synopsisSubcommandLabel = "COMMAND",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all went well",
            "1:it could not be done; one sentence on standard error says why",
            "2:bad usage"
        })
public final class Main implements Runnable {
    static final int OK = 0;
    static final int FAILURE = 1;
    static final int USAGE = 2;

    private static final String NO_RENEGOTIATION = "jdk.tls.rejectClientInitiatedRenegotiation";
    private static final String LEAK_DETECTION = "io.netty.leakDetection.level";
    private static final String LEAK_DETECTION_OF_OLD = "io.netty.leakDetectionLevel";

    @Spec
    private CommandSpec spec;

    private Main() {}

    public static void main(String[] args) {
        settle(System.getProperties());
        System.exit(commandLine().execute(args));
    }

    /** What only a program may decide for its whole process, and not the library it is made of; whoever says otherwise is heard. */
    static void settle(Properties system) {
        // With TLS 1.2 a client could otherwise have the JDK sign another handshake, over and over, on one connection.
        system.putIfAbsent(NO_RENEGOTIATION, "true");
        // Netty would record a stack trace for one buffer of 128, to tell us about leaks that our tests look for.
        if (!system.containsKey(LEAK_DETECTION_OF_OLD)) system.putIfAbsent(LEAK_DETECTION, "disabled");
    }

    /** The command with all its parts, not yet run: tests hand it their own writers. */
    static CommandLine commandLine() {
        CommandLine command = new CommandLine(new Main());
        command.setExecutionExceptionHandler(Main::explain);
        command.setParameterExceptionHandler(Main::explainUsage);
        command.setUsageHelpAutoWidth(true);
        return command;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is missing.");
    }

    /** A failure we foresaw is a sentence; anything else is a fault of ours, whose stack trace we will be asked for. */
    private static int explain(Exception thrown, CommandLine command, ParseResult parsed) {
        if (thrown instanceof CommandFailure failure) {
            command.getErr().println("openline: " + failure.getMessage());
        } else {
            command.getErr().println("openline: an unexpected error, please report it:");
            thrown.printStackTrace(command.getErr());
        }
        return FAILURE;
    }

    private static int explainUsage(ParameterException wrong, String[] args) {
        PrintWriter err = wrong.getCommandLine().getErr();
        err.println("openline: " + wrong.getMessage());
        err.println("Try '" + wrong.getCommandLine().getCommandSpec().qualifiedName() + " --help'.");
        return USAGE;
    }
}
