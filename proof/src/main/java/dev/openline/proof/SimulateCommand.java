package dev.openline.proof;

import dev.openline.testkit.Simulation;
import java.io.PrintWriter;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code openline simulate}: tells stories in which everything goes wrong, until one breaks a promise. */
@Command(
        name = "simulate",
        description =
                "Runs the real server and clients in virtual time, on a network and a disk that fail, and holds what"
                        + " everybody was told against what is promised; ends with 1 and the story when a promise was broken.",
        mixinStandardHelpOptions = true)
final class SimulateCommand implements Callable<Integer> {
    private static final int MOST_STORIES = 500;

    @Option(
            names = "--seeds",
            paramLabel = "N",
            defaultValue = "1000",
            description = "How many stories; default ${DEFAULT-VALUE}.")
    private int seeds;

    @Option(
            names = "--from",
            paramLabel = "SEED",
            defaultValue = "1",
            description =
                    "The first seed; the others follow. With --seeds 1 a story is told again. Default ${DEFAULT-VALUE}.")
    private long from;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        if (seeds < 1) throw new ParameterException(spec.commandLine(), "--seeds " + seeds + " < 1.");
        PrintWriter out = spec.commandLine().getOut();
        Map<String, Integer> faults = new TreeMap<>();
        long acknowledged = 0;
        long delivered = 0;
        for (long seed = from; seed < from + seeds; seed++) {
            Simulation.Report report = Simulation.run(seed);
            report.faults().forEach((kind, count) -> faults.merge(kind, count, Integer::sum));
            acknowledged += report.acknowledged();
            delivered += report.delivered();
            if (!report.isGood()) {
                tell(out, report);
                return 1;
            }
            if ((seed - from + 1) % 100 == 0) {
                out.println((seed - from + 1) + " stories");
                out.flush();
            }
        }
        faults.forEach((kind, count) -> out.println(count + " × " + kind));
        out.println(seeds + " stories, " + acknowledged + " publishes acknowledged, " + delivered
                + " publications checked, every promise kept");
        return 0;
    }

    /** What a person needs to see what went wrong: as little as still goes wrong. */
    private static void tell(PrintWriter out, Simulation.Report whole) {
        out.println(
                "seed " + whole.seed() + " breaks a promise; looking for the shortest story in which one is broken…");
        out.flush();
        Simulation.Report shortest = Simulation.minimal(whole.seed(), MOST_STORIES);
        out.println(shortest.story());
        out.println(shortest.steps() + " of " + whole.steps() + " steps are left. Broken is then:");
        shortest.violations().forEach(violation -> out.println("  " + violation));
        out.println("and in the whole story of seed " + whole.seed() + ":");
        whole.violations().forEach(violation -> out.println("  " + violation));
    }
}
