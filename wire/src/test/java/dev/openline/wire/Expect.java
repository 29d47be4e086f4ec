package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** What a stream must be heard as, however it is cut. */
final class Expect {
    private Expect() {}

    static void heard(Role reader, PeerBytes stream, WireEvent... events) {
        assertThat(Feed.everyWay(reader, stream)).containsExactly(events);
    }

    static void heard(Role reader, WireLimits limits, PeerBytes stream, WireEvent... events) {
        assertThat(Feed.everyWay(reader, limits, stream.bytes())).containsExactly(events);
    }

    /** The stream breaks a rule: it is named, our Close says so, the connection is over. */
    static void failed(Role reader, PeerBytes stream, int code, String section, WireEvent... before) {
        failed(reader, WireLimits.DEFAULT, stream, code, section, before);
    }

    @SuppressWarnings("checkstyle:ParameterNumber") // Reads as a sentence where it is used.
    static void failed(
            Role reader, WireLimits limits, PeerBytes stream, int code, String section, WireEvent... before) {
        failed(reader, () -> Feed.wire(reader, limits), stream, code, "RFC 6455 " + section, before);
    }

    @SuppressWarnings("checkstyle:ParameterNumber") // Reads as a sentence where it is used.
    static void failed(
            Role reader, Supplier<Wire> wires, PeerBytes stream, int code, String rule, WireEvent... before) {
        List<WireEvent> events = Feed.everyWay(reader, wires, stream.bytes());
        assertThat(events).as("events of a failure").hasSize(before.length + 4);
        assertThat(events.get(before.length)).isInstanceOf(WireEvent.Violation.class);
        WireEvent.Violation broken = (WireEvent.Violation) events.get(before.length);
        List<WireEvent> expected = new ArrayList<>(List.of(before));
        expected.add(new WireEvent.Violation(code, rule, broken.text()));
        expected.add(WireEvent.sentClose(code, broken.text()));
        expected.add(WireEvent.closed(code, broken.text()));
        expected.add(WireEvent.hungUp());
        assertThat(events).isEqualTo(expected);
    }
}
