package dev.openline.hub;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;

/** Looks a whole fan-out over: whether its structures agree with each other. Only between calls. */
final class FanoutAudit {
    private FanoutAudit() {}

    static <F> void check(Fanout<F> fanout) {
        Map<Pipe<F>, Integer> laggards = new HashMap<>();
        Map<Pipe<F>, Integer> reading = new HashMap<>();
        fanout.groups.forEach((channel, group) -> {
            assertThat(group.channel).isEqualTo(channel);
            assertThat(group.isEmpty()).as("groups without cursors are dropped").isFalse();
            int lagging = 0;
            for (int i = 0; i < group.size(); i++) {
                Cursor<F> cursor = group.at(i);
                if (cursor == null) throw new AssertionError("a hole between calls");
                assertThat(cursor.index).isEqualTo(i);
                assertThat(cursor.group).isSameAs(group);
                check(cursor);
                if (cursor.state == Cursor.State.LIVE) continue;
                lagging++;
                laggards.merge(cursor.pipe, 1, Integer::sum);
                if (cursor.state == Cursor.State.READING) reading.merge(cursor.pipe, 1, Integer::sum);
            }
            assertThat(group.lagging).as("lagging in %s", channel).isEqualTo(lagging);
            if (group.newest != null)
                assertThat(lagging).as("a frame is held for somebody").isPositive();
            if (group.mode != Mode.LATEST || group.order != Group.Order.NEWEST)
                assertThat(group.newest).isNull();
        });
        assertThat(fanout.laggards.keySet()).as("pipes that lag").hasSize(laggards.size());
        fanout.laggards.forEach((pipe, waiting) -> {
            assertThat(waiting.queued).isFalse();
            assertThat(waiting.size()).isEqualTo(laggards.get(pipe));
            assertThat(waiting.reading).isEqualTo(reading.getOrDefault(pipe, 0));
            for (int i = 0; i < waiting.size(); i++) {
                Cursor<F> cursor = waiting.nextInTurn();
                if (cursor == null) throw new AssertionError("a short ring");
                assertThat(cursor.pipe).isSameAs(pipe);
            }
        });
    }

    private static <F> void check(Cursor<F> cursor) {
        assertThat(cursor.state).isNotEqualTo(Cursor.State.DETACHED);
        boolean live = cursor.state == Cursor.State.LIVE;
        assertThat(cursor.next == null).as("in a ring exactly while lagging").isEqualTo(live);
        if (cursor.reader.skip() != null)
            assertThat(cursor.based).as("no patches for who is spared some").isFalse();
        if (live) assertThat(cursor.epoch).isEqualTo(cursor.group.epoch);
        if (live && cursor.group.mode != Mode.TRANSIENT)
            assertThat(cursor.offset).as("live is at the head").isEqualTo(cursor.group.head);
    }
}
