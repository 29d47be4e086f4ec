package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class FanoutTest {
    private static final Duration HOUR = Duration.ofHours(1);
    private final ChannelRules rules = ChannelRules.builder()
            .namespace(
                    "news",
                    ChannelOptions.every(1_000, HOUR).with(Feature.JOIN_LEAVE).build())
            .namespace("short", ChannelOptions.every(5, HOUR).build())
            .namespace("price", ChannelOptions.latest(HOUR).build())
            .namespace("typing", ChannelOptions.unlogged().build())
            .build();
    private OneLoop loop = new OneLoop(rules);

    @AfterEach
    void everyFrameWasReleasedOnce() {
        assertThat(loop.leaks()).isEmpty();
    }

    @Nested
    @DisplayName("mode EVERY")
    class Every {
        @Test
        void aSlowReaderReadsOnFromTheLogAndIsLiveAgain() {
            var line = loop.line("slow");
            line.subscribe("news:a");
            line.heard.clear();
            line.room = 2;
            loop.publishMany("news:a", 300);
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 2));
            line.drain(10);
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 12));
            line.drain(Integer.MAX_VALUE);
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 300));
            assertThat(line.cursor("news:a").live()).isTrue();
            loop.publish("news:a", "more");
            assertThat(line.heard).isEqualTo(offsets("news:a", 1, 301));
        }
    }

    static List<String> offsets(String channel, long from, long to) {
        return LongStream.rangeClosed(from, to).mapToObj(o -> channel + " " + o).toList();
    }
}
