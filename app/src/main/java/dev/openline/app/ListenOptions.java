package dev.openline.app;

import dev.openline.net.Transport;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where to listen, and how bytes are carried: shared by all commands that open a port. */
final class ListenOptions {
    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            defaultValue = "127.0.0.1",
            description =
                    "Address to listen on; default ${DEFAULT-VALUE}, which only this machine can reach. 0.0.0.0 is every one.")
    private String host;

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            defaultValue = "auto",
            description = "io_uring, epoll, kqueue or nio; default ${DEFAULT-VALUE}, the fastest that works here.")
    private String transport;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    String host() {
        return host;
    }

    /**
     * The transport that was asked for, which works on this machine.
     *
     * @throws CommandFailure if it does not
     * @throws ParameterException if there is none of that name
     */
    Transport transport() {
        if (transport.equals("auto")) return Transport.fastest();
        List<Transport> all = Arrays.asList(Transport.values());
        Transport chosen = all.stream()
                .filter(one -> one.optionName().equals(transport))
                .findAny()
                .orElseThrow(() -> new ParameterException(
                        command.commandLine(),
                        "--transport '" + transport + "' is unknown; there are auto, "
                                + all.stream().map(Transport::optionName).collect(Collectors.joining(", ")) + "."));
        try {
            return chosen.required();
        } catch (IllegalStateException e) {
            throw new CommandFailure(e.getMessage() + ".", e);
        }
    }
}
