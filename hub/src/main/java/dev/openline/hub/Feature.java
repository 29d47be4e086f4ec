package dev.openline.hub;

/** What a channel offers besides publications. */
public enum Feature {
    /** The hub knows who is subscribed, and says so when asked. */
    PRESENCE,
    /** Subscribers who want it are told when someone joins or leaves. */
    JOIN_LEAVE
}
