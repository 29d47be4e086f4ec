package dev.openline.hub;

/** What becomes of a subscriber who is up to date and whose line can't take what is published. One that still catches up has its own pace. */
public enum SlowReader {
    /** Its cursor waits and reads on from the log, or in mode TRANSIENT misses what it could not take. */
    CATCH_UP,
    /** Its subscription ends, and it is told that it has missed something: it comes back when it can. */
    UNSUBSCRIBE,
    /** Its line is closed, with code 3008. */
    DISCONNECT
}
