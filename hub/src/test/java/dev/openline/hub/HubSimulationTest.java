package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Invariants 1 to 8 of the design, as far as they concern the hub, under any legal order of events. A failure names its seed; the same seed gives the same run.
 */
class HubSimulationTest {
    private static final int SEEDS = Integer.getInteger("openline.seeds", 150);
    private static final int STEPS = 2_500;

    @Test
    void everySubscriberIsServedOrToldWhateverHappens() {
        Map<String, Integer> tally = new TreeMap<>();
        for (long seed = 1; seed <= SEEDS; seed++)
            run(seed).forEach((what, count) -> tally.merge(what, count, Integer::sum));
        assertThat(tally.keySet())
                .as("what happened at all: %s", tally)
                .contains("NotAsked", "Complete", "Gap", "NewEpoch", "more than a page missed")
                .contains(
                        "read Found",
                        "read Gap",
                        "lost",
                        "repeated key",
                        "broke within a push",
                        "recovered by itself",
                        "gathered")
                .contains("unsubscribed for being slow", "disconnected for being slow");
    }

    private static Map<String, Integer> run(long seed) {
        int step = 0;
        try {
            var hub = new SimulatedHub(seed);
            for (; step < STEPS; step++) {
                hub.step();
                if (step % 50 == 0) hub.audit();
            }
            hub.end();
            return hub.tally;
        } catch (RuntimeException | AssertionError failure) {
            throw new AssertionError("seed " + seed + ", step " + step + ": " + failure.getMessage(), failure);
        }
    }
}
