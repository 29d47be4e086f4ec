package dev.openline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SimulationTest {
    private static final int SEEDS = Integer.getInteger("openline.seeds", 20);

    @Test
    void keeps_every_promise_whatever_goes_wrong() {
        Map<String, Integer> faults = new TreeMap<>();
        long acknowledged = 0;
        long delivered = 0;
        long from = Long.getLong("openline.seed", 1);
        for (long seed = from; seed < from + SEEDS; seed++) {
            long began = System.nanoTime();
            Simulation.Report report = Simulation.run(seed);
            System.err.println(seed + " " + (System.nanoTime() - began) / 1_000_000 + " ms " + report.acknowledged()
                    + " " + report.delivered());
            assertThat(report.violations())
                    .as("seed %d\n%s", seed, report.story())
                    .isEmpty();
            report.faults().forEach((kind, count) -> faults.merge(kind, count, Integer::sum));
            acknowledged += report.acknowledged();
            delivered += report.delivered();
        }
        System.err.println(faults + " " + acknowledged + " " + delivered);
    }
}
