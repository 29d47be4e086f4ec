package dev.openline.proof;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code openline fuzz}: looks for inputs that break a target, or shows again what one does. */
@Command(
        name = "fuzz",
        description = "Looks for bytes that break the engine, guided by coverage; ends with 1 when some are found.",
        mixinStandardHelpOptions = true)
final class FuzzCommand implements Callable<Integer> {
    @Parameters(
            paramLabel = "TARGET",
            arity = "0..*",
            description = "What to fuzz, one after the other: ${COMPLETION-CANDIDATES}; all when none is named.")
    private List<Target> targets = List.of();

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "60",
            description = "How long each is fuzzed; default ${DEFAULT-VALUE}.")
    private int seconds;

    @Option(
            names = "--into",
            paramLabel = "DIR",
            defaultValue = "target/fuzz",
            description = "Where findings, logs and what the next run goes on from are kept; default ${DEFAULT-VALUE}.")
    private Path into;

    @Option(
            names = "--reproduce",
            paramLabel = "FILE",
            description = "Runs the one target named on these bytes instead, and shows what it throws.")
    private @Nullable Path reproduce;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (seconds < 1) throw new ParameterException(spec.commandLine(), "--seconds " + seconds + " < 1.");
        PrintWriter out = spec.commandLine().getOut();
        if (reproduce != null) return reproduce(reproduce, out);
        boolean clean = true;
        for (Target target : targets.isEmpty() ? List.of(Target.values()) : targets) {
            clean &= new FuzzRun(target, into).fuzz(seconds, out);
        }
        return clean ? 0 : 1;
    }

    private int reproduce(Path file, PrintWriter out) throws IOException {
        if (targets.size() != 1) {
            throw new ParameterException(spec.commandLine(), "--reproduce needs the one target the file is for.");
        }
        Target target = targets.get(0);
        try {
            target.run(Files.readAllBytes(file));
        } catch (RuntimeException | Error broken) {
            broken.printStackTrace(out);
            return 1;
        }
        out.println(target + " holds on " + file);
        return 0;
    }
}
