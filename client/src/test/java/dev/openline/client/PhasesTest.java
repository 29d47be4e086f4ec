package dev.openline.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class PhasesTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "client-states.md");

    @Test
    void aMoveThatIsNotInTheTableIsAFaultOfTheMachine() {
        assertThatThrownBy(() -> Phases.Connecting.DISCONNECTED.on(Phases.Connecting.Event.CONNECT_ANSWERED))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("CONNECT_ANSWERED while DISCONNECTED");
        assertThatThrownBy(() -> Phases.Subscribing.UNSUBSCRIBED.on(Phases.Subscribing.Event.SUBSCRIBE_SENT))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("SUBSCRIBE_SENT while UNSUBSCRIBED");
    }

    /** The document is written by hand around the tables; on a difference, copy the expected tables into it. */
    @Test
    void theDocumentShowsTheTablesAsTheyAre() throws IOException {
        assertThat(Files.readString(DOCUMENT))
                .contains(connecting())
                .contains(subscribing())
                .contains(publishing());
    }

    private static String connecting() {
        StringBuilder table = meanings();
        for (Phases.Connecting phase : Phases.Connecting.values()) row(table, phase, phase.state, phase.meaning);
        return table.append('\n')
                .append(moves(Phases.Connecting.values(), Phases.Connecting.Event.values(), Phases.Connecting::after))
                .toString();
    }

    private static String subscribing() {
        StringBuilder table = meanings();
        for (Phases.Subscribing phase : Phases.Subscribing.values()) row(table, phase, phase.state, phase.meaning);
        return table.append('\n')
                .append(moves(
                        Phases.Subscribing.values(), Phases.Subscribing.Event.values(), Phases.Subscribing::after))
                .toString();
    }

    private static String publishing() {
        StringBuilder table = new StringBuilder("| phase | meaning |\n|---|---|\n");
        for (Phases.Publishing phase : Phases.Publishing.values()) {
            table.append("| ").append(phase).append(" | ").append(phase.meaning).append(" |\n");
        }
        return table.append('\n')
                .append(moves(Phases.Publishing.values(), Phases.Publishing.Event.values(), Phases.Publishing::after))
                .toString();
    }

    private static StringBuilder meanings() {
        return new StringBuilder("| phase | what the application sees | meaning |\n|---|---|---|\n");
    }

    private static void row(StringBuilder table, Enum<?> phase, Enum<?> state, String meaning) {
        table.append("| ")
                .append(phase)
                .append(" | ")
                .append(state)
                .append(" | ")
                .append(meaning)
                .append(" |\n");
    }

    private static <P, E> String moves(P[] phases, E[] events, BiFunction<P, E, @Nullable P> after) {
        StringBuilder table = new StringBuilder("| |");
        for (E event : events) table.append(' ').append(event).append(" |");
        table.append("\n|---|").append("---|".repeat(events.length)).append('\n');
        for (P phase : phases) {
            table.append("| **").append(phase).append("** |");
            for (E event : events) {
                P next = after.apply(phase, event);
                table.append(' ')
                        .append(next == null ? "" : next == phase ? "stays" : next.toString())
                        .append(" |");
            }
            table.append('\n');
        }
        return table.toString().replace("|  |", "| |").replace("|  |", "| |");
    }
}
