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

/** {@code bench echo}: messages that come straight back. */
@Command(
        name = "echo",
        mixinStandardHelpOptions = true,
        description =
                "Messages that come straight back: throughput and its price with so many under way, or at a fixed rate with latencies.")
final class EchoCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Option(names = "--lines", paramLabel = "N", defaultValue = "100", description = "Lines; default ${DEFAULT-VALUE}.")
    private int lines;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            split = ",",
            defaultValue = "20",
            description = "Payload, at least 8; several with commas; default ${DEFAULT-VALUE}.")
    private List<Integer> sizes;

    @Option(
            names = "--pipeline",
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description = "Messages under way on each line; several with commas; default ${DEFAULT-VALUE}.")
    private List<Integer> pipelines;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description = "Messages a second over all lines instead; default 0, as many as come back.")
    private int rate;

    @Option(
            names = "--with",
            paramLabel = "WHAT",
            defaultValue = "plain",
            description =
                    "What goes with WebSocket, without --rate: ${COMPLETION-CANDIDATES}; default ${DEFAULT-VALUE}.")
    private Variant variant;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        options.check(List.of("openline", "netty"));
        options.within("--lines", lines, 1, 20_000);
        options.within("--rate", rate, 0, 1_000_000);
        List<Case> cases = new ArrayList<>();
        for (int size : sizes) {
            options.within("--size", size, 8, 8 << 20);
            if (rate > 0) {
                cases.add(new PacedCase(lines, size, rate));
                continue;
            }
            for (int pipeline : pipelines) {
                options.within("--pipeline", pipeline, 1, 1_000);
                options.underWay((long) lines * pipeline * size);
                cases.add(new EchoCase(lines, size, pipeline, variant));
            }
        }
        new Comparison(options, spec.commandLine().getOut()).run(cases);
        return 0;
    }
}
