package dev.openline.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench all}: every case on every server. */
@Command(
        name = "all",
        mixinStandardHelpOptions = true,
        description =
                "Every case on every server, with the geometric mean of the ratios: three quarters of an hour, or minutes with "
                        + "--quick.")
final class AllCommand implements Callable<Integer> {
    /** Memory first, while external servers are fresh, and once: it varies little. With TLS fewer lines, whose handshakes take minutes. */
    private static final List<Case> CASES = List.of(
            new MemoryCase(10_000, Variant.PLAIN, 1),
            new MemoryCase(10_000, Variant.DEFLATE, 1),
            new MemoryCase(2_000, Variant.TLS, 1),
            new EchoCase(100, 20, 1),
            new EchoCase(1_000, 20, 1),
            new EchoCase(100, 20, 16),
            new EchoCase(100, 1 << 10, 1),
            new EchoCase(50, 16 << 10, 1),
            new EchoCase(4, 1 << 20, 1),
            new BroadcastCase(1_000, 100, 1, 0),
            new BroadcastCase(10_000, 100, 1, 0),
            new PacedCase(100, 20, 20_000),
            new ConnectCase(64),
            new EchoCase(100, 20, 1, Variant.TLS),
            new EchoCase(50, 16 << 10, 1, Variant.TLS),
            new EchoCase(100, 1 << 10, 1, Variant.DEFLATE),
            new EchoCase(50, 16 << 10, 1, Variant.DEFLATE));

    @Mixin
    private RunOptions options;

    @Option(
            names = "--quick",
            description =
                    "One round of one-second windows after two of warm-up: a first look. Overrides --rounds, --warm-up, --window.")
    private boolean quick;

    @Option(
            names = "--cases",
            paramLabel = "TEXT",
            split = ";",
            description = "Only cases whose names contain this; several with semicolons.")
    private List<String> parts = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        if (quick) options.quicken();
        options.check(Contender.names());
        List<Case> chosen = CASES.stream().filter(this::isChosen).toList();
        if (chosen.isEmpty())
            throw options.refused("--cases chooses none of: "
                    + String.join("; ", CASES.stream().map(Case::name).toList()) + ".");
        new Comparison(options, spec.commandLine().getOut()).run(chosen);
        return 0;
    }

    private boolean isChosen(Case each) {
        String name = each.name().toLowerCase(Locale.ROOT);
        return parts.isEmpty()
                || parts.stream().anyMatch(part -> name.contains(part.strip().toLowerCase(Locale.ROOT)));
    }
}
