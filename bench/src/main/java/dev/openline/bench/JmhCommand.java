package dev.openline.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Runs the micro-benchmarks of this module; everything after the name goes to JMH as it is. */
@Command(
        name = "jmh",
        description =
                "Runs micro-benchmarks. Takes a name pattern and JMH's own options, for example: jmh Unmask -f 1 -wi 3")
final class JmhCommand implements Callable<Integer> {
    @Parameters(arity = "0..*", paramLabel = "PATTERN|OPTION", description = "Handed to JMH; default: all benchmarks.")
    private List<String> arguments = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
        return 0;
    }
}
