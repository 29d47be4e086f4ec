package dev.openline.hub;

/** What a channel promises to a subscriber who is slower than its publishers, or who was away. */
public enum Mode {
    /** Every publication, in order, once; a subscriber who was away reads on where it stopped, as far as history reaches back. */
    EVERY,
    /** The newest publication; older ones may be skipped, and a subscriber never works off a backlog. */
    LATEST,
    /** Whoever listens now and can take it; nothing is kept. */
    TRANSIENT
}
