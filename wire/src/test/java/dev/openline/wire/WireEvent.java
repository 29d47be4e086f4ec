package dev.openline.wire;

/** What a sink heard, as values that tests compare. */
sealed interface WireEvent {
    record Text(String text) implements WireEvent {}

    record Binary(String hex) implements WireEvent {}

    record Ping(String hex) implements WireEvent {}

    record Pong(String hex) implements WireEvent {}

    /** @param hex the whole frame */
    record Sent(String hex) implements WireEvent {}

    record Closed(int code, String reason) implements WireEvent {}

    record Violation(int code, String rule) implements WireEvent {}

    record HungUp() implements WireEvent {}
}
