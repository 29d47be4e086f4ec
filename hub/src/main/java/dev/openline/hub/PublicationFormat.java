package dev.openline.hub;

import dev.openline.protocol.JsonCodec;
import dev.openline.protocol.MalformedFrame;
import dev.openline.protocol.Payload;
import org.jspecify.annotations.Nullable;

/** What the payloads of a channel may be; others are refused with {@code bad request}. */
public enum PublicationFormat {
    /** Anything but nothing. */
    NON_EMPTY,
    /** One JSON value. */
    JSON,
    /** One JSON object. */
    JSON_OBJECT,
    /** Anything, also nothing. Subscribers that speak JSON are disconnected with 3506 when it is none. */
    BINARY;

    /** Whether {@code payload} is of this format. */
    public boolean accepts(Payload payload) {
        return switch (this) {
            case NON_EMPTY -> payload.size() > 0;
            case JSON -> json(payload) != null;
            case JSON_OBJECT -> {
                Payload value = json(payload);
                yield value != null && value.text().startsWith("{");
            }
            case BINARY -> true;
        };
    }

    /** The one JSON value that {@code payload} is, without blanks around it; null if it is none. */
    private static @Nullable Payload json(Payload payload) {
        try {
            return JsonCodec.payload(payload.buffer());
        } catch (MalformedFrame somethingElse) {
            return null;
        }
    }
}
