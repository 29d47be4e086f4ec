package dev.openline.hub;

/** What the payloads of a channel may be; others are refused with {@code bad request}. */
public enum PublicationFormat {
    /** Anything but nothing. */
    NON_EMPTY,
    /** One JSON value. */
    JSON,
    /** One JSON object. */
    JSON_OBJECT,
    /** Anything, also nothing. Subscribers that speak JSON are disconnected with 3506 when it is none. */
    BINARY
}
