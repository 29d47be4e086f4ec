package dev.openline.bench;

import dev.openline.net.Transport;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What all measurements have in common. */
final class RunOptions {
    private static final long UNDER_WAY_BYTES = 128 << 20;

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            defaultValue = "auto",
            description =
                    "io_uring, epoll, kqueue or nio, for both servers; default ${DEFAULT-VALUE}, the fastest that works.")
    private String transport;

    @Option(
            names = "--server-threads",
            paramLabel = "N",
            defaultValue = "1",
            description = "Event loops of each server; default ${DEFAULT-VALUE}.")
    private int serverThreads;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "3",
            description = "Rounds, alternating between the servers; default ${DEFAULT-VALUE}.")
    private int rounds;

    @Option(
            names = "--warm-up",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "Before each window; default ${DEFAULT-VALUE}.")
    private double warmUp;

    @Option(
            names = "--window",
            paramLabel = "SECONDS",
            defaultValue = "5",
            description = "How long each figure is measured; default ${DEFAULT-VALUE}.")
    private double window;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also writes every round's figures, the medians and the ratios to this file.")
    private @Nullable Path json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /** Refuses what is out of its bounds, with a sentence. */
    void check() {
        within("--server-threads", serverThreads, 1, 64);
        within("--rounds", rounds, 1, 20);
        within("--warm-up", warmUp, 0.1, 60);
        within("--window", window, 0.5, 60);
    }

    void within(String option, double value, double least, double most) {
        if (!(value >= least && value <= most)) {
            throw new ParameterException(
                    command.commandLine(),
                    String.format(Locale.ROOT, "%s must be %s to %s.", option, plain(least), plain(most)));
        }
    }

    /** Refuses what would measure memory rather than a server: messages that are all under way at once. */
    void underWay(long bytes) {
        if (bytes > UNDER_WAY_BYTES) {
            throw new ParameterException(
                    command.commandLine(),
                    "lines x pipeline x size is " + (bytes >> 20) + " MiB under way at once; at most "
                            + (UNDER_WAY_BYTES >> 20) + " MiB.");
        }
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    Transport transport() {
        if (transport.equals("auto")) return Transport.fastest();
        try {
            return Transport.valueOf(transport.toUpperCase(Locale.ROOT)).required();
        } catch (IllegalArgumentException e) {
            throw new ParameterException(command.commandLine(), "--transport '" + transport + "' is unknown.", e);
        }
    }

    int serverThreads() {
        return serverThreads;
    }

    int rounds() {
        return rounds;
    }

    double warmUp() {
        return warmUp;
    }

    double window() {
        return window;
    }

    /** Where the figures go for machines, or null. */
    @Nullable
    Path json() {
        return json;
    }
}
