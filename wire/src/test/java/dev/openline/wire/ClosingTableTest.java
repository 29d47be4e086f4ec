package dev.openline.wire;

import static dev.openline.wire.WireEvent.closed;
import static dev.openline.wire.WireEvent.hungUp;
import static dev.openline.wire.WireEvent.sentClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("RFC 6455 §7 every state meets every event")
class ClosingTableTest {
    private static final String BAD_OPCODE = "unknown opcode 3";

    /** Written by hand from the RFC, not from the code; AGREED is a client's state only. */
    static Stream<Arguments> table() {
        WireEvent violation = new WireEvent.Violation(1002, "RFC 6455 §5.2", BAD_OPCODE);
        WireEvent failed = closed(1002, BAD_OPCODE);
        WireEvent lineEnded = closed(1006, "the line ended without a close");
        WireEvent noPong = closed(1006, "no answer to ping");
        WireEvent noClose = closed(1006, "no answer to close");
        WireEvent theirs = closed(1001, "so long");
        WireEvent echo = sentClose(1001, "");
        return Stream.of(
                row(Role.SERVER, Closing.OPEN, Closing.Event.WE_CLOSE, Closing.ASKED, sentClose(4000, "bye")),
                row(Role.SERVER, Closing.OPEN, Closing.Event.THEY_CLOSE, Closing.OVER, echo, theirs, hungUp()),
                row(
                        Role.SERVER,
                        Closing.OPEN,
                        Closing.Event.VIOLATION,
                        Closing.OVER,
                        violation,
                        sentClose(1002, BAD_OPCODE),
                        failed,
                        hungUp()),
                row(Role.SERVER, Closing.OPEN, Closing.Event.LINE_ENDS, Closing.OVER, lineEnded, hungUp()),
                row(Role.SERVER, Closing.OPEN, Closing.Event.TIME_IS_UP, Closing.OVER, noPong, hungUp()),
                row(Role.SERVER, Closing.ASKED, Closing.Event.WE_CLOSE, Closing.ASKED),
                row(Role.SERVER, Closing.ASKED, Closing.Event.THEY_CLOSE, Closing.OVER, theirs, hungUp()),
                row(Role.SERVER, Closing.ASKED, Closing.Event.VIOLATION, Closing.OVER, violation, failed, hungUp()),
                row(Role.SERVER, Closing.ASKED, Closing.Event.LINE_ENDS, Closing.OVER, lineEnded, hungUp()),
                row(Role.SERVER, Closing.ASKED, Closing.Event.TIME_IS_UP, Closing.OVER, noClose, hungUp()),
                row(Role.SERVER, Closing.OVER, Closing.Event.WE_CLOSE, Closing.OVER),
                row(Role.SERVER, Closing.OVER, Closing.Event.THEY_CLOSE, Closing.OVER),
                row(Role.SERVER, Closing.OVER, Closing.Event.VIOLATION, Closing.OVER),
                row(Role.SERVER, Closing.OVER, Closing.Event.LINE_ENDS, Closing.OVER),
                row(Role.SERVER, Closing.OVER, Closing.Event.TIME_IS_UP, Closing.OVER),
                row(Role.CLIENT, Closing.OPEN, Closing.Event.WE_CLOSE, Closing.ASKED, sentClose(4000, "bye")),
                row(Role.CLIENT, Closing.OPEN, Closing.Event.THEY_CLOSE, Closing.AGREED, echo, theirs),
                row(
                        Role.CLIENT,
                        Closing.OPEN,
                        Closing.Event.VIOLATION,
                        Closing.OVER,
                        violation,
                        sentClose(1002, BAD_OPCODE),
                        failed,
                        hungUp()),
                row(Role.CLIENT, Closing.OPEN, Closing.Event.LINE_ENDS, Closing.OVER, lineEnded, hungUp()),
                row(Role.CLIENT, Closing.OPEN, Closing.Event.TIME_IS_UP, Closing.OVER, noPong, hungUp()),
                row(Role.CLIENT, Closing.ASKED, Closing.Event.WE_CLOSE, Closing.ASKED),
                row(Role.CLIENT, Closing.ASKED, Closing.Event.THEY_CLOSE, Closing.AGREED, theirs),
                row(Role.CLIENT, Closing.ASKED, Closing.Event.VIOLATION, Closing.OVER, violation, failed, hungUp()),
                row(Role.CLIENT, Closing.ASKED, Closing.Event.LINE_ENDS, Closing.OVER, lineEnded, hungUp()),
                row(Role.CLIENT, Closing.ASKED, Closing.Event.TIME_IS_UP, Closing.OVER, noClose, hungUp()),
                row(Role.CLIENT, Closing.AGREED, Closing.Event.WE_CLOSE, Closing.AGREED),
                row(Role.CLIENT, Closing.AGREED, Closing.Event.THEY_CLOSE, Closing.AGREED),
                row(Role.CLIENT, Closing.AGREED, Closing.Event.VIOLATION, Closing.AGREED),
                row(Role.CLIENT, Closing.AGREED, Closing.Event.LINE_ENDS, Closing.OVER, hungUp()),
                row(Role.CLIENT, Closing.AGREED, Closing.Event.TIME_IS_UP, Closing.OVER, hungUp()),
                row(Role.CLIENT, Closing.OVER, Closing.Event.WE_CLOSE, Closing.OVER),
                row(Role.CLIENT, Closing.OVER, Closing.Event.THEY_CLOSE, Closing.OVER),
                row(Role.CLIENT, Closing.OVER, Closing.Event.VIOLATION, Closing.OVER),
                row(Role.CLIENT, Closing.OVER, Closing.Event.LINE_ENDS, Closing.OVER),
                row(Role.CLIENT, Closing.OVER, Closing.Event.TIME_IS_UP, Closing.OVER));
    }

    @ParameterizedTest(name = "{0} {1} {2} -> {3} {4}")
    @MethodSource("table")
    void eventIsHeardAndLeadsOn(Role role, Closing from, Closing.Event event, Closing to, List<WireEvent> heard) {
        Recorder recorder = new Recorder(role);
        Wire wire = Feed.wire(role, WireLimits.DEFAULT);
        bring(wire, from, recorder);
        recorder.take();
        assertThat(stateOf(wire, role, recorder)).isEqualTo(from);

        happen(event, wire, role, recorder);

        assertThat(recorder.take()).isEqualTo(heard);
        assertThat(stateOf(wire, role, recorder)).isEqualTo(to);
        recorder.assertNothingLeft();
    }

    @Test
    void tableNamesEveryStateAndEventOfBothRoles() {
        // AGREED is the client's alone.
        assertThat(table())
                .hasSize(2 * Closing.values().length * Closing.Event.values().length - Closing.Event.values().length);
    }

    @Test
    void framesCannotBeHeardOnceNoneAreRead() {
        for (Closing deaf : List.of(Closing.AGREED, Closing.OVER)) {
            assertThatIllegalStateException().isThrownBy(() -> deaf.after(Closing.Event.THEY_CLOSE, Role.CLIENT));
            assertThatIllegalStateException().isThrownBy(() -> deaf.after(Closing.Event.VIOLATION, Role.CLIENT));
        }
    }

    @Test
    void tableInTheDocumentIsGeneratedFromTheStates() throws IOException {
        String document = Files.readString(Path.of("../docs/wire.md"), StandardCharsets.UTF_8);
        assertThat(document).contains(generated());
    }

    private static String generated() {
        StringBuilder table = new StringBuilder("| state | event | a server | a client |\n|---|---|---|---|\n");
        for (Closing state : Closing.values()) {
            for (Closing.Event event : Closing.Event.values()) {
                String server = state == Closing.AGREED ? "–" : cell(state, event, Role.SERVER);
                table.append(String.format(
                        "| %s | %s | %s | %s |%n", state, event, server, cell(state, event, Role.CLIENT)));
            }
        }
        return table.toString();
    }

    private static String cell(Closing state, Closing.Event event, Role role) {
        Closing next;
        try {
            next = state.after(event, role);
        } catch (IllegalStateException unheard) {
            return "not read";
        }
        List<String> effects = new ArrayList<>();
        if (state.sendsCloseOn(event)) {
            effects.add("sends Close");
        }
        if (state.isSettledBy(next)) {
            effects.add("`onClosed`");
        }
        if (state.hangsUpAt(next)) {
            effects.add("`hangUp`");
        }
        if (next == state) {
            return effects.isEmpty() ? "ignored" : String.join(", ", effects);
        }
        return String.join(", ", effects) + " → " + next;
    }

    @SuppressWarnings("checkstyle:ParameterNumber") // One row of a table.
    private static Arguments row(Role role, Closing from, Closing.Event event, Closing to, WireEvent... heard) {
        return Arguments.of(role, from, event, to, List.of(heard));
    }

    private static void bring(Wire wire, Closing to, Recorder heard) {
        switch (to) {
            case OPEN -> {}
            case ASKED -> happen(Closing.Event.WE_CLOSE, wire, Role.SERVER, heard);
            case AGREED -> happen(Closing.Event.THEY_CLOSE, wire, Role.CLIENT, heard);
            case OVER -> happen(Closing.Event.LINE_ENDS, wire, Role.SERVER, heard);
        }
    }

    private static void happen(Closing.Event event, Wire wire, Role role, Recorder heard) {
        switch (event) {
            case WE_CLOSE -> wire.close(new CloseStatus(4000, "bye"), 0, heard);
            case THEY_CLOSE -> receive(PeerBytes.to(role).close(1001, "so long"), wire, heard);
            case VIOLATION -> receive(PeerBytes.to(role).raw("83"), wire, heard);
            case LINE_ENDS -> wire.endOfStream(0, heard);
            case TIME_IS_UP -> {
                if (wire.isOpen()) {
                    wire.onTime(wire.nextDeadline(), heard);
                    assertThat(heard.take()).containsExactly(WireEvent.sentPing(""));
                }
                wire.onTime(wire.nextDeadline(), heard);
            }
        }
    }

    private static void receive(PeerBytes stream, Wire wire, Recorder heard) {
        wire.receive(ByteBuffer.wrap(stream.bytes()), 0, heard);
    }

    /** As far as it shows: who is open, and who still waits. AGREED differs from ASKED in hearing nothing. */
    private static Closing stateOf(Wire wire, Role role, Recorder heard) {
        if (wire.isOpen()) {
            return Closing.OPEN;
        }
        if (wire.nextDeadline() == Long.MAX_VALUE) {
            return Closing.OVER;
        }
        receive(PeerBytes.to(role).pong("77"), wire, heard);
        return heard.take().isEmpty() ? Closing.AGREED : Closing.ASKED;
    }
}
