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
                "Messages that come straight back: throughput and its price with so many under way, latency at a fixed rate.")
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
            defaultValue = "1,16",
            description = "Messages under way on each line; several with commas; default ${DEFAULT-VALUE}.")
    private List<Integer> pipelines;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Messages a second over all lines, for the latency; default ${DEFAULT-VALUE}.")
    private int rate;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        options.check();
        options.within("--lines", lines, 1, 20_000);
        options.within("--rate", rate, 1, 1_000_000);
        List<Case> cases = new ArrayList<>();
        for (int size : sizes) {
            options.within("--size", size, 8, 8 << 20);
            for (int pipeline : pipelines) {
                options.within("--pipeline", pipeline, 1, 1_000);
                options.underWay((long) lines * pipeline * size);
                cases.add(new Echo(size, pipeline));
            }
        }
        new Comparison(options, spec.commandLine().getOut()).run(cases);
        return 0;
    }

    private final class Echo implements Case {
        private final int size;
        private final int pipeline;

        private Echo(int size, int pipeline) {
            this.size = size;
            this.pipeline = pipeline;
        }

        @Override
        public String name() {
            return "echo " + size + " B, " + lines + " lines" + (pipeline > 1 ? ", bursts of " + pipeline : "");
        }

        @Override
        public Figures measure(SubjectProcess server) throws IOException {
            try (Load load = Load.open(server.port(), "/echo", lines, new MaskedFrames(size))) {
                Window window = new Window(options.window(), server.handle());
                Window.Throughput throughput = load.echo(pipeline, options.warmUp(), window);
                return Figures.of(throughput, load.echoLatency(rate, options.warmUp() / 3, options.window()));
            }
        }
    }
}
