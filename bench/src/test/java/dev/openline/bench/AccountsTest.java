package dev.openline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AccountsTest {
    @Test
    void aProcessesTimesAreReadPastAnyCommandName() {
        ProcessCpu cpu = ProcessCpu.parse("42 (a (b) c) S 1 42 42 0 -1 4194304 100 0 0 0 250 50 0 0 20 0 1 0 100 0 0");
        assertThat(cpu).isEqualTo(new ProcessCpu(2_500_000, 500_000, Map.of()));
        ProcessCpu.Used used = cpu.since(new ProcessCpu(1_000_000, 0, Map.of()));
        assertThat(used.micros()).isEqualTo(2_000_000);
        assertThat(used.systemShare()).isEqualTo(0.25);
    }

    @Test
    void threadsAreCountedToTheNanosecondAlsoThoseThatAreNew() {
        ProcessCpu before = new ProcessCpu(0, 0, Map.of("1", 1_000L, "2", 5_000L));
        ProcessCpu after = new ProcessCpu(0, 0, Map.of("1", 3_500L, "3", 500L));
        assertThat(after.since(before).micros()).isEqualTo(3);
    }

    @Test
    void whatAThreadUsedThatHasEndedIsKnownFromTheCoarseAccount() {
        ProcessCpu before = new ProcessCpu(0, 0, Map.of("1", 1_000L));
        ProcessCpu after = new ProcessCpu(1_000_000, 0, Map.of("2", 1_000L));
        assertThat(after.since(before).micros()).isEqualTo(980_000);
    }

    @Test
    void theMachinesTimeIsThatOfProcessesAndWhatTheHostTook() {
        assertThat(ProcessCpu.parseWholeMachine("cpu  100 20 3 9999 50 7 8 4 1 1"))
                .isEqualTo(1_270_000);
    }

    @Test
    void kernelsBeforeTheyCountedStolenTimeAreReadToo() {
        assertThat(ProcessCpu.parseWholeMachine("cpu 100 20 3 9999 50 7 8")).isEqualTo(1_230_000);
    }

    @Test
    void theProcessorsAProcessMayUseAreReadFromRangesAndSingleOnes() {
        assertThat(Pinning.allowed(List.of("Name:\tjava", "Cpus_allowed:\tf1f", "Cpus_allowed_list:\t2-4,8,10-11")))
                .containsExactly(2, 3, 4, 8, 10, 11);
        assertThat(Pinning.allowed(List.of("Name:\tjava"))).isEmpty();
    }
}
