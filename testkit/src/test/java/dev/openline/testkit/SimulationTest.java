package dev.openline.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Stories in which everything goes wrong; {@code ./openline simulate} tells more of them. */
class SimulationTest {
    private static final int SEEDS = Integer.getInteger("openline.seeds", 200);

    @Test
    void every_promise_is_kept_whatever_goes_wrong() {
        TreeSet<String> faults = new TreeSet<>();
        for (long seed = 1; seed <= SEEDS; seed++) {
            Simulation.Report report = Simulation.run(seed);
            assertThat(report.violations())
                    .as("seed %d\n%s", seed, report.story())
                    .isEmpty();
            faults.addAll(report.faults().keySet());
        }
        assertThat(faults)
                .contains(
                        "clock jump",
                        "disk full",
                        "disk slow",
                        "line cut",
                        "line silent",
                        "line stalled",
                        "network change",
                        "power cut",
                        "server drained",
                        "server killed");
    }

    /** Each way in which the disk could break its word would be noticed: these are the mutations of the simulation. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void a_disk_that_breaks_its_word_is_noticed(DiskFlaw flaw) {
        for (long seed = 1; seed <= 200; seed++)
            if (!Simulation.run(seed, flaw).violations().isEmpty()) return;
        throw new AssertionError(flaw + " went unnoticed");
    }

    @Test
    void a_seed_tells_the_same_story_every_time() {
        Simulation.Report once = Simulation.run(4711);
        assertThat(Simulation.run(4711)).isEqualTo(once);
    }
}
