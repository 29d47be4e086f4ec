package dev.openline.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
            names = "--servers",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Which servers to measure, with commas; default openline and netty, for 'all' every one. Names: "
                            + "openline, netty and vertx, alone or as in openline-epoll (io_uring, epoll, nio), undertow, jetty, "
                            + "java-websocket, bare-tcp.")
    private List<String> servers = new ArrayList<>();

    @Option(
            names = "--external",
            paramLabel = Contender.EXTERNAL_FORM,
            description =
                    "Also measures a server that runs already, given its port on 127.0.0.1 and its process, which is moved to "
                            + "the servers' processor. It echoes on /; for broadcasts it sends to all of /broadcast what comes on "
                            + "/publish. May be given several times; a NAME that ends with +tls or +deflate is measured only in cases with that.")
    private List<String> externals = new ArrayList<>();

    @Option(
            names = "--baseline",
            paramLabel = "NAME",
            description = "The server that ratios are to; default the first external one, else netty, else the first.")
    private @Nullable String baseline;

    @Option(
            names = "--congestion",
            paramLabel = "NAME",
            description =
                    "TCP congestion control for loopback while this runs, such as cubic; needs root. Default: the system's.")
    private @Nullable String congestion;

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
            description = "Before the first window, a third of it before each later one; default ${DEFAULT-VALUE}.")
    private double warmUp;

    @Option(
            names = "--window",
            paramLabel = "SECONDS",
            defaultValue = "3",
            description = "How long each figure is measured; default ${DEFAULT-VALUE}.")
    private double window;

    @Option(
            names = "--json",
            paramLabel = "FILE",
            description = "Also writes every round's figures, the medians and the ratios to this file.")
    private @Nullable Path json;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    private final List<Contender> contenders = new ArrayList<>();

    /** Refuses what is out of its bounds, with a sentence. */
    void check(List<String> usualServers) {
        within("--server-threads", serverThreads, 1, 64);
        within("--rounds", rounds, 1, 20);
        within("--warm-up", warmUp, 0.1, 60);
        within("--window", window, 0.5, 60);
        try {
            for (String name : externals) contenders.add(Contender.external(name));
            for (String name : servers.isEmpty() ? usualServers : servers) contenders.add(Contender.parse(name));
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()));
        }
        if (contenders.stream()
                        .map(each -> each.label() + each.variant().suffix())
                        .distinct()
                        .count()
                < contenders.size()) throw refused("every server needs a name of its own.");
        if (baseline != null
                && contenders.stream().noneMatch(each -> each.label().equals(baseline)))
            throw refused("--baseline '" + baseline + "' is none of the servers that are measured.");
    }

    ParameterException refused(String sentence) {
        return new ParameterException(command.commandLine(), sentence);
    }

    void within(String option, double value, double least, double most) {
        if (!(value >= least && value <= most))
            throw refused(String.format(Locale.ROOT, "%s must be %s to %s.", option, plain(least), plain(most)));
    }

    /** Refuses what would measure memory rather than a server: messages that are all under way at once. */
    void underWay(long bytes) {
        if (bytes > UNDER_WAY_BYTES)
            throw refused("lines x pipeline x size is " + (bytes >> 20) + " MiB under way at once; at most "
                    + (UNDER_WAY_BYTES >> 20) + " MiB.");
    }

    private static String plain(double value) {
        return value == Math.rint(value) ? Long.toString((long) value) : Double.toString(value);
    }

    /** Short enough for a first look: one round, and a warm-up that no server on the JVM can do without. */
    void quicken() {
        rounds = 1;
        warmUp = 2;
        window = 1;
    }

    List<Contender> contenders() {
        return contenders;
    }

    /** The label of the server that ratios are to. */
    String baseline() {
        if (baseline != null) return baseline;
        if (contenders.get(0).isExternal()) return contenders.get(0).label();
        return contenders.stream()
                .filter(each -> each.peer() == Peer.NETTY)
                .findFirst()
                .orElse(contenders.get(0))
                .label();
    }

    /** The congestion control to set, or null to leave it. */
    @Nullable
    String congestion() {
        return congestion;
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
