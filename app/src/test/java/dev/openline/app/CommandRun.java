package dev.openline.app;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import picocli.CommandLine;

/**
 * One run of the command in this process, from its arguments and its standard input to what it printed.
 *
 * @param exitCode what the process would have ended with
 */
record CommandRun(int exitCode, String out, String err) {
    static CommandRun of(String... args) {
        return withInput("", args);
    }

    static CommandRun withInput(String input, String... args) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();
        CommandLine command = Main.commandLine();
        command.setOut(new PrintWriter(out, true));
        command.setErr(new PrintWriter(err, true));
        InputStream usual = System.in;
        System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
        try {
            return new CommandRun(command.execute(args), out.toString(), err.toString());
        } finally {
            System.setIn(usual);
        }
    }

    /** A server command with its options set, for tests that open its port themselves and close it again. */
    @SuppressWarnings("unchecked")
    static <C> C parsed(String name, String... args) {
        CommandLine command = Main.commandLine();
        command.parseArgs(Stream.concat(Stream.of(name), Stream.of(args)).toArray(String[]::new));
        return (C) command.getSubcommands().get(name).getCommand();
    }
}
