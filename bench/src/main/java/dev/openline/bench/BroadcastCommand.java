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

/** {@code bench broadcast}: one message to many lines. */
@Command(
        name = "broadcast",
        mixinStandardHelpOptions = true,
        description =
                "One message to many lines. Figures are per delivery; a latency is from when a message should have been published to"
                        + " one line's receipt.")
final class BroadcastCommand implements Callable<Integer> {
    @Mixin
    private RunOptions options;

    @Option(
            names = "--lines",
            paramLabel = "N",
            split = ",",
            defaultValue = "1000",
            description = "Lines; several with commas; default ${DEFAULT-VALUE}.")
    private List<Integer> audiences;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "100",
            description = "Payload, at least 8; default ${DEFAULT-VALUE}.")
    private int size;

    @Option(
            names = "--pipeline",
            paramLabel = "N",
            defaultValue = "1",
            description = "Publications under way; default ${DEFAULT-VALUE}.")
    private int pipeline;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "0",
            description =
                    "Publications a second instead, for the latency; default 0, as soon as all have heard the last one.")
    private int rate;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        options.check(List.of("openline", "netty"));
        options.within("--size", size, 8, 1 << 20);
        options.within("--pipeline", pipeline, 1, 100);
        options.within("--rate", rate, 0, 100_000);
        List<Case> cases = new ArrayList<>();
        for (int lines : audiences) {
            options.within("--lines", lines, 1, 20_000);
            options.underWay((long) lines * pipeline * size);
            cases.add(new BroadcastCase(lines, size, pipeline, rate));
        }
        new Comparison(options, spec.commandLine().getOut()).run(cases);
        return 0;
    }
}
