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
            if (!report.isGood()) {
                Simulation.Report shortest = Simulation.minimal(seed, 200);
                throw new AssertionError("seed " + seed + ": " + report.violations() + "\nin " + shortest.steps()
                        + " steps: " + shortest.violations() + "\n" + shortest.story());
            }
            faults.addAll(report.faults().keySet());
        }
        assertThat(faults)
                .containsExactlyInAnyOrder(
                        "clock jump",
                        "disk full",
                        "disk slow",
                        "impostor",
                        "line cut",
                        "line silent",
                        "line stalled",
                        "network change",
                        "power cut",
                        "server drained",
                        "server killed");
    }

    /** Each thing that could fail to do what it should would be noticed: these are the mutations of the simulation. */
    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "NONE")
    void what_does_not_do_what_it_should_is_noticed(Flaw flaw) {
        for (long seed = 1; seed <= 200; seed++) if (!Simulation.run(seed, flaw).isGood()) return;
        throw new AssertionError(flaw + " went unnoticed");
    }

    @Test
    void a_story_in_which_a_promise_is_broken_is_told_without_what_does_not_matter() {
        long seed = 1;
        while (Simulation.run(seed, Flaw.FORGETS_KEYS).isGood()) seed++;
        Simulation.Report whole = Simulation.run(seed, Flaw.FORGETS_KEYS);
        Simulation.Report shortest = Simulation.minimal(seed, Flaw.FORGETS_KEYS, 300);
        assertThat(shortest.violations()).isNotEmpty();
        assertThat(shortest.steps()).isLessThan(whole.steps() / 5);
        assertThat(shortest.story().length()).isLessThan(whole.story().length() / 2);
    }

    @Test
    void a_seed_tells_the_same_story_every_time() {
        Simulation.Report once = Simulation.run(4711);
        assertThat(Simulation.run(4711)).isEqualTo(once);
    }
}
