package dev.openline.hub;

/**
 * Who may do what on a channel. The hub keeps these with the channel's options; the server asks them, since it knows who is behind a
 * command. A <em>client</em> is a connection with a user; an anonymous one has none.
 */
public enum Permission {
    SUBSCRIBE_FOR_CLIENT,
    SUBSCRIBE_FOR_ANONYMOUS,
    PUBLISH_FOR_CLIENT,
    PUBLISH_FOR_SUBSCRIBER,
    PUBLISH_FOR_ANONYMOUS,
    HISTORY_FOR_CLIENT,
    HISTORY_FOR_SUBSCRIBER,
    HISTORY_FOR_ANONYMOUS,
    PRESENCE_FOR_CLIENT,
    PRESENCE_FOR_SUBSCRIBER,
    PRESENCE_FOR_ANONYMOUS
}
