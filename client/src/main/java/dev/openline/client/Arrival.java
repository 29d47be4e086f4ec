package dev.openline.client;

/** How a publication came. */
public enum Arrival {
    /** As a push: it was said just now, or it is a later page of a long recovery, which servers send as pushes too. */
    LIVE,
    /** With the answer to a subscribe: it was said while the channel was not heard. */
    RECOVERED
}
