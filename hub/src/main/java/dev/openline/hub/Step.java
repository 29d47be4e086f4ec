package dev.openline.hub;

/** How a publication follows on what went down the same cursor before it. */
public enum Step {
    /** Nothing is known of what the subscriber has: it needs the whole publication. */
    FIRST,
    /** The subscriber has the publication before this one, the one that a patch would be made against. */
    NEXT
}
