package dev.openline.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench memory}: what an open, silent line costs. */
@Command(
        name = "memory",
        mixinStandardHelpOptions = true,
        description =
                "What one more open, silent line costs a fresh server, in bytes. External servers have to be fresh too.")
final class MemoryCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Option(
            names = "--lines",
            paramLabel = "N",
            split = ",",
            defaultValue = "10000",
            description =
                    "Lines; several with commas; default ${DEFAULT-VALUE}. Each end needs a file descriptor for each.")
    private List<Integer> counts;

    @Option(
            names = "--with",
            paramLabel = "WHAT",
            defaultValue = "plain",
            description = "What goes with WebSocket: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private Variant variant;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        options.check(List.of("openline", "netty"));
        List<Case> cases = new ArrayList<>();
        for (int lines : counts) {
            options.within("--lines", lines, 100, 1_000_000);
            cases.add(new MemoryCase(lines, variant, options.rounds()));
        }
        new Comparison(options, spec.commandLine().getOut()).run(cases);
        return 0;
    }
}
