package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.openline.bench.FrameBenchmark.Content;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FrameBenchmarkTest {
    @ParameterizedTest
    @EnumSource(Content.class)
    void theSameBytesAreReadAgainAndAgain(Content content) {
        for (int size : new int[] {20, 125, 1_024, 16_384}) {
            FrameBenchmark benchmark = new FrameBenchmark();
            benchmark.size = size;
            benchmark.content = content;
            benchmark.frames();
            assertThat(benchmark.read()).isEqualTo(16L * size);
            assertThat(benchmark.read()).isEqualTo(32L * size);
            assertThat(benchmark.write().hasRemaining()).isFalse();
        }
    }
}
