package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A sink that writes down what it hears. A test takes every event; what is left at its end is a failure. */
final class Recorder implements WireSink {
    private final Role role;
    private final List<WireEvent> events = new ArrayList<>();

    /** @param role of the wire it listens to */
    Recorder(Role role) {
        this.role = role;
    }

    @Override
    public void onMessage(MessageKind kind, ByteBuffer payload) {
        events.add(kind == MessageKind.TEXT ? WireEvent.text(text(payload)) : WireEvent.binary(Hex.of(payload)));
    }

    @Override
    public void onPing(ByteBuffer payload) {
        events.add(WireEvent.ping(Hex.of(payload)));
    }

    @Override
    public void onPong(ByteBuffer payload) {
        events.add(WireEvent.pong(Hex.of(payload)));
    }

    /** Reads the frame back by hand: one whole control frame, masked exactly when a client sent it. */
    @Override
    public void transmit(ByteBuffer frame) {
        byte[] bytes = Hex.bytes(Hex.of(frame));
        FrameType type = FrameType.ofOpcode(bytes[0] & 0x7f);
        assertThat(type.isControl()).as("%s is a control frame", type).isTrue();
        assertThat(bytes[0]).as("FIN is set").isNegative();
        boolean masked = bytes[1] < 0;
        assertThat(masked).as("mask bit of a frame from a %s", role).isEqualTo(role == Role.CLIENT);
        int start = masked ? 6 : 2;
        byte[] payload = new byte[bytes[1] & 0x7f];
        assertThat(bytes).as("frame length").hasSize(start + payload.length);
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (bytes[start + i] ^ (masked ? bytes[2 + i % 4] : 0));
        }
        events.add(new WireEvent.Sent(type, Hex.of(payload)));
    }

    @Override
    public void onClosed(CloseStatus status) {
        events.add(WireEvent.closed(status.code(), status.reason()));
    }

    @Override
    public void onViolation(ProtocolViolation violation) {
        CloseStatus answer = violation.answer();
        assertThat(violation)
                .hasMessage(answer.reason() + " (" + violation.rule() + ")")
                .hasNoCause();
        assertThat(violation.getStackTrace()).isEmpty();
        events.add(new WireEvent.Violation(answer.code(), violation.rule(), answer.reason()));
    }

    @Override
    public void hangUp() {
        events.add(WireEvent.hungUp());
    }

    /** Everything heard since the last call. */
    List<WireEvent> take() {
        List<WireEvent> taken = List.copyOf(events);
        events.clear();
        return taken;
    }

    void assertNothingLeft() {
        assertThat(events).as("events no test line asked for").isEmpty();
    }

    private static String text(ByteBuffer payload) {
        byte[] bytes = new byte[payload.remaining()];
        payload.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
