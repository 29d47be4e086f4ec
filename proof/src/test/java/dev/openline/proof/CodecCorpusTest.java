package dev.openline.proof;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The targets of the codecs on what their corpus holds, and on inputs close to it: the same in every run. */
class CodecCorpusTest {
    private static final int NEIGHBOURS = 2_000;

    @ParameterizedTest
    @EnumSource(names = {"JSON", "PROTOBUF", "DELTA"})
    void whatIsNearAFrameIsReadOrRefused(Target target) {
        Map<String, byte[]> corpus = target.corpus();
        assertThat(corpus).hasSizeGreaterThan(3);
        corpus.forEach((name, input) -> {
            target.run(input);
            Random chance = new Random(name.hashCode());
            for (int i = 0; i < NEIGHBOURS; i++) target.run(neighbour(input, chance));
        });
    }

    private static byte[] neighbour(byte[] input, Random chance) {
        byte[] near = input.clone();
        for (int changes = chance.nextInt(1, 4); changes > 0 && near.length > 0; changes--) {
            int at = chance.nextInt(near.length);
            switch (chance.nextInt(3)) {
                case 0 -> near[at] = (byte) chance.nextInt(256);
                case 1 -> near[at] ^= (byte) (1 << chance.nextInt(8));
                default -> near = java.util.Arrays.copyOf(near, at);
            }
        }
        return near;
    }
}
