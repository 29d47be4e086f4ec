package dev.openline.hub;

/** What a channel offers besides publications. */
public enum Feature {
    /** The hub knows who is subscribed, and says so when asked. */
    PRESENCE,
    /** Subscribers who want it, and may see presence, are told when someone joins or leaves. */
    JOIN_LEAVE,
    /** All subscribers are told when someone joins or leaves, whether they asked or not. Only with {@link #JOIN_LEAVE}. */
    PUSH_JOIN_LEAVE,
    /** A subscriber that asks for it is told when a publication could not be delivered. Only with a log. */
    ALLOW_POSITIONING,
    /** Every subscriber is told when a publication could not be delivered. Only with a log. */
    FORCE_POSITIONING,
    /** A subscriber that asks for it may come back with its position. Only with a log. */
    ALLOW_RECOVERY,
    /** Every subscriber may come back with its position. Only with a log. */
    FORCE_RECOVERY,
    /** A new subscriber is given the newest publication (of each key), as if it had asked to recover. Only in mode LATEST. */
    AUTO_RECOVER,
    /** Publications may be sent as patches to the one before, to subscribers who take them. Only with a log. */
    DELTA,
    /** All publications are meant to be sent as patches, not only those published so. Only with {@link #DELTA}. */
    DELTA_PUBLISH,
    /** Subscribers may name the tags of the publications that they want. */
    TAGS_FILTER,
    /** Names that list users after a {@code #} exist here, for those users alone. */
    USER_LIMITED,
    /** The namespace has a channel {@code namespace:*}, which gathers what is said on all its public ones. */
    WILDCARD,
    /** A client that publishes is spared its own publications. */
    NO_ECHO,
    /** The log outlives the server, where that has a {@link LogStore}. Only with a log; a channel {@code namespace:*} never is. */
    DURABLE
}
