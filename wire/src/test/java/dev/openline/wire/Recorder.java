package dev.openline.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A sink that writes down what it hears. A test takes every event; what is left at its end is a failure. */
final class Recorder implements WireSink {
    private final List<WireEvent> events = new ArrayList<>();

    @Override
    public void onMessage(MessageKind kind, ByteBuffer payload) {
        events.add(
                kind == MessageKind.TEXT ? new WireEvent.Text(text(payload)) : new WireEvent.Binary(Hex.of(payload)));
    }

    @Override
    public void onPing(ByteBuffer payload) {
        events.add(new WireEvent.Ping(Hex.of(payload)));
    }

    @Override
    public void onPong(ByteBuffer payload) {
        events.add(new WireEvent.Pong(Hex.of(payload)));
    }

    @Override
    public void transmit(ByteBuffer frame) {
        events.add(new WireEvent.Sent(Hex.of(frame)));
    }

    @Override
    public void onClosed(CloseStatus status) {
        events.add(new WireEvent.Closed(status.code(), status.reason()));
    }

    @Override
    public void onViolation(ProtocolViolation violation) {
        events.add(new WireEvent.Violation(violation.answer().code(), violation.rule()));
    }

    @Override
    public void hangUp() {
        events.add(new WireEvent.HungUp());
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
