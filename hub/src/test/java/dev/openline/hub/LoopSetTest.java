package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class LoopSetTest {
    @Test
    void itIsASetOfNumbersForAnyNumberOfLoops() {
        var random = new Random(5);
        LoopSet set = LoopSet.of();
        var model = new TreeSet<Integer>();
        for (int step = 0; step < 5_000; step++) {
            int loop = random.nextInt(150);
            boolean add = random.nextBoolean();
            set = add ? set.plus(loop) : set.minus(loop);
            if (add) model.add(loop);
            else model.remove(loop);
            var seen = new ArrayList<Integer>();
            set.forEach(seen::add);
            assertThat(seen).isEqualTo(new ArrayList<>(model));
            assertThat(set.size()).isEqualTo(model.size());
            assertThat(set.isEmpty()).isEqualTo(model.isEmpty());
            assertThat(set.contains(loop)).isEqualTo(add);
        }
    }

    @Test
    void equalSetsAreEqualHoweverTheyCameToBe() {
        assertThat(LoopSet.of(1, 130).minus(130)).isEqualTo(LoopSet.of(1)).hasSameHashCodeAs(LoopSet.of(1));
        assertThat(LoopSet.of(64, 2)).hasToString("loops 2 64");
        assertThat(LoopSet.of(3).contains(-1)).isFalse();
    }
}
