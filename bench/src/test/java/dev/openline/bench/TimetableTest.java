package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TimetableTest {
    private static final long START = Long.MAX_VALUE - 500_000_000; // nanoTime may overflow at any moment

    private static List<Long> all(Timetable timetable) {
        List<Long> dues = new ArrayList<>();
        for (; !timetable.isOver(); timetable.take()) dues.add(timetable.due() - START);
        return dues;
    }

    @Test
    void messagesAreDueEvenlyWhateverTheRate() {
        assertThat(all(new Timetable(START, 4, 0, 1))).containsExactly(0L, 250_000_000L, 500_000_000L, 750_000_000L);
        List<Long> thirds = all(new Timetable(START, 3, 0, 100));
        assertThat(thirds).hasSize(300);
        assertThat(thirds.get(299)).as("no drift").isBetween(99_666_666_666L, 99_666_666_667L);
    }

    @Test
    void whatIsDueInTheWarmUpIsNotMeasuredAlsoAcrossTheClocksEnd() {
        Timetable timetable = new Timetable(START, 10, 0.5, 1);
        List<Boolean> measured = new ArrayList<>();
        for (; !timetable.isOver(); timetable.take()) measured.add(timetable.isMeasured(timetable.due()));
        assertThat(measured).hasSize(15);
        assertThat(measured.subList(0, 5)).containsOnly(false);
        assertThat(measured.subList(5, 15)).containsOnly(true);
        assertThat(timetable.measured()).isEqualTo(10);
    }

    @Test
    void aWindowShorterThanTheIntervalStillHoldsOneMessage() {
        assertThat(new Timetable(START, 1, 0, 0.1).measured()).isEqualTo(1);
    }

    @Test
    void aRateOutOfBoundsIsRefused() {
        assertThatThrownBy(() -> new Timetable(START, 0, 0, 1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Timetable(START, 1_000_001, 0, 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aStallIsInTheLatencyOfEveryMessageThatWaitedBehindIt() {
        Timetable timetable = new Timetable(START, 1_000, 0, 1);
        Latencies latencies = new Latencies(timetable, 1);
        long stallsEnd = timetable.end();
        for (; !timetable.isOver(); timetable.take()) latencies.back(timetable.due(), stallsEnd);
        assertThat(latencies.isComplete()).isTrue();
        assertThat(latencies.micros(50)).as("half waited longer").isBetween(499_000.0, 502_000.0);
        assertThat(latencies.micros(99)).isBetween(989_000.0, 992_000.0);
    }

    @Test
    void whatNeverComesBackCountsAsASecondLate() {
        Timetable timetable = new Timetable(START, 100, 0, 1);
        Latencies latencies = new Latencies(timetable, 2);
        for (int message = 0; message < 50; message++, timetable.take()) {
            latencies.back(timetable.due(), timetable.due() + 1_000);
            latencies.back(timetable.due(), timetable.due() + 1_000);
        }
        assertThat(latencies.isComplete()).isFalse();
        latencies.giveUp();
        assertThat(latencies.missingShare()).isEqualTo(0.5);
        assertThat(latencies.micros(50)).isEqualTo(1.0);
        assertThat(latencies.micros(51)).isBetween(999_000.0, 1_001_000.0);
    }

    @Test
    void theLoadsOwnLatenessIsKeptApart() {
        Timetable timetable = new Timetable(START, 100, 0, 1);
        Latencies latencies = new Latencies(timetable, 1);
        for (; !timetable.isOver(); timetable.take()) latencies.sent(timetable.due(), timetable.due() + 2_000);
        assertThat(latencies.sentLateMicros(99)).isEqualTo(2.0);
    }
}
