package dev.openline.wire;

import java.nio.charset.StandardCharsets;

/** What a sink heard, as values that tests compare. */
sealed interface WireEvent {
    record Text(String text) implements WireEvent {}

    record Binary(String hex) implements WireEvent {}

    record Ping(String hex) implements WireEvent {}

    record Pong(String hex) implements WireEvent {}

    /** A control frame that was transmitted: well-formed for its sender, or the recorder would have failed. */
    record Sent(FrameType type, String hex) implements WireEvent {}

    record Violation(int code, String rule, String text) implements WireEvent {}

    record Closed(int code, String reason) implements WireEvent {}

    record HungUp() implements WireEvent {}

    static WireEvent text(String text) {
        return new Text(text);
    }

    static WireEvent binary(String hex) {
        return new Binary(hex.replace(" ", ""));
    }

    static WireEvent ping(String hex) {
        return new Ping(hex);
    }

    static WireEvent pong(String hex) {
        return new Pong(hex);
    }

    static WireEvent sentPing(String hex) {
        return new Sent(FrameType.PING, hex);
    }

    static WireEvent sentPong(String hex) {
        return new Sent(FrameType.PONG, hex);
    }

    static WireEvent sentClose(int code, String reason) {
        return new Sent(FrameType.CLOSE, String.format("%04x", code) + Hex.of(reason.getBytes(StandardCharsets.UTF_8)));
    }

    static WireEvent sentEmptyClose() {
        return new Sent(FrameType.CLOSE, "");
    }

    static WireEvent closed(int code, String reason) {
        return new Closed(code, reason);
    }

    static WireEvent hungUp() {
        return new HungUp();
    }
}
