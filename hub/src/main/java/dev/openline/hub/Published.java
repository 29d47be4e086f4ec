package dev.openline.hub;

import dev.openline.protocol.ErrorReply;
import dev.openline.protocol.StreamPosition;

/** What became of a publish. */
public sealed interface Published {
    /** It is in the log, at this position; for a repeated idempotency key the position of the first time. */
    record At(StreamPosition position) implements Published {}

    /** It went to those who listened, and into no log; for a repeated idempotency key it went there the first time. */
    record Unlogged() implements Published {}

    /** Nothing happened. */
    record Refused(ErrorReply error) implements Published {}
}
