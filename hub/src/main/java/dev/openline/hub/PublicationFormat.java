package dev.openline.hub;

import dev.openline.protocol.Payload;

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
            case JSON -> payload.isJson();
            case JSON_OBJECT -> payload.isJsonObject();
            case BINARY -> true;
        };
    }
}
