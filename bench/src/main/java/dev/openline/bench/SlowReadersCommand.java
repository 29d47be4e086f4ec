package dev.openline.bench;

import dev.openline.hub.Mode;
import dev.openline.net.Transport;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench slow-readers}: what those who don't read cost those who do. */
@Command(
        name = "slow-readers",
        mixinStandardHelpOptions = true,
        description =
                "One channel of a channel server; the same publications to the same lines without and with others beside them that"
                        + " take nothing, and then are let go. Latencies are from when a publication should have been made to one line's"
                        + " receipt.")
final class SlowReadersCommand implements Callable<Integer> {
    @Option(
            names = "--lines",
            paramLabel = "N",
            defaultValue = "9000",
            description = "Lines that read; default ${DEFAULT-VALUE}.")
    private int lines;

    @Option(
            names = "--stalled",
            paramLabel = "N",
            defaultValue = "1000",
            description = "Lines beside them that don't; default ${DEFAULT-VALUE}.")
    private int stalled;

    @Option(
            names = "--publications",
            paramLabel = "N",
            defaultValue = "50000",
            description = "How many; default ${DEFAULT-VALUE}. A tenth of them warms up.")
    private int publications;

    @Option(
            names = "--burst",
            paramLabel = "N",
            defaultValue = "20",
            description = "So many at once; default ${DEFAULT-VALUE}.")
    private int burst;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "6",
            description = "Bursts a second; default ${DEFAULT-VALUE}.")
    private int rate;

    @Option(
            names = "--bytes",
            paramLabel = "N",
            defaultValue = "64",
            description = "Data of a publication; default ${DEFAULT-VALUE}.")
    private int bytes;

    @Option(
            names = "--mode",
            paramLabel = "MODE",
            defaultValue = "every",
            description = "The channel's: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private Mode mode;

    @Option(
            names = "--transport",
            paramLabel = "NAME",
            description = "The server's: ${COMPLETION-CANDIDATES}; default the fastest that works here.")
    private @Nullable Transport transport;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "1",
            description = "Runs of each kind, alternating; default ${DEFAULT-VALUE}.")
    private int rounds;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        within("--lines", lines, 1, 20_000);
        within("--stalled", stalled, 0, 20_000);
        within("--burst", burst, 1, 200);
        within("--publications", publications, burst, 1_000_000);
        within("--rate", rate, 1, 10_000);
        within("--bytes", bytes, 24, 10_000);
        within("--rounds", rounds, 1, 20);
        SlowReaders.Plan plan = new SlowReaders.Plan(mode, publications / burst * burst, burst, rate, bytes);
        Pinning pinning = Pinning.choose(1);
        PrintWriter out = spec.commandLine().getOut();
        out.printf(
                "mode %s, %,d publications of %d bytes, %d at once, %d times a second; %s%n",
                mode.name().toLowerCase(Locale.ROOT), plan.publications(), bytes, burst, rate, pinning.description());
        out.printf(
                Locale.ROOT,
                "%8s %8s %9s %9s %9s %9s %9s %10s %10s %s%n",
                "lines",
                "stalled",
                "p50 ms",
                "p99 ms",
                "max ms",
                "CPU us",
                "load",
                "heap MB",
                "after MB",
                "the stalled ones, once they read again");
        for (int round = 0; round < rounds; round++) {
            run(out, pinning, plan, 0);
            if (stalled > 0) run(out, pinning, plan, stalled);
        }
        return 0;
    }

    private void run(PrintWriter out, Pinning pinning, SlowReaders.Plan plan, int slow) throws IOException {
        List<String> arguments = List.of(
                (transport == null ? Transport.fastest() : transport).name(),
                mode.name(),
                Integer.toString(plan.publications() + burst));
        try (SubjectProcess server = SubjectProcess.start(
                        Contender.parse("openline"), Variant.PLAIN, pinning, ChannelSubject.class, arguments);
                SlowReaders readers = SlowReaders.open(server, plan, lines, slow)) {
            SlowReaders.Result result = readers.run();
            out.printf(
                    Locale.ROOT,
                    "%,8d %,8d %9.1f %9.1f %9.1f %9.2f %8.0f%% %10.1f %10.1f %s%n",
                    lines,
                    slow,
                    result.latency().getValueAtPercentile(50) / 1e6,
                    result.latency().getValueAtPercentile(99) / 1e6,
                    result.latency().getMaxValue() / 1e6,
                    result.server().micros() / result.deliveries(),
                    result.loadBusy() * 100,
                    result.heapBefore() / 1e6,
                    result.heapAfter() / 1e6,
                    slow == 0 ? "" : told(result, slow));
            out.flush();
        }
    }

    private static String told(SlowReaders.Result result, int slow) {
        return String.format(
                Locale.ROOT,
                "all in order, %d of %d complete (the least has %,d), within %.1f s",
                result.complete(),
                slow,
                result.fewest(),
                result.caughtUpNanos() / 1e9);
    }

    private void within(String option, int value, int least, int most) {
        if (value < least || value > most)
            throw new ParameterException(spec.commandLine(), option + " must be " + least + " to " + most + ".");
    }
}
