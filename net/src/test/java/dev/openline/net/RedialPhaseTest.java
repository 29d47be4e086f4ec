package dev.openline.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.openline.net.RedialPhase.Event;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedialPhaseTest {
    /** Written by hand, not from the code; what isn't here is either no move or impossible. */
    @ParameterizedTest(name = "{0} {1} -> {2}")
    @CsvSource({
        "WAITING, DIAL_DUE, DIALLING",
        "WAITING, REDIAL_NOW, DIALLING",
        "WAITING, CLOSE_CALLED, ENDED",
        "DIALLING, DIAL_FAILED, WAITING",
        "DIALLING, LINE_OPENED, OPEN",
        "DIALLING, GAVE_UP, ENDED",
        "DIALLING, CLOSE_CALLED, ENDED",
        "OPEN, LINE_LASTED, STEADY",
        "OPEN, LINE_CLOSED, WAITING",
        "OPEN, GAVE_UP, ENDED",
        "OPEN, CLOSE_CALLED, CLOSING",
        "STEADY, LINE_CLOSED, WAITING",
        "STEADY, GAVE_UP, ENDED",
        "STEADY, CLOSE_CALLED, CLOSING",
        "CLOSING, LINE_CLOSED, ENDED",
    })
    void everyMove(RedialPhase from, Event event, RedialPhase to) {
        assertThat(from.on(event)).isEqualTo(to);
    }

    @Test
    void thereAreFifteenMovesAndTheRestStaysOrIsImpossible() {
        int moves = 0;
        int impossible = 0;
        for (RedialPhase phase : RedialPhase.values()) {
            for (Event event : Event.values()) {
                RedialPhase next = phase.after(event);
                if (next == null) {
                    impossible++;
                    assertThatIllegalStateException().isThrownBy(() -> phase.on(event));
                } else if (next != phase) {
                    moves++;
                }
            }
        }
        assertThat(moves).isEqualTo(15);
        assertThat(impossible).isEqualTo(26);
    }

    @Test
    void nothingLeadsOutOfTheEnd() {
        for (Event event : Event.values()) {
            assertThat(RedialPhase.ENDED.after(event)).isIn(null, RedialPhase.ENDED);
        }
    }

    @Test
    void theDocumentIsGeneratedFromTheStates() throws IOException {
        String document = Files.readString(Path.of("../docs/client-line-states.md"), StandardCharsets.UTF_8);
        assertThat(document)
                .contains(diagram())
                .contains(states())
                .contains(events())
                .contains(moves());
    }

    private static String diagram() {
        StringBuilder diagram = new StringBuilder("```mermaid\nstateDiagram-v2\n    [*] --> WAITING\n");
        for (RedialPhase phase : RedialPhase.values()) {
            for (Event event : Event.values()) {
                RedialPhase next = phase.after(event);
                if (next == null || next == phase) continue;
                diagram.append("    %s --> %s: %s\n".formatted(phase, next, event));
            }
        }
        return diagram.append("    ENDED --> [*]\n```\n").toString();
    }

    private static String states() {
        StringBuilder table = new StringBuilder("| phase | `state()` | meaning |\n|---|---|---|\n");
        for (RedialPhase phase : RedialPhase.values()) {
            table.append("| %s | %s | %s |\n".formatted(phase, phase.state, phase.meaning));
        }
        return table.toString();
    }

    private static String events() {
        StringBuilder table = new StringBuilder("| event | meaning |\n|---|---|\n");
        for (Event event : Event.values()) table.append("| %s | %s |\n".formatted(event, event.meaning));
        return table.toString();
    }

    private static String moves() {
        StringBuilder table = new StringBuilder("| |");
        for (Event event : Event.values()) table.append(" %s |".formatted(event));
        table.append("\n|---|").append("---|".repeat(Event.values().length)).append('\n');
        for (RedialPhase phase : RedialPhase.values()) {
            table.append("| **%s** |".formatted(phase));
            for (Event event : Event.values()) {
                RedialPhase next = phase.after(event);
                table.append(next == null ? " |" : " %s |".formatted(next == phase ? "stays" : next));
            }
            table.append('\n');
        }
        return table.toString();
    }
}
