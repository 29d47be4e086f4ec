package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
    @Test
    void itAlwaysKnowsTheEarliestVisitLikeASearchThroughAllChannels() {
        var random = new Random(11);
        var deadlines = new Deadlines();
        List<Channel> channels = new ArrayList<>();
        for (int i = 0; i < 60; i++)
            channels.add(new Channel("c" + i, ChannelOptions.unlogged().build(), ShardLimits.DEFAULT, null));
        Map<Channel, Long> model = new HashMap<>();
        for (int step = 0; step < 20_000; step++) {
            Channel channel = channels.get(random.nextInt(channels.size()));
            switch (random.nextInt(4)) {
                case 0, 1 -> {
                    long when = random.nextInt(1_000);
                    deadlines.atLatest(channel, when);
                    model.merge(channel, when, Math::min);
                }
                case 2 -> {
                    deadlines.remove(channel);
                    model.remove(channel);
                }
                default -> {
                    long now = random.nextInt(300);
                    Channel due = deadlines.takeDue(now);
                    long earliest =
                            model.values().stream().mapToLong(x -> x).min().orElse(Long.MAX_VALUE);
                    if (due == null) assertThat(earliest).isGreaterThan(now);
                    else assertThat(model.remove(due)).isEqualTo(earliest);
                }
            }
            assertThat(deadlines.next())
                    .isEqualTo(model.values().stream().mapToLong(x -> x).min().orElse(Long.MAX_VALUE));
        }
    }
}
